"""Booking, cancelling and calling: nothing is oversold, lost, or done twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from pasti.civil import queries as register
from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.clock import now, today
from pasti.kernel.context import Actor, acting_as
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.outbox.models import StoredEvent
from pasti.purut import pack, queries, services
from pasti.purut.models import Antrean, AntreanStep, Patient, Sesi
from pasti.purut.rules.states import State

from .conftest import HOUR, arrive, arrived, booked, open_session, patient, section

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
REFERRAL = "0301R0010326B000001"


def used(sesi: Sesi) -> tuple[int, int, int, int]:
    """Places used: by JKN, by others; online, at the counter."""
    sesi.refresh_from_db()
    return sesi.used_jkn, sesi.used_nonjkn, sesi.used_online, sesi.used_walkin


def refused(code: str, **asked: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        services.book(**({"patient": patient(), "payer": "umum", "channel": "loket"} | asked))
    assert refusal.value.code == code
    return refusal.value


def steps(antrean: Antrean) -> list[str]:
    return list(antrean.steps.order_by("id").values_list("step", flat=True))


def test_a_booking_takes_one_place_and_the_next_number(sesi: Sesi) -> None:
    first, second = booked(sesi, 1), booked(sesi, 2, channel="web")
    assert (first.number, second.number) == (1, 2)
    assert used(sesi) == (0, 2, 1, 1)
    assert queries.label_of(second) == "B-002"
    assert steps(first) == ["booked"]
    assert StoredEvent.objects.filter(name="purut.AntreanBooked").count() == 2


def test_the_last_place_is_the_last(sesi: Sesi) -> None:
    Sesi.objects.filter(pk=sesi.pk).update(quota_walkin=1)
    booked(sesi, 1)
    assert refused("kuota-habis", sesi_id=sesi.pk, patient=patient(2)).status == 409
    assert used(sesi) == (0, 1, 0, 1)
    assert booked(sesi, 3, channel="web").number == 2, "the refused one took no number"


def test_a_payer_without_places_is_refused_though_others_have_some(sesi: Sesi) -> None:
    Sesi.objects.filter(pk=sesi.pk).update(quota_jkn=0)
    refused("kuota-habis", sesi_id=sesi.pk, payer="jkn", referral_no=REFERRAL)
    assert used(sesi) == (0, 0, 0, 0)


def test_a_patient_has_one_active_booking_per_clinic_and_day(sesi: Sesi) -> None:
    made = booked(sesi)
    refused("sudah-terdaftar", sesi_id=sesi.pk)
    assert used(sesi) == (0, 1, 0, 1), "the refused booking gave its place back"
    assert booked(open_session("INT")).number == 1, "another clinic is another matter"
    assert booked(Sesi.objects.get(poli="ANA", date=today() + DAY)).number == 1
    services.cancel(made)
    assert booked(sesi).number == 2


def test_cancelling_gives_the_place_back_once_and_the_number_never(sesi: Sesi) -> None:
    made = booked(sesi, channel="web", payer="jkn", referral_no=REFERRAL)
    assert used(sesi) == (1, 0, 1, 0)
    services.cancel(made)
    services.cancel(made)
    services.cancel(Antrean.objects.select_related("poli", "patient").get(pk=made.pk))
    assert used(sesi) == (0, 0, 0, 0)
    assert steps(made) == ["booked", "cancelled"]
    assert booked(sesi, 2).number == 2


def test_who_is_with_the_doctor_cannot_cancel(sesi: Sesi) -> None:
    arrived(sesi)
    called = services.call_next(sesi.pk, "ruang 1")
    assert called
    services.start(called)
    with pytest.raises(Refused) as refusal:
        services.cancel(called)
    assert refusal.value.code == "langkah-tidak-sah"
    assert used(sesi) == (0, 1, 0, 1)


@pytest.mark.parametrize("referral", ["", "123", "0301-R001-0326", "x" * 31, "０３０１０３０１０３０１"])
def test_the_insured_need_a_referral(sesi: Sesi, referral: str) -> None:
    refusal = refused("rujukan-wajib", sesi_id=sesi.pk, payer="jkn", referral_no=referral)
    assert (refusal.field, refusal.status) == ("referral_no", 422)


def test_a_referral_is_used_once_unless_the_booking_is_cancelled(sesi: Sesi) -> None:
    made = booked(sesi, 1, payer="jkn", referral_no=REFERRAL)
    assert (
        refused("rujukan-terpakai", sesi_id=sesi.pk, patient=patient(2), payer="jkn", referral_no=REFERRAL).field
        == "referral_no"
    )
    services.cancel(made)
    assert booked(sesi, 2, payer="jkn", referral_no=REFERRAL).referral_no == REFERRAL


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"payer": "gratis"}, "penjamin-tidak-dikenal", "payer"),
        ({"visit_kind": 5}, "jenis-kunjungan-tidak-sah", "visit_kind"),
        ({"patient": services.PatientWanted("123", "X", dt.date(1990, 1, 1), "L")}, "nik-tidak-sah", "nik"),
    ],
)
def test_each_impossible_wish_is_refused_at_its_field(sesi: Sesi, asked: dict[str, Any], code: str, field: str) -> None:
    assert refused(code, sesi_id=sesi.pk, **asked).field == field


def test_an_unknown_session_is_not_found(sesi: Sesi) -> None:
    with pytest.raises(NotFound):
        services.book(sesi_id=sesi.pk + 10_000, patient=patient(), payer="umum", channel="loket")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ends_at": 0.9 * HOUR}, "sesi-tutup"),
        ({"ends_at": -HOUR}, "sesi-tutup"),
        ({"starts_at": 9 * DAY, "ends_at": 9 * DAY + HOUR}, "di-luar-jangkauan"),
    ],
)
def test_too_late_and_too_early_are_refused(sesi: Sesi, changes: dict[str, dt.timedelta], code: str) -> None:
    Sesi.objects.filter(pk=sesi.pk).update(**{name: now() + away for name, away in changes.items()})
    refused(code, sesi_id=sesi.pk, channel="web")


def test_the_counter_registers_who_stands_there_until_the_session_ends(sesi: Sesi) -> None:
    Sesi.objects.filter(pk=sesi.pk).update(ends_at=now() + 0.9 * HOUR)
    refused("sesi-tutup", sesi_id=sesi.pk, channel="mjkn")
    made = services.walk_in(sesi_id=sesi.pk, patient=patient(), payer="umum")
    assert made.state == "checked_in"
    Sesi.objects.filter(pk=sesi.pk).update(ends_at=now())
    refused("sesi-tutup", sesi_id=sesi.pk, patient=patient(2))


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_a_session_that_is_not_held_takes_nobody(sesi: Sesi, state: str) -> None:
    Sesi.objects.filter(pk=sesi.pk).update(state=state)
    refused("sesi-tutup", sesi_id=sesi.pk)


def test_the_same_patient_has_one_record(sesi: Sesi) -> None:
    booked(sesi)
    booked(open_session("INT"))
    assert Patient.objects.count() == 1


def test_a_resident_known_at_the_counter_by_nik_keeps_the_record(sesi: Sesi, town: Any) -> None:
    at_counter = services.PatientWanted("9901014705889001", "Siti Nimah", dt.date(1988, 5, 7), "P")
    services.book(sesi_id=sesi.pk, patient=at_counter, payer="umum", channel="loket")
    with scoped(Scope((), (town.mother.pk,), "purut.registration")):
        refused("sudah-terdaftar", sesi_id=sesi.pk, patient=town.mother.pk, channel="web")
        services.book(sesi_id=open_session("INT").pk, patient=town.mother.pk, payer="umum", channel="web")
    assert Patient.objects.get().person_id == town.mother.pk


def test_nobody_is_registered_from_outside_the_scope_even_a_known_patient(sesi: Sesi, town: Any) -> None:
    with scoped(Scope((), (town.stranger.pk,), "purut.registration")):
        services.book(sesi_id=open_session("INT").pk, patient=town.stranger.pk, payer="umum", channel="web")
    with scoped(Scope((), (town.mother.pk,), "purut.registration")), pytest.raises(NotFound):
        services.book(sesi_id=sesi.pk, patient=town.stranger.pk, payer="umum", channel="web")


def test_patients_are_called_in_order_and_the_skipped_last(sesi: Sesi) -> None:
    first, second, third = (booked(sesi, serial) for serial in (1, 2, 3))
    for one in (third, first, second):
        arrive(one)
    called = services.call_next(sesi.pk, "ruang 1")
    assert called == first
    services.skip(called)
    assert [services.call_next(sesi.pk, "ruang 1") for _ in range(4)] == [second, third, first, None]


def test_who_has_not_arrived_is_not_called(sesi: Sesi) -> None:
    booked(sesi)
    assert services.call_next(sesi.pk, "ruang 1") is None


def test_checking_in_twice_is_checking_in_once(sesi: Sesi) -> None:
    made = arrived(sesi)
    services.check_in(made)
    services.admit(made)
    assert steps(made) == ["booked", "admission", "admitting", "checked_in"]


def test_checking_in_is_for_the_day_of_the_visit(sesi: Sesi) -> None:
    made = booked(Sesi.objects.get(poli="ANA", date=today() + DAY))
    with pytest.raises(Refused) as refusal:
        services.check_in(made)
    assert refusal.value.code == "bukan-hari-ini"


def test_a_patient_is_called_as_often_as_the_hospital_allows(sesi: Sesi) -> None:
    arrived(sesi)
    called = services.call_next(sesi.pk, "ruang 1")
    assert called
    services.call_again(called)
    services.call_again(called)
    assert called.calls == 3
    with pytest.raises(Refused) as refusal:
        services.call_again(called)
    assert refusal.value.code == "terlalu-sering"
    assert steps(called).count("called") == 3
    assert StoredEvent.objects.filter(name="purut.AntreanCalled").count() == 3


def test_only_who_was_called_is_called_again(sesi: Sesi) -> None:
    made = arrived(sesi)
    with pytest.raises(Refused) as refusal:
        services.call_again(made)
    assert refusal.value.code == "belum-dipanggil"


def test_finishing_twice_is_finishing_once_even_from_an_old_page(sesi: Sesi) -> None:
    arrived(sesi)
    called = services.call_next(sesi.pk, "ruang 1")
    assert called
    on_another_screen = Antrean.objects.select_related("poli", "patient").get(pk=called.pk)
    services.finish(called)
    services.finish(called)
    services.finish(on_another_screen)
    assert steps(called) == ["booked", "admission", "admitting", "checked_in", "called", "serving", "done"]


def test_a_step_that_does_not_follow_is_refused_with_the_truth(sesi: Sesi) -> None:
    made = booked(sesi)
    with pytest.raises(Refused) as refusal:
        services.finish(made)
    assert (refusal.value.code, refusal.value.extra["state"]) == ("langkah-tidak-sah", "booked")


@pytest.mark.parametrize("statement", ["UPDATE purut_antreanstep SET step = 'x'", "DELETE FROM purut_antreanstep"])
def test_stamps_are_never_changed(sesi: Sesi, statement: str) -> None:
    booked(sesi)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AntreanStep.objects.count() == 1


def test_each_step_tells_who_did_it_and_why(sesi: Sesi, town: Any) -> None:
    with scoped(Scope((), (town.mother.pk,), "purut.registration")):
        made = services.book(sesi_id=sesi.pk, patient=town.mother.pk, payer="umum", channel="web")
    with acting_as(Actor(None, "Ani", "perawat", "RSR")):
        services.check_in(made)
    entry = trail_of(town.mother.pk).filter(action="purut.antrean.admission").get()
    assert (entry.actor_name, entry.actor_role, entry.purpose, entry.object_id) == (
        "Ani",
        "perawat",
        "purut.care",
        made.code,
    )
    assert trail_of(town.mother.pk).filter(action="purut.antrean.booked").exists()
    assert register.household_ids(town.mother.pk)


def test_sessions_are_made_once_for_the_whole_horizon(sesi: Sesi) -> None:
    assert Sesi.objects.count() == 2 * 8
    assert services.ensure_sessions() == 0
    pack.load(section(horizon_days=9))
    assert Sesi.objects.count() == 2 * 10
    assert Sesi.objects.filter(poli="ANA").dates("date", "day").count() == 10


def test_loading_the_pack_twice_changes_nothing(sesi: Sesi) -> None:
    assert pack.load(section()) == {"created": 0, "changed": 0, "unchanged": 1 + 2 + 2 + 14}


def test_who_did_not_come_is_marked_when_the_day_is_over(sesi: Sesi) -> None:
    never, waited, called = booked(sesi, 1), arrived(sesi, 2), booked(sesi, 3)
    seen = arrived(sesi, 4)
    assert services.mark_no_shows() == 0, "the day is not over"
    Antrean.objects.filter(pk=seen.pk).update(state=State.DONE)
    services.cancel(called)
    yesterday = today() - DAY
    Sesi.objects.filter(pk=sesi.pk).update(ends_at=now() - 20 * HOUR)
    Antrean.objects.update(date=yesterday)
    assert services.mark_no_shows() == 2
    assert services.mark_no_shows() == 0
    states = dict(Antrean.objects.values_list("pk", "state"))
    assert states == {never.pk: "no_show", waited.pk: "no_show", called.pk: "cancelled", seen.pk: "done"}


def test_the_board_shows_the_last_call_and_how_many_wait(sesi: Sesi) -> None:
    for serial in (1, 2, 3):
        arrived(sesi, serial)
    booked(sesi, 4)
    services.call_next(sesi.pk, "ruang 1")
    services.call_next(sesi.pk, "ruang 2")
    cell = queries.board("ANA")[0]
    assert (cell.label, cell.room, cell.waiting, cell.booked) == ("B-002", "ruang 2", 1, 4)
    assert {c.poli.pk for c in queries.board()} == {"ANA", "INT"}
