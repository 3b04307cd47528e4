"""`pasti check-queues`: true queues pass, and each kind of damage is seen where it is."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from pasti import cli
from pasti.kernel.api.retries import done_before, remember
from pasti.purut import pack, services
from pasti.purut.models import Antrean, Jadwal, Sesi
from pasti.purut.queries import invariants

from .conftest import arrived, booked, open_session, patient, section

DAMAGE = {
    "counters": [
        "UPDATE purut_sesi SET used_online = used_online - 1 WHERE used_online > 0",
        "UPDATE purut_antrean SET payer = 'jkn' WHERE number = 3",
    ],
    "quotas": [
        "ALTER TABLE purut_sesi DROP CONSTRAINT sesi_online_within_quota; UPDATE purut_sesi SET quota_online = 1",
    ],
    "numbers": [
        "UPDATE purut_antrean SET number = 90 WHERE number = 2",
        "ALTER TABLE purut_antrean DROP CONSTRAINT antrean_number_once; UPDATE purut_antrean SET number = 1 WHERE number = 2",
        "UPDATE purut_sesi SET last_number = last_number + 1 WHERE last_number > 0",
    ],
    "one-active": [
        "DROP INDEX antrean_one_active; UPDATE purut_antrean SET patient_id = (SELECT min(norm) FROM purut_patient)",
    ],
    "paths": [
        "INSERT INTO purut_antreanstep (antrean_id, step, occurred_at, recorded_at) "
        "SELECT id, 'done', now(), now() FROM purut_antrean WHERE state = 'booked'",
        "UPDATE purut_antrean SET state = 'no_show' WHERE state = 'booked'",
        "ALTER TABLE purut_antreanstep DISABLE TRIGGER USER; DELETE FROM purut_antreanstep WHERE step = 'checked_in'",
        "ALTER TABLE purut_antreanstep DISABLE TRIGGER USER; DELETE FROM purut_antreanstep WHERE step = 'booked'",
    ],
    "waiting-order": [
        "UPDATE purut_tunggu SET id = -id WHERE state = 'waiting'",
    ],
    "offers": [
        "UPDATE purut_antrean SET held_until = NULL WHERE state = 'held'",
        "UPDATE purut_sesi SET state = 'cancelled'",
        "UPDATE purut_tunggu SET antrean_id = NULL WHERE state = 'served'",
        "UPDATE purut_tunggu SET patient_id = (SELECT min(norm) FROM purut_patient) WHERE state = 'served'",
    ],
    "keys": [
        "INSERT INTO api_keptanswer (caller, key, operation, request_hash, body, created_at, status) "
        "SELECT caller, 'other', operation, '', body, created_at, status FROM api_keptanswer",
        "UPDATE api_keptanswer SET body = 'ZZZZZZZZ'",
        "UPDATE api_keptanswer SET body = ''",
    ],
    "codes": [
        "ALTER TABLE purut_antrean DROP CONSTRAINT purut_antrean_code_key; "
        "UPDATE purut_antrean SET code = (SELECT code FROM purut_antrean WHERE number = 1 LIMIT 1) WHERE number = 2",
        "UPDATE purut_antrean SET code = lower(code) WHERE code <> lower(code)",
    ],
}  # fmt: skip


@pytest.fixture
def busy(fresh_database: str) -> Sesi:
    """A session in which all kinds of things happened: booked, arrived, seen, cancelled, waited for, offered."""
    pack.load(section())
    sesi = open_session()
    Sesi.objects.filter(pk=sesi.pk).update(quota_online=3)
    made = [booked(sesi, serial, channel="web") for serial in (1, 2, 3)]
    for serial in (4, 5, 6):
        services.join(sesi_id=sesi.pk, patient=patient(serial), payer="umum", channel="web")
    services.cancel(made[0])
    services.cancel(made[1])
    services.accept(Antrean.objects.filter(state="held").select_related("poli", "patient", "sesi").first())
    arrived(sesi, 7)
    services.finish(called(sesi))
    booker, key = uuid.uuid4(), uuid.uuid4().hex
    done_before(booker, key, "purut.web.book")
    remember(booker, key, made[2].code)
    return sesi


def called(sesi: Sesi) -> Antrean:
    """Who is called next."""
    one = services.call_next(sesi.pk, "ruang 1")
    assert one
    return one


def test_a_busy_session_breaks_nothing_and_everything_was_looked_at(busy: Sesi) -> None:
    found = {one.invariant.code: (one.broken, one.looked_at) for one in invariants.check()}
    assert {code: broken for code, (broken, _) in found.items() if broken} == {}
    assert all(looked_at for _, looked_at in found.values()), found


def test_each_kind_of_damage_is_seen(busy: Sesi, owner_url: str) -> None:
    unseen = [
        (code, damage)
        for code, damages in DAMAGE.items()
        for damage in damages
        if code not in seen_after(damage, owner_url)
    ]
    assert unseen == []
    assert set(DAMAGE) == {one.code for one in invariants.INVARIANTS}


def seen_after(damage: str, owner_url: str) -> set[str]:
    """The invariants found broken after the damage, which is undone."""
    with psycopg.connect(owner_url) as owner:
        owner.execute(damage)
        found = {one.invariant.code for one in invariants.findings(owner.cursor()) if one.broken}
        owner.rollback()
    return found


def test_who_could_not_be_asked_was_not_overtaken(busy: Sesi) -> None:
    """A patient who has a number of another doctor of the clinic that day is rightly passed over."""
    Sesi.objects.filter(pk=busy.pk).update(quota_walkin=3)
    holders = [booked(busy, serial) for serial in (20, 21)]
    for serial in (22, 23):
        services.join(sesi_id=busy.pk, patient=patient(serial), payer="umum", channel="loket")
    elsewhere = second_doctor(busy)
    booked(elsewhere, 22)
    services.cancel(holders[0])
    offered = Antrean.objects.get(sesi=busy, state="held", channel="loket")
    assert offered.patient.name == "Pasien 23"
    assert not any(one.broken for one in invariants.check())


def second_doctor(sesi: Sesi) -> Sesi:
    """Another session of the same clinic on the same day."""
    jadwal = Jadwal.objects.get(pk=sesi.jadwal_id)
    jadwal.pk, jadwal.starts = "second", dt.time(7)
    jadwal.save(force_insert=True)
    quotas = dict.fromkeys(("quota_jkn", "quota_nonjkn", "quota_online", "quota_walkin"), 5)
    return Sesi.objects.create(
        jadwal=jadwal, poli=sesi.poli, dokter_id=sesi.dokter_id, date=sesi.date, minutes=10,
        starts_at=sesi.starts_at, ends_at=sesi.ends_at, **quotas,
    )  # fmt: skip


def test_the_command_says_what_is_wrong_and_where(busy: Sesi, monkeypatch: pytest.MonkeyPatch, owner_url: str) -> None:
    monkeypatch.setattr(cli, "_django", lambda _folder: None)
    run: Any = CliRunner().invoke
    sound = run(cli.app, ["check-queues"])
    assert (sound.exit_code, sound.output.splitlines()[-1]) == (0, "every invariant holds")
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("UPDATE purut_sesi SET used_online = used_online - 1 WHERE id = %s", [busy.pk])
    broken = run(cli.app, ["check-queues"])
    assert (broken.exit_code, broken.output.splitlines()[-1]) == (1, "1 violation(s)")
    assert f"(first: sesi {busy.pk})" in broken.output
