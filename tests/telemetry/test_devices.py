"""What officers do with devices, who may send as one, and who notices that one is silent."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import assign
from pasti.kernel.clock import now
from pasti.kernel.context import Actor, acting_as
from pasti.kernel.errors import Refused
from pasti.kernel.outbox.models import StoredEvent
from pasti.kernel.publish.services import measure_now
from pasti.telemetry.models import Calibration, Datastream, Device, DeviceNote, RefusedMessage
from pasti.telemetry.queries import devices as queries
from pasti.telemetry.services import broker_accounts, devices, silence
from pasti.telemetry.services.devices import DeviceWanted, authenticate, register
from pasti.telemetry.services.incoming import Incoming, take
from pasti.telemetry.services.readings import Reading, store

from .conftest import stream

MINUTE = dt.timedelta(minutes=1)


def official(role: str = "bpbd") -> User:
    """An officer with a role."""
    user = User.objects.create_user(f"u-{role}", name="Petugas Uji", kind="official")
    assign(user, role, unit_code="99.01", unit_name="BPBD", area_code="99.01")
    return user


@pytest.mark.django_db
def test_a_key_opens_for_its_own_device_until_it_is_renewed_or_retired() -> None:
    made, key = register(DeviceWanted("bokwedi", "Bokwedi"))
    other, _ = register(DeviceWanted("lain", "Lain"))
    assert key not in str(Device.objects.filter(pk=made.pk).values())
    assert authenticate("bokwedi", key) == made
    assert authenticate("lain", key) is None
    assert authenticate("bokwedi", "") is None
    assert authenticate("tidak-ada", key) is None
    again = devices.renew_key(made.pk)
    assert (authenticate("bokwedi", key), authenticate("bokwedi", again)) == (None, made)
    devices.set_state(made.pk, "retired")
    assert authenticate("bokwedi", again) is None
    with pytest.raises(Refused):
        devices.renew_key(made.pk)
    assert other.pk != made.pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"code": "Kode Salah"}, "code"),
        ({"code": "lama"}, "code"),
        ({"dev_eui": "xyz"}, "dev_eui"),
        ({"dev_eui": "24-E1-24-71-3D-01-23-45"}, "dev_eui"),
        ({"fields": {"a": 10**9}}, "fields"),
        ({"fields": {"a": "stream"}}, "fields"),
        ({"fields": {"a": {"datastream": "taken"}}}, "fields"),
        ({"fields": {"a": {"datastream": "free", "unit": "hPa"}}}, "fields"),
    ],
)
def test_a_device_that_cannot_be_is_refused_at_the_field_that_is_wrong(wanted: dict[str, Any], field: str) -> None:
    free, taken = stream(), stream()
    register(DeviceWanted("lama", "Lama", dev_eui="24E124713D012345", fields={"a": taken.pk}))
    for where in wanted.get("fields", {}).values():
        if isinstance(where, dict):
            where["datastream"] = {"free": free.pk, "taken": taken.pk}[where["datastream"]]
    with pytest.raises(Refused) as refused:
        register(DeviceWanted(**({"code": "baru", "name": "Baru"} | wanted)))
    assert refused.value.field == field


def test_of_two_who_register_for_one_stream_at_once_one_gets_it(fresh_database: str) -> None:
    wanted = stream().pk

    def hand(code: str) -> str:
        try:
            register(DeviceWanted(code, code, fields={"level": wanted}))
            return code
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(hand, ["satu", "dua", "satu", "tiga"]))
    owner = Datastream.objects.get(pk=wanted).device
    assert owner is not None
    assert told.count(owner.code) == 1
    assert Device.objects.count() == 1


@pytest.mark.django_db
def test_a_silent_device_is_noted_once_and_heard_again_once() -> None:
    kept = stream()
    made, _ = register(DeviceWanted("bokwedi", "Bokwedi", silent_after=60, fields={"level": kept.pk}))
    begins = made.created_at
    assert silence.watch(begins + 59 * dt.timedelta(seconds=1)) == (0, 0)
    assert silence.watch(begins + 2 * MINUTE) == (1, 0)
    assert silence.watch(begins + 3 * MINUTE) == (0, 0)
    made.refresh_from_db()
    assert made.silent_since == begins
    take([Incoming("pas/bokwedi/up", b'{"values": {"level": 1}}', begins + 4 * MINUTE)])
    assert silence.watch(begins + 4 * MINUTE) == (0, 1)
    assert silence.watch(begins + 4 * MINUTE) == (0, 0)
    told = (
        StoredEvent.objects.filter(aggregate="device:bokwedi")
        .order_by("pk")
        .values_list("name", "payload__datastreams")
    )
    assert list(told) == [("telemetry.DeviceFellSilent", [kept.pk]), ("telemetry.DeviceHeardAgain", [kept.pk])]
    assert list(DeviceNote.objects.order_by("pk").values_list("kind", flat=True)) == ["silent", "heard"]


def test_two_workers_note_one_silence(fresh_database: str) -> None:
    made, _ = register(DeviceWanted("bokwedi", "Bokwedi", silent_after=60))

    def hand(_: int) -> int:
        try:
            return silence.watch(made.created_at + 2 * MINUTE)[0]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(hand, range(4))) == 1
    assert StoredEvent.objects.filter(name="telemetry.DeviceFellSilent").count() == 1


@pytest.mark.django_db
def test_a_device_in_repair_or_retired_is_not_missed() -> None:
    made, _ = register(DeviceWanted("bokwedi", "Bokwedi", silent_after=60))
    devices.set_state(made.pk, "repair")
    assert silence.watch(made.created_at + 2 * MINUTE) == (0, 0)


@pytest.mark.django_db
def test_an_answer_of_a_device_becomes_an_event_and_health_is_kept() -> None:
    kept = stream()
    made, _ = register(DeviceWanted("bokwedi", "Bokwedi", fields={"level": kept.pk}))
    sent = [
        Incoming("pas/bokwedi/ack", b'{"nonce": "n1", "state": "on"}', now()),
        Incoming("pas/bokwedi/up", b'{"values": {"level": 1}, "battery": 15, "rssi": -90}', now()),
        Incoming("pas/bokwedi/ack", b"7", now()),
        Incoming("apa/saja", b"{}", now()),
    ]
    taken = take(sent)
    assert (taken.stored, taken.refused) == (1, 2)
    assert StoredEvent.objects.get(name="telemetry.DeviceAnswered").payload == {
        "device": "bokwedi", "answer": {"nonce": "n1", "state": "on"}
    }  # fmt: skip
    made.refresh_from_db()
    assert (made.battery_percent, made.signal_dbm) == (15.0, -90.0)
    assert queries.counts()["battery"] == 1
    assert sorted(RefusedMessage.objects.values_list("reason", "device_id")) == [
        ("jawaban bukan objek JSON", made.pk), ("topik tidak dikenal", None)
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_message_the_database_cannot_keep_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from pasti.telemetry.services import incoming

    kept = stream()
    register(DeviceWanted("bokwedi", "Bokwedi", fields={"level": kept.pk}))
    poison = Incoming("pas/bokwedi/up", b'{"ts": 1, "values": {"level": 666}}', now())

    def stored(readings: list[Reading], **more: Any) -> Any:
        if any(one.result == 666 for one in readings):
            raise ValueError("tidak muat")
        return store(readings, **more)

    monkeypatch.setattr(incoming, "store", stored)
    good = [Incoming("pas/bokwedi/up", b'{"ts": %d, "values": {"level": 1}}' % ts, now()) for ts in range(10, 30)]
    taken = take([*good[:7], poison, *good[7:]])
    assert (taken.stored, taken.refused) == (20, 1)
    assert "tidak muat" in RefusedMessage.objects.get().reason


@pytest.mark.django_db
def test_only_the_newest_refused_messages_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pasti.telemetry.services.incoming.KEPT", 10)
    for part in range(3):
        take([Incoming(f"apa/{part}/{index}", b"x" * 10_000, now()) for index in range(8)])
    assert RefusedMessage.objects.count() == 10
    assert RefusedMessage.objects.order_by("-pk")[0].topic == "apa/2/7"
    assert len(RefusedMessage.objects.order_by("-pk")[0].payload) == 4096


@pytest.mark.django_db
def test_the_files_of_mosquitto_hold_keys_and_rights_and_nothing_of_the_retired(settings: Any) -> None:
    settings.PASTI_MQTT_SECRETS = {"pasti-ingest": "x" * 32}
    kept = stream()
    register(DeviceWanted("bokwedi", "Bokwedi", fields={"level": kept.pk}))
    gone, _ = register(DeviceWanted("pensiun", "Pensiun"))
    devices.set_state(gone.pk, "retired")
    passwords, access = broker_accounts.mosquitto_files()
    assert [line.split(":")[0] for line in passwords.splitlines()] == ["pasti-ingest", "bokwedi"]
    assert "x" * 32 not in passwords
    assert f"topic write v1.1/Datastreams({kept.pk})/Observations" in access
    assert "pensiun" not in access
    assert broker_accounts.mosquitto_files() == (passwords, access)


@pytest.mark.django_db
def test_a_note_and_a_calibration_say_who_and_when() -> None:
    officer, kept = official(), stream()
    made, _ = register(DeviceWanted("bokwedi", "Bokwedi", fields={"level": kept.pk}))
    with acting_as(Actor(officer.pk, officer.name, "bpbd", "BPBD")):
        devices.note(made.pk, "part", "Ganti aki", part="Aki 12 V")
        first = devices.calibrate(kept.pk, valid_from=now(), scale=1.0, offset=2.0, reference="Papan duga")
        again = devices.calibrate(kept.pk, valid_from=first.valid_from, scale=1.0, offset=2.0, reference="Papan duga")
        with pytest.raises(Refused, match="tercatat"):
            devices.calibrate(kept.pk, valid_from=first.valid_from, scale=2.0, offset=0.0, reference="Lain")
        with pytest.raises(Refused, match="nol"):
            devices.calibrate(kept.pk, valid_from=now(), scale=0.0, offset=0.0, reference="Lain")
        with pytest.raises(Refused, match="belum tiba"):
            devices.note(made.pk, "fault", "Besok rusak", occurred_at=now() + dt.timedelta(days=1))
    assert again == first
    assert Calibration.objects.get().by_id == officer.pk
    assert DeviceNote.objects.get().by_id == officer.pk


@pytest.mark.django_db
def test_the_health_of_fifty_devices_takes_as_many_questions_as_of_one(django_assert_num_queries: Any) -> None:
    kept = stream()
    register(DeviceWanted("alat-0", "Alat", fields={"level": kept.pk}))
    begins = now().replace(minute=0, second=0, microsecond=0) - dt.timedelta(hours=5)
    Device.objects.update(created_at=begins)
    store([Reading(kept.pk, begins + hour * dt.timedelta(hours=1), 1.0) for hour in (0, 1, 2, 4)])
    for number in range(1, 50):
        Device.objects.create(code=f"alat-{number}", name="Alat", created_at=now())
    with django_assert_num_queries(2):
        found = queries.health(list(queries.devices()))
    assert found[0].uptime == 80.0
    assert (len(found), found[1].uptime) == (50, None)


@pytest.mark.django_db
def test_the_share_of_hours_with_readings_can_be_proved() -> None:
    kept = stream(watched=True)
    day = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    store([Reading(kept.pk, day + hour * dt.timedelta(hours=1), 1.0) for hour in range(24) if hour not in (3, 4, 5)])
    # Recorded just now, and only full hours of knowledge count.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE telemetry_observation SET recorded_at = phenomenon_time")
    found = measure_now("telemetry.uptime", day, day + dt.timedelta(days=1), "99.01")
    assert (found.numerator, found.denominator, found.value) == (21, 24, 87.5)


PAGES = ["/telemetri/", "/telemetri/?q=bok&hanya=diam", "/telemetri/baru/", "/telemetri/ditolak/"]


@pytest.mark.django_db
def test_pages_are_for_officers(client: Any) -> None:
    made, _ = register(DeviceWanted("bokwedi", "Bokwedi"))
    own = [f"/telemetri/alat/{made.pk}/{part}" for part in ("", "ubah/", "catatan/", "kalibrasi/")]
    assert {client.get(page).status_code for page in [*PAGES, *own]} == {302}
    client.force_login(official("loket"))
    assert {client.get(page).status_code for page in [*PAGES, *own]} == {403}
    client.force_login(official("bpbd"))
    assert {client.get(page).status_code for page in [*PAGES, *own]} == {200}
    assert client.get("/telemetri/alat/999999/").status_code == 404
    assert client.get("/telemetri/?setelah=xx").status_code == 404


@pytest.mark.django_db
def test_an_officer_registers_a_device_and_sees_its_key_once(client: Any) -> None:
    client.force_login(official())
    kept = stream()
    sent = {"code": "bokwedi", "name": "Jembatan Bokwedi", "decoder": "dragino-ldds75", "dev_eui": "24E124713D012345",
            "silent_after": "600", "field_1": "distance", "stream_1": kept.pk, "unit_1": "mm", "height_1": "620"}  # fmt: skip
    wrong = client.post("/telemetri/baru/", sent | {"code": "Bokwedi Besar", "stream_1": ""})
    assert wrong.status_code == 422
    body = wrong.content.decode()
    assert 'value="Bokwedi Besar"' in body
    assert 'value="620"' in body
    assert "Isi kolom dan aliran datanya" in body
    answer = client.post("/telemetri/baru/", sent)
    assert answer.status_code == 201
    assert "no-store" in answer["Cache-Control"]
    made = Device.objects.get()
    assert made.fields == {"distance": {"datastream": kept.pk, "unit": "mm", "height": 620.0}}
    key = answer.content.decode().split('pasti-code pasti-break">')[1].split("<")[0]
    assert authenticate("bokwedi", key) == made
    page = f"/telemetri/alat/{made.pk}/"
    assert key not in client.get(page).content.decode()
    changed = client.post(f"{page}ubah/", sent | {"name": "Bokwedi Hulu", "height_1": "6,2x"})
    assert changed.status_code == 422
    assert 'value="6,2x"' in changed.content.decode()
    assert client.post(f"{page}ubah/", sent | {"name": "Bokwedi Hulu"}).status_code == 302
    assert (
        client.post(
            f"{page}catatan/", {"kind": "part", "text": "Ganti aki", "part": "", "occurred_at": "x"}
        ).status_code
        == 422
    )
    good = {"kind": "part", "text": "Ganti aki", "part": "Aki 12 V", "occurred_at": "2026-11-20T08:00"}
    assert client.post(f"{page}catatan/", good | {"occurred_at": "0001-01-01T00:00"}).status_code == 422
    assert client.post(f"{page}catatan/", good).status_code == 302
    asked = {
        "datastream": kept.pk,
        "valid_from": "2026-11-20T08:00",
        "scale": "1",
        "offset": "-2",
        "reference": "Papan duga",
    }
    assert client.post(f"{page}kalibrasi/", asked | {"valid_from": "0001-01-01T00:00"}).status_code == 422
    assert client.post(f"{page}kalibrasi/", asked).status_code == 302
    store([Reading(kept.pk, now() - index * MINUTE, float(index)) for index in range(5)])
    shown = client.get(page).content.decode()
    for words in ("Bokwedi Hulu", "Aki 12 V", "Papan duga", "pasti-chart", "08.00 WIB"):
        assert words in shown
    renewed = client.post(f"{page}kunci/")
    assert authenticate("bokwedi", key) is None
    assert "Kunci alat, hanya sekali ini" in renewed.content.decode()
    assert client.post(f"{page}keadaan/", {"state": "retired"}).status_code == 302
    assert "Tidak dipakai lagi" in client.get(page).content.decode()


@pytest.mark.django_db
def test_refused_messages_are_shown_whatever_is_in_them(client: Any) -> None:
    client.force_login(official("dlhkp"))
    take([Incoming("pas/<b>/up", b"\xff<script>alert(1)</script>", now())])
    body = client.get("/telemetri/ditolak/").content.decode()
    assert "&lt;script&gt;" in body
    assert "<script>alert" not in body
