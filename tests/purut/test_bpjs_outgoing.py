"""What BPJS is told: once, in order, with the right signature, whatever happens to it on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import now
from pasti.kernel.outbox.services import deliver_waiting
from pasti.kernel.publish.registry import subscriptions
from pasti.purut import pack, services
from pasti.purut.models import Antrean, AntreanStep, BpjsMessage, Dokter, Patient, Resep, Sesi
from pasti.purut.queries import bpjs as queries_bpjs
from pasti.purut.rules.states import State
from pasti.purut.services import bpjs_client, bpjs_outbox

from .bpjs_fake import CONS_ID, SECRET, USER_KEY, FakeBpjs
from .conftest import arrive, arrived, booked, open_session, patient, section

REFERRAL = "0301R0010326B000001"
CARD = "0001234567890"


@pytest.fixture
def bpjs(settings: Any, monkeypatch: Any) -> Iterator[FakeBpjs]:
    """BPJS is well, and the hospital's login there is right."""
    fake = FakeBpjs()
    settings.PASTI_BPJS_URL, settings.PASTI_BPJS_CONS_ID = fake.url, CONS_ID
    settings.PASTI_BPJS_SECRET, settings.PASTI_BPJS_USER_KEY = SECRET, USER_KEY
    monkeypatch.setattr(bpjs_client, "TIMEOUT", 0.3)
    yield fake
    fake.stop()


def told(fake: FakeBpjs, antrean: Antrean) -> list[str]:
    """What BPJS took of a registration, in the order it came: "add", "batal" or the task id."""
    return [str(body.get("taskid", service)) for service, body in fake.taken if body["kodebooking"] == antrean.code]


def send() -> int:
    """Deliver the events, then send as if every pause were over."""
    deliver_waiting(subscriptions())
    BpjsMessage.objects.update(next_attempt_at=now())
    return bpjs_outbox.send_due()


def seen(sesi: Sesi, serial: int = 1, **more: Any) -> Antrean:
    """A visit from booking to the end."""
    made = booked(sesi, serial, **more)
    arrive(made)
    called = services.call_next(sesi.pk, "ruang 1")
    assert called == made
    services.start(called)
    services.finish(called)
    return made


@pytest.mark.django_db
def test_a_visit_is_told_from_the_registration_to_its_end(bpjs: FakeBpjs, sesi: Sesi) -> None:
    made = seen(sesi)
    assert send() == 6
    assert told(bpjs, made) == ["add", "1", "2", "3", "4", "5"], "a new patient passes by admission"
    add, last = bpjs.taken[0][1], bpjs.taken[-1][1]
    assert (add["jenispasien"], add["nomorkartu"], add["kodedokter"], add["nomorantrean"]) == (
        "NON JKN",
        "",
        1,
        "B-001",
    )
    assert (add["nik"], add["norm"], add["pasienbaru"]) == (patient().nik, str(made.patient), 1)
    done = AntreanStep.objects.get(antrean=made, step=State.DONE).occurred_at
    assert (last["waktu"], last["jenisresep"]) == (int(done.timestamp() * 1000), "Tidak ada")
    assert send() == 0, "nothing is told twice"
    assert bpjs.calls == 6
    assert Entry.objects.filter(action="purut.bpjs.sent").count() == 6
    assert queries_bpjs.outbox() == queries_bpjs.Outbox(0, 0, None)


@pytest.mark.django_db
def test_the_pharmacys_times_name_the_kind_of_prescription(bpjs: FakeBpjs, sesi: Sesi) -> None:
    made = arrived(sesi)
    for step in (State.CALLED, State.SERVING, State.PHARMACY, State.PREPARING, State.READY, State.DONE):
        AntreanStep.objects.create(antrean=made, step=step, occurred_at=now(), recorded_at=now())
    Resep.objects.create(antrean=made, kind="non_racikan", date=made.date, number=1)
    bpjs_outbox.fill_recent()
    send()
    assert told(bpjs, made) == ["add", "1", "2", "3", "4", "5", "6", "7"]
    assert {body.get("jenisresep") for _s, body in bpjs.taken[5:]} == {"Non racikan"}


@pytest.mark.django_db
def test_what_came_from_mobile_jkn_is_not_told_back(bpjs: FakeBpjs, sesi: Sesi) -> None:
    theirs, ours = booked(sesi, 1, channel="mjkn"), booked(sesi, 2, channel="web")
    bpjs.known.add(theirs.code)
    services.cancel(theirs)
    services.cancel(ours)
    send()
    assert told(bpjs, theirs) == ["99"]
    assert told(bpjs, ours) == ["add", "batal", "99"]


@pytest.mark.django_db
def test_an_absence_is_told_though_no_event_says_it(bpjs: FakeBpjs, sesi: Sesi) -> None:
    made = booked(sesi)
    send()
    AntreanStep.objects.create(antrean=made, step=State.NO_SHOW, occurred_at=now(), recorded_at=now())
    assert bpjs_outbox.fill_recent() == 1
    send()
    assert told(bpjs, made) == ["add", "99"]
    assert bpjs_outbox.fill_recent() == 0


@pytest.mark.django_db
def test_nothing_is_written_or_sent_while_it_is_off(bpjs: FakeBpjs, sesi: Sesi, settings: Any) -> None:
    url, settings.PASTI_BPJS_URL = settings.PASTI_BPJS_URL, ""
    made = seen(sesi)
    assert (send(), bpjs_outbox.fill_recent(), BpjsMessage.objects.count(), bpjs.calls) == (0, 0, 0, 0)
    settings.PASTI_BPJS_URL = url
    bpjs_outbox.fill_recent()
    send()
    assert told(bpjs, made) == ["add", "1", "2", "3", "4", "5"], "switched on, it learns of the day so far"


@pytest.mark.django_db
@pytest.mark.parametrize("ill", ["500", "garbage", "drop", "slow", "lost"])
def test_whatever_happens_to_a_message_it_arrives_once_and_before_the_next(
    bpjs: FakeBpjs, sesi: Sesi, ill: str
) -> None:
    made = seen(sesi)
    bpjs.behaviour = [ill, "", ill]
    assert [send(), send(), send()] == [0, 1, 5]
    assert told(bpjs, made) == ["add", "1", "2", "3", "4", "5"]
    assert bpjs.doubles == (2 if ill in ("slow", "lost") else 0), "BPJS had it from the attempt whose answer was lost"


@pytest.mark.django_db
def test_after_a_day_of_outage_everything_goes_out_in_order(bpjs: FakeBpjs, sesi: Sesi, monkeypatch: Any) -> None:
    bpjs.down, moment = True, now()
    visits = [seen(sesi, serial) for serial in range(1, 5)]
    for run in range(24):
        if run == 12:
            visits.append(seen(sesi, 5))
        deliver_waiting(subscriptions())
        monkeypatch.setattr(bpjs_outbox, "now", lambda run=run: moment + dt.timedelta(hours=run + 1))
        assert bpjs_outbox.send_due() == 0
        assert bpjs.calls <= run + 1, "who does not answer is asked once a run, not once a message"
    bpjs.down = False
    monkeypatch.undo()
    assert send() == 30
    assert [told(bpjs, one) for one in visits] == [["add", "1", "2", "3", "4", "5"]] * 5


@pytest.mark.django_db
def test_the_pauses_grow_and_hold(bpjs: FakeBpjs, sesi: Sesi) -> None:
    booked(sesi)
    deliver_waiting(subscriptions())
    pauses = []
    for _attempt in range(7):
        bpjs.behaviour = ["500"]
        bpjs_outbox.send_due()
        (message,) = BpjsMessage.objects.all()
        pauses.append(round((message.next_attempt_at - now()).total_seconds() / 10) * 10)
        assert bpjs_outbox.send_due() == 0
        BpjsMessage.objects.update(next_attempt_at=now())
    assert pauses == [60, 120, 300, 600, 1800, 1800, 1800]
    assert (message.attempts, message.answer, bpjs.calls) == (7, "HTTP 500", 7)


@pytest.mark.django_db
def test_a_refusal_holds_nobody_up_and_is_sent_again_when_somebody_says_so(bpjs: FakeBpjs, sesi: Sesi) -> None:
    insured = booked(sesi, 1, payer="jkn", referral_no=REFERRAL)
    other = booked(sesi, 2)
    send()
    assert (told(bpjs, insured), told(bpjs, other)) == ([], ["add"])
    (refused,) = queries_bpjs.refused_messages()
    assert (refused.antrean, refused.answer) == (insured, "Nomor kartu tidak sesuai")
    assert queries_bpjs.outbox() == queries_bpjs.Outbox(0, 1, None)
    Patient.objects.filter(pk=insured.patient_id).update(jkn_no=CARD)
    assert bpjs_outbox.send_again() == 1
    send()
    assert told(bpjs, insured) == ["add"]
    assert bpjs_outbox.send_again() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["PASTI_BPJS_SECRET", "PASTI_BPJS_CONS_ID", "PASTI_BPJS_USER_KEY"])
def test_a_wrong_login_refuses_no_message_for_good(bpjs: FakeBpjs, sesi: Sesi, settings: Any, wrong: str) -> None:
    right = getattr(settings, wrong)
    setattr(settings, wrong, "salah")
    made = booked(sesi)
    assert send() == 0
    assert (queries_bpjs.outbox().waiting, queries_bpjs.outbox().refused) == (1, 0)
    setattr(settings, wrong, right)
    send()
    assert told(bpjs, made) == ["add"]


@pytest.mark.django_db
def test_clocks_that_differ_are_named_in_the_log(bpjs: FakeBpjs, sesi: Sesi, caplog: Any) -> None:
    bpjs.clock_off = 3600
    made = booked(sesi)
    assert send() == 0
    assert "BPJS's clock says" in caplog.text
    assert "Timestamp expired" in caplog.text
    bpjs.clock_off = 0
    send()
    assert told(bpjs, made) == ["add"]


@pytest.mark.django_db
def test_answers_are_opened(bpjs: FakeBpjs, sesi: Sesi, monkeypatch: Any) -> None:
    answers = []
    post = bpjs_client.post
    monkeypatch.setattr(bpjs_client, "post", lambda *asked: answers.append(post(*asked)) or answers[-1])
    booked(sesi)
    send()
    assert answers == [bpjs_client.Answer(True, "Ok", {"nomorantrean": "A-012", "angkaantrean": 12})]


@pytest.mark.django_db
def test_a_doctor_without_a_code_waits_for_one_and_holds_nobody_up(bpjs: FakeBpjs, sesi: Sesi) -> None:
    Dokter.objects.filter(code="D-ANA").update(bpjs_code=None)
    waits, other = booked(sesi), booked(open_session("INT"))
    send()
    assert (told(bpjs, waits), told(bpjs, other)) == ([], ["add"])
    Dokter.objects.filter(code="D-ANA").update(bpjs_code=7)
    send()
    assert told(bpjs, waits) == ["add"]


def test_many_workers_at_once_send_each_message_once_and_in_order(fresh_database: str, bpjs: FakeBpjs) -> None:
    pack.load(section())
    sesi = open_session()
    visits = [seen(sesi, serial) for serial in range(1, 9)]
    deliver_waiting(subscriptions())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'purut.bpjs_send' AND status = 'todo'"
        )
        assert cursor.fetchone() == (1,), "what was written asks for one run of the job"

    def worker(_: int) -> None:
        try:
            bpjs_outbox.fill_recent()
            while queries_bpjs.outbox().waiting:
                bpjs_outbox.send_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(worker, range(6)))
    assert [told(bpjs, one) for one in visits] == [["add", "1", "2", "3", "4", "5"]] * 8
    assert (bpjs.calls, bpjs.doubles) == (48, 0)
    assert dt.timedelta(0) <= now() - BpjsMessage.objects.latest("sent_at").sent_at  # type: ignore[operator]
