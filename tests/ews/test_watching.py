"""From readings to proposals: once each, whatever dies in between and however the readings come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import transaction

from pasti.ews import pack
from pasti.ews.models import Gauge, Proposal, River
from pasti.ews.queries import gauges, levels, moment
from pasti.ews.services import watching
from pasti.simulation.river_scenarios import evening
from pasti.simulation.rivers import PETUNG, Sample
from pasti.telemetry.services.readings import Reading, store

from .test_pack import section

BEGAN = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@pytest.fixture
def streams(db: None) -> dict[str, int]:
    """The city's gauges and their streams."""
    pack.load(section())
    return gauges.streams()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    """The moment early warning lives in, to be set."""
    held = [BEGAN]
    monkeypatch.setattr(moment, "now", lambda: held[0])
    return held


def flood() -> Iterator[tuple[dt.datetime, list[Sample]]]:
    """Six hours of the Petung, ten minutes at a time."""
    samples = list(evening(PETUNG, BEGAN, 6).samples())
    for begin in range(0, len(samples), 30):
        part = samples[begin : begin + 30]
        yield part[-1].at, part


def run(streams: dict[str, int], clock: list[dt.datetime], *, die: bool = False) -> list[tuple[str, int]]:
    """Send the evening; with `die` each evaluation is lost once after its work and done again."""
    for at, part in flood():
        clock[0] = at
        store([Reading(streams[one.gauge], one.at, one.value) for one in part], at=at)
        if die:
            with pytest.raises(InterruptedError):
                _die_after_looking()
        watching.watch("petung")
        watching.watch("petung")
    return list(Proposal.objects.order_by("pk").values_list("key", "stage"))


def _die_after_looking() -> None:
    with transaction.atomic():
        watching.watch("petung")
        raise InterruptedError


def test_a_flood_evening_proposes_each_stage_once(streams: dict[str, int], clock: list[dt.datetime]) -> None:
    proposed = run(streams, clock)
    assert {stage for _, stage in proposed} >= {1, 2, 3}
    assert len({key for key, _ in proposed}) == len(proposed)
    assert Gauge.objects.get(pk="petung-bokwedi").stage == 3


def test_a_process_that_dies_after_each_look_proposes_the_same(
    streams: dict[str, int], clock: list[dt.datetime]
) -> None:
    with transaction.atomic():
        alone = run(streams, clock)
        transaction.set_rollback(True)
    clock[0] = BEGAN
    assert run(streams, clock, die=True) == alone


def test_a_single_spike_of_three_metres_on_a_dry_day_warns_nobody(
    streams: dict[str, int], clock: list[dt.datetime]
) -> None:
    for minute in range(60):
        at = BEGAN + dt.timedelta(minutes=minute)
        clock[0] = at
        value = 360.0 if minute == 30 else 60.0 + minute % 3
        store([Reading(streams["petung-bokwedi"], at, value)], at=at)
        watching.watch("petung")
    assert not Proposal.objects.exists()


def test_what_is_wrong_with_one_river_blinds_no_other(streams: dict[str, int], clock: list[dt.datetime]) -> None:
    first = River.objects.values_list("code", flat=True).first()
    assert first != "welang"
    Gauge.objects.filter(river=first).update(memory={"recent": "rusak"})
    store([Reading(streams["welang-karangketug"], BEGAN, 90.0)], at=BEGAN)
    watching.watch_all()
    assert set(Gauge.objects.filter(river=first).values_list("trouble", flat=True)) == {"unwatched"}
    assert Gauge.objects.get(pk="welang-karangketug").memory
    assert levels.all_now()
    Gauge.objects.filter(river=first).update(memory={})
    watching.watch_all()
    assert set(Gauge.objects.filter(river=first).values_list("trouble", flat=True)) == {""}


def test_rivers_are_looked_at_upstream_first() -> None:
    codes = ["bawah", "tengah", "hulu"]
    made = [Gauge(code=code, river=River(code="x"), rules={}) for code in codes]
    made[0].rules, made[1].rules = {"upstream": [{"gauge": "tengah"}]}, {"upstream": [{"gauge": "hulu"}]}
    assert [one.code for one in watching._downstream(made)] == ["hulu", "tengah", "bawah"]
