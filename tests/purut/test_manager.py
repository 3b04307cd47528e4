"""The manager sees how the days went, from the stamps alone."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.test import Client

from pasti.kernel.accounts.models import User
from pasti.kernel.clock import now, today
from pasti.purut.models import Antrean, AntreanStep, Sesi
from pasti.purut.queries import manager as queries
from pasti.purut.rules.states import State
from tests.purut.conftest import booked

pytestmark = pytest.mark.django_db
PAGE = "/purut/manajer/"
MINUTE = dt.timedelta(minutes=1)
TODAY = queries.Period(today(), today())


@pytest.fixture
def morning(sesi: Sesi) -> Sesi:
    """Nine patients waited 10, 20 ... 90 minutes for the call and were seen, a tenth did not come."""
    begins = now() - 180 * MINUTE
    Sesi.objects.filter(pk=sesi.pk).update(starts_at=begins)
    for at in range(1, 10):
        one = booked(sesi, at)
        stamped(one, begins, State.CHECKED_IN, 0)
        stamped(one, begins, State.CALLED, 10 * at)
        stamped(one, begins, State.SERVING, 10 * at + 2)
        Antrean.objects.filter(pk=one.pk).update(state=State.DONE)
    absent = booked(sesi, 10)
    Antrean.objects.filter(pk=absent.pk).update(state=State.NO_SHOW)
    return sesi


def stamped(one: Antrean, begins: dt.datetime, step: State, minutes: int) -> None:
    moment = begins + minutes * MINUTE
    AntreanStep.objects.create(antrean=one, step=step, occurred_at=moment, recorded_at=moment)


@pytest.fixture
def manager(official: Callable[[str], User], browsing: Callable[[User], Client]) -> Client:
    return browsing(official("manajer_rs"))


def test_waits_are_from_arrival_to_the_first_call(morning: Sesi) -> None:
    (whole,) = queries.waits(TODAY, "all")
    assert (whole.patients, whole.median, whole.most) == (9, 50, pytest.approx(82))
    assert [(one.label, one.patients) for one in queries.waits(TODAY, "payer")] == [("umum", 9)]
    assert sum(one.patients for one in queries.waits(TODAY, "hour")) == 9


def test_a_clinic_is_judged_by_who_came_when_it_began_and_what_was_taken(morning: Sesi) -> None:
    (one,) = [clinic for clinic in queries.clinics(TODAY) if clinic.taken]
    assert (one.booked, one.seen, one.absent, one.taken, one.places) == (10, 9, 1, 10, 20)
    assert (one.no_show, one.occupancy, one.on_time, one.late_minutes) == (10, 50, 100, 12)


def test_a_session_that_began_later_than_a_quarter_of_an_hour_was_not_on_time(morning: Sesi) -> None:
    Sesi.objects.filter(pk=morning.pk).update(starts_at=now() - 200 * MINUTE)
    assert [one.on_time for one in queries.clinics(TODAY) if one.taken] == [0]


def test_the_page_has_charts_with_tables_and_files(morning: Sesi, manager: Client) -> None:
    page = manager.get(PAGE).content.decode()
    assert page.count("pasti-chart") == 2
    assert "Separuhnya menunggu paling lama 50 menit" in page
    table = list(csv.reader(io.StringIO(manager.get(PAGE, {"format": "csv", "tabel": "layanan"}).content.decode())))
    assert table[0][:4] == ["poli", "sesi", "tempat", "terpakai"]
    assert ["Poli Anak", "10", "9", "1"] in [[row[0], *row[4:7]] for row in table]


def test_a_page_costs_the_same_however_many_patients(
    morning: Sesi, manager: Client, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(13):
        manager.get(PAGE)


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("kemarin", "", "Isi tanggal dengan benar"),
        ("2026-02-01", "2026-01-01", "Tanggal akhir sebelum tanggal awal"),
        ("2020-01-01", "2026-01-01", "Paling lama satu tahun"),
    ],
)
def test_impossible_days_are_said_at_the_field_and_kept(
    sesi: Sesi, manager: Client, first: str, last: str, told: str
) -> None:
    file = manager.get(PAGE, {"dari": first, "sampai": last, "format": "csv", "tabel": "poli"})
    assert file.status_code == 422, "no file of other days than were asked for"
    answer = manager.get(PAGE, {"dari": first, "sampai": last})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert f'value="{first}"' in page


@pytest.mark.parametrize("role", ["perawat", "loket"])
def test_others_do_not_see_it(
    sesi: Sesi, role: str, official: Callable[[str], User], browsing: Callable[[User], Client]
) -> None:
    assert browsing(official(role)).get(PAGE).status_code in (302, 403)
