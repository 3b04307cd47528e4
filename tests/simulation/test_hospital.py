"""The demo's hospital has weeks behind it and a day under way, without anything booking would not allow."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Count, F

from pasti import citypack
from pasti.civil.models import Person
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.clock import now, today
from pasti.purut import pack
from pasti.purut.models import Antrean, AntreanStep, Estimate, EstimateScore, Patient, Sesi
from pasti.purut.rules.states import ACTIVE, State, may_become
from pasti.purut.services import book
from pasti.simulation import city, hospital
from tests.purut.conftest import patient, section
from tests.simulation.test_city import PACK


@pytest.fixture
def worked(fresh_database: str, owner_url: str, monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[UUID]:
    """A small city whose hospital has been at work; gives the people who are not to be patients."""
    monkeypatch.setenv("PASTI_DATABASE_OWNER_URL", owner_url)
    settings.PASTI_CITY_PACK, settings.PASTI_CITY = PACK, {"code": "99.01"}
    with scoped(everyone("99.01", "kernel.load")):
        citypack.load(PACK)
        pack.load(section())
        city.build(500, seed=3)
        spare = list(Person.objects.order_by("id").values_list("id", flat=True)[:3])
        assert hospital.fill(spare) > 100
    return spare


def test_weeks_are_filled_once_and_keep_every_rule(worked: list[UUID]) -> None:
    registered = Antrean.objects.count()
    with scoped(everyone("99.01", "kernel.load")):
        assert hospital.fill(worked) == 0, "a restart adds nothing"
    assert not Patient.objects.filter(person_id__in=worked).exists()
    past = Antrean.objects.filter(date__lt=today())
    assert past.values("date").distinct().count() == hospital.PAST_DAYS
    assert set(past.values_list("state", flat=True)) == {"done", "no_show"}
    assert not AntreanStep.objects.filter(occurred_at__gt=now()).exists()
    ways: dict[int, list[State]] = {}
    for antrean, step in AntreanStep.objects.order_by("id").values_list("antrean_id", "step"):
        ways.setdefault(antrean, []).append(State(step))
    assert len(ways) == registered
    assert all(may_become(one, then) for own in ways.values() for one, then in itertools.pairwise(own))
    assert {pk: own[-1] for pk, own in ways.items()} == dict(Antrean.objects.values_list("pk", "state"))


def test_what_was_told_on_the_last_day_is_scored(worked: list[UUID]) -> None:
    told, scored = Estimate.objects.filter(antrean__date__lt=today()), EstimateScore.objects.all()
    assert told.values("antrean__date").distinct().count() == 1
    assert scored.count() == told.count() > 10
    assert scored.filter(inside=True).count() > 0.5 * scored.count()


def test_the_places_are_those_of_the_registrations_and_booking_goes_on(worked: list[UUID]) -> None:
    filled = Sesi.objects.annotate(n=Count("registrations")).filter(n__gt=0)
    assert not filled.exclude(n=F("last_number")).exists()
    assert not filled.exclude(n=F("used_jkn") + F("used_nonjkn")).exists()
    coming = Sesi.objects.filter(date=today() + dt.timedelta(days=1)).first()
    assert coming
    assert book(sesi_id=coming.pk, patient=patient(), payer="umum", channel="loket").number == 1
    twice = (
        Antrean.objects.filter(state__in=ACTIVE)
        .values("patient", "poli", "date")
        .annotate(n=Count("id"))
        .filter(n__gt=1)
    )
    assert not twice.exists()
