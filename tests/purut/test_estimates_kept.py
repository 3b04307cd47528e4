"""What patients are told about their waiting time is kept, shown, bounded, and scored afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pasti.civil import queries as register
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.clock import now, today
from pasti.kernel.outbox.models import StoredEvent
from pasti.kernel.publish.services import measure_now
from pasti.purut import pack, queries, services
from pasti.purut.models import Antrean, AntreanStep, Estimate, EstimateScore, Patient, Sesi
from pasti.purut.rules import times
from pasti.purut.rules.day import HABITS, Crowd, Plan, simulate
from pasti.purut.rules.states import State
from pasti.purut.services import estimates

from .conftest import HOUR, arrive, arrived, booked, open_session, section, token, town  # noqa: F401

db = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def held(sesi: Sesi, days_ago: int, habit: str = "sangat terlambat", seed: int = 1, patients: int = 8) -> Sesi:
    """A session of the same doctor some days ago, from the first arrival to the last patient."""
    day = sesi.date - dt.timedelta(days=days_ago)
    starts = sesi.starts_at - dt.timedelta(days=days_ago)
    past = Sesi.objects.create(
        jadwal=sesi.jadwal, poli=sesi.poli, dokter=sesi.dokter, date=day, starts_at=starts, ends_at=starts + 4 * HOUR,
        minutes=10, quota_jkn=20, quota_nonjkn=20, quota_online=20, quota_walkin=20, last_number=patients,
    )  # fmt: skip
    made = simulate(Plan(10, patients), HABITS[habit], Crowd(no_show=0), Random(seed))
    for number in range(1, patients + 1):
        row = Antrean.objects.create(
            code=f"P{days_ago:03}{number:04}", sesi=past, poli=sesi.poli, date=day, number=number, payer="umum",
            patient=Patient.objects.create(name="Pasien Dahulu", sex="L", birth_date=dt.date(1980, 1, 1)), visit_kind=1,
            channel="web", state=State.DONE, occurred_at=starts, recorded_at=starts,
        )  # fmt: skip
        own = [(one.step, starts + one.at * MINUTE) for one in made.stamps if one.number == number]
        AntreanStep.objects.bulk_create(
            AntreanStep(antrean=row, step=step, occurred_at=at, recorded_at=at) for step, at in own
        )
    return past


def running(sesi: Sesi, since: int = 60) -> Sesi:
    """The session began so many minutes ago."""
    Sesi.objects.filter(pk=sesi.pk).update(starts_at=now() - since * MINUTE)
    sesi.refresh_from_db()
    return sesi


def called(sesi: Sesi) -> Antrean:
    one = services.call_next(sesi.pk, "ruang 1")
    assert one
    return one


@db
def test_who_comes_is_told_and_asking_again_writes_nothing(sesi: Sesi) -> None:
    one = arrived(sesi)
    assert estimates.renew(sesi.pk) == 1
    assert estimates.renew(sesi.pk) == 0
    told = Estimate.objects.get()
    assert (told.antrean_id, told.ahead, told.basis) == (one.pk, 0, "jadwal")
    assert told.made_at <= told.lower <= told.point <= told.upper


@db
def test_who_was_told_at_home_is_told_anew_on_arrival(sesi: Sesi) -> None:
    one = booked(sesi)
    assert estimates.renew(sesi.pk) == 1
    arrive(one)
    assert estimates.renew(sesi.pk) == 1
    assert estimates.renew(sesi.pk) == 0


@db
def test_a_doctor_known_to_be_late_is_told_to_be_late(sesi: Sesi) -> None:
    one = arrived(sesi)
    for days_ago in range(1, 13):
        held(sesi, days_ago, seed=days_ago)
    estimates.renew(sesi.pk)
    told = Estimate.objects.get(antrean=one)
    assert told.basis == "riwayat"
    assert told.point > sesi.starts_at + 20 * MINUTE


@db
def test_calling_a_whole_queue_writes_few_estimates(sesi: Sesi) -> None:
    for serial in range(1, 11):
        arrived(sesi, serial)
    running(sesi, 1)
    estimates.renew(sesi.pk)
    for _ in range(10):
        services.finish(called(sesi))
        estimates.renew(sesi.pk)
    assert Estimate.objects.count() == 10, "within a few minutes nothing is told twice"
    assert all(one.basis == "jadwal" for one in Estimate.objects.all())


@db
def test_a_queue_that_stands_still_is_told_so(sesi: Sesi) -> None:
    arrived(sesi)
    estimates.renew(sesi.pk)
    before = Estimate.objects.get()
    running(sesi, 180)
    old = Estimate.objects.create(
        antrean=before.antrean, made_at=now() - 2 * HOUR, ahead=0, lower=now() - HOUR, point=now() - HOUR,
        upper=now() - HOUR / 2, basis="jadwal",
    )  # fmt: skip
    assert estimates.renew_running() == 1
    assert Estimate.objects.filter(pk__gt=old.pk).get().upper > now()


@db
def test_only_sessions_of_today_are_told(sesi: Sesi) -> None:
    tomorrow = Sesi.objects.get(poli="ANA", date=today() + dt.timedelta(days=1))
    booked(tomorrow)
    assert estimates.renew(tomorrow.pk) == estimates.renew(0) == estimates.renew_running() == 0


@db
def test_the_cost_of_estimating_does_not_grow_with_patients_or_past(sesi: Sesi) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            estimates.renew(sesi.pk)
        return len(asked)

    arrived(sesi, 1)
    held(sesi, 1)
    few = cost()
    for serial in range(2, 9):
        arrived(sesi, serial)
        held(sesi, serial, seed=serial)
    assert cost() == few <= 12


@db
def test_windows_of_many_are_one_question(sesi: Sesi, django_assert_num_queries: Any) -> None:
    for serial in range(1, 6):
        arrived(sesi, serial)
    estimates.renew(sesi.pk)
    rows = list(Antrean.objects.select_related("sesi"))
    with django_assert_num_queries(1):
        windows = queries.windows_of(rows)
    assert all(windows[row.pk].made_at for row in rows)
    tomorrow = booked(Sesi.objects.get(poli="ANA", date=today() + dt.timedelta(days=1)), 9)
    with django_assert_num_queries(0):
        assert queries.window_of(tomorrow) == times.window(tomorrow.sesi.starts_at, 10, 1)


@db
def test_a_window_shown_is_never_past(sesi: Sesi) -> None:
    one = arrived(sesi)
    Estimate.objects.create(
        antrean=one, made_at=now() - 2 * HOUR, ahead=0, lower=now() - HOUR, point=now() - HOUR, upper=now() - HOUR / 2,
        basis="jadwal",
    )  # fmt: skip
    window = queries.window_of(one)
    assert now() - MINUTE < window.begins < window.ends


@db
def test_the_page_and_the_api_show_the_estimate_and_say_what_it_is(
    sesi: Sesi, client: Client, official: Callable[[str], User]
) -> None:
    one = arrived(sesi)
    assert "menurut jadwal" in client.get(f"/purut/antrean/{one.code}/").content.decode()
    estimates.renew(sesi.pk)
    told = Estimate.objects.get()
    assert "Perkiraan, bukan janji" in client.get(f"/purut/antrean/{one.code}/").content.decode()
    shown = client.get(f"/api/v1/purut/antrean/{one.code}", **token(official("perawat"))).json()
    assert abs(dt.datetime.fromisoformat(shown["window_ends"]) - told.upper) < dt.timedelta(seconds=1)
    english = client.get(f"/purut/antrean/{one.code}/", headers={"Accept-Language": "en"}).content.decode()
    assert "An estimate, not a promise" in english


@db
def test_arrivals_and_calls_ask_for_one_run_however_many_they_are(
    sesi: Sesi, django_capture_on_commit_callbacks: Any
) -> None:
    arrived(sesi, 1)
    arrived(sesi, 2)
    services.skip(called(sesi))
    with django_capture_on_commit_callbacks(execute=True):
        for event in StoredEvent.objects.filter(name__in=["purut.AntreanMoved", "purut.AntreanCalled"]):
            estimates.heard(event)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'purut.estimate'")
        assert len(cursor.fetchall()) == 1


@db
def test_an_estimate_is_scored_once_and_only_what_was_told_to_who_had_come(sesi: Sesi) -> None:
    past = held(sesi, 1)
    first, second = past.registrations.order_by("number")[:2]
    came, call = (
        first.steps.filter(step=step).order_by("id")[0].occurred_at for step in (State.CHECKED_IN, State.CALLED)
    )
    tell = {"ahead": 0, "basis": "jadwal"}
    at_home = Estimate.objects.create(antrean=first, made_at=came - HOUR, lower=call, point=call, upper=call, **tell)
    good = Estimate.objects.create(
        antrean=first, made_at=came, lower=call - 5 * MINUTE, point=call - 4 * MINUTE, upper=call, **tell
    )
    later = Estimate.objects.create(antrean=first, made_at=came + MINUTE, lower=call + MINUTE, point=call + 9 * MINUTE,
                                    upper=call + HOUR, **tell)  # fmt: skip
    assert estimates.score() == 2
    assert estimates.score() == 0
    scores = {one.estimate_id: one for one in EstimateScore.objects.all()}
    assert at_home.pk not in scores
    assert (scores[good.pk].error_minutes, scores[good.pk].inside, scores[good.pk].first) == (4, True, True)
    assert (scores[later.pk].error_minutes, scores[later.pk].inside, scores[later.pk].first) == (9, False, False)
    assert second.estimates.count() == 0


@db
def test_the_own_copy_of_a_patient_holds_what_was_told(sesi: Sesi, town: Any, mother: User) -> None:  # noqa: F811
    with scoped(register.scope_for(mother, "purut.registration")):
        one = booked(sesi, patient=town.mother.pk)
    estimates.renew(sesi.pk)
    told = [row for row in queries.records_of(town.mother.pk) if row["catatan"] == "perkiraan waktu panggil"]
    assert [(row["kode"], row["tengah"]) for row in told] == [(one.code, Estimate.objects.get().point)]


@db
def test_what_was_told_cannot_be_changed(sesi: Sesi) -> None:
    arrived(sesi)
    estimates.renew(sesi.pk)
    for statement in (
        "UPDATE purut_estimate SET point = upper",
        "DELETE FROM purut_estimate",
        "DELETE FROM purut_estimatescore",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@db
def test_the_measures_are_computed_from_the_scores(sesi: Sesi) -> None:
    past = held(sesi, 1)
    for at, row in enumerate(past.registrations.order_by("number")[:4]):
        came, call = (
            row.steps.filter(step=step).order_by("id")[0].occurred_at for step in (State.CHECKED_IN, State.CALLED)
        )
        point = call + at * 2 * MINUTE
        Estimate.objects.create(antrean=row, made_at=came, ahead=0, basis="jadwal", point=point, lower=max(came, point - 3 * MINUTE),
                                upper=point + MINUTE)  # fmt: skip
    assert estimates.score() == 4
    span = (past.starts_at - 12 * HOUR, past.starts_at + 12 * HOUR, "99.01")
    error, inside = measure_now("purut.estimate_error", *span), measure_now("purut.share_in_window", *span)
    assert (error.value, error.row_count) == (3, 4)
    assert (inside.numerator, inside.denominator, inside.value) == (2, 4, 50)
    absent = Antrean.objects.create(
        code="P9990001", sesi=past, poli=past.poli, date=past.date, number=99, payer="umum", visit_kind=1, channel="web",
        patient=Patient.objects.create(name="Tak Datang", sex="P", birth_date=dt.date(1990, 1, 1)), state=State.NO_SHOW,
        occurred_at=past.starts_at, recorded_at=past.starts_at,
    )  # fmt: skip
    AntreanStep.objects.create(
        antrean=absent, step=State.NO_SHOW, occurred_at=past.starts_at, recorded_at=past.starts_at
    )
    missed = measure_now("purut.no_show_rate", *span)
    assert (missed.numerator, missed.denominator) == (1, 9)


@db
def test_past_sessions_can_be_replayed(sesi: Sesi) -> None:
    for days_ago in (3, 2, 1):
        held(sesi, days_ago, seed=days_ago)
    from pasti.purut.rules import evaluation_report

    text = evaluation_report.replayed(queries.estimates.replayable())
    assert "3 past sessions of the database" in text
    assert "| all, replayed | 3 |" in text


def test_two_at_once_tell_each_patient_once(fresh_database: str) -> None:
    pack.load(section())
    sesi = open_session()
    for serial in range(1, 6):
        arrived(sesi, serial)

    def renew(_: int) -> int:
        try:
            return estimates.renew(sesi.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(renew, range(4))) == 5
    assert Estimate.objects.count() == 5
