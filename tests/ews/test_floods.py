"""Floods on record, played with and without faults of the gauges: each is warned of in time, and no fault makes one."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable

import pytest

from pasti.ews.rules.skill import crossings
from pasti.simulation import river_scenarios as scenarios
from pasti.simulation.river_faults import Fault, Kind, inject
from pasti.simulation.rivers import GEMBONG, PETUNG, WELANG, River, Sample
from tests.ews.gauges import replay

BANKS = scenarios.wib(2022, 1, 10, 21)
HOUR = dt.timedelta(hours=1)
WAVE = (BANKS - 2 * HOUR, BANKS + HOUR)  # the rise of the flood


def evening(name: str = "januari-2022", around: dt.datetime = BANKS) -> list[Sample]:
    return [one for one in scenarios.play(name, every=5) if around - 7 * HOUR <= one.at <= around + 9 * HOUR]


def dry_day(river: River = PETUNG) -> list[Sample]:
    return list(scenarios.ordinary(river, scenarios.wib(2022, 1, 5, 6), every=5).samples())


def faulty(samples: Iterable[Sample], *kinds: Kind, gauge: str = PETUNG.gauge, size: float = 300.0) -> list[Sample]:
    start, end = WAVE
    return list(inject(samples, [Fault(kind, gauge, start, end, size) for kind in kinds]))


@pytest.mark.parametrize(
    ("name", "river", "banks"),
    [(name, flood.river, flood.banks_at) for name, one in scenarios.SCENARIOS.items() for flood in one.floods],
)
def test_flood_on_record_is_warned_of_before_it_leaves_the_banks(name: str, river: River, banks: dt.datetime) -> None:
    gauge = replay(evening(name, banks), river)[river.gauge]
    first = {stage: min(one.at for one in gauge.found if one.stage >= stage and not one.lowers) for stage in (1, 2, 3)}
    assert first[1] <= banks - 2 * HOUR
    assert first[2] <= banks - HOUR
    assert first[3] <= banks + dt.timedelta(minutes=10)
    seen = next(one for one in gauge.found if (one.rule, one.stage) == ("level", 3))
    assert abs(seen.at - banks) <= dt.timedelta(minutes=10)
    assert gauge.memory.stage == 0, "and let down by itself after the water has gone"


@pytest.mark.parametrize("river", [PETUNG, GEMBONG, WELANG])
def test_ordinary_day_warns_nobody(river: River) -> None:
    assert not list(itertools.chain(*(gauge.warned for gauge in replay(dry_day(river), river).values())))


HARMLESS = [Kind.SPIKE, Kind.SPIKE_PAIR, Kind.SPIKES, Kind.ZERO, Kind.MISSING_CODE, Kind.NAN, Kind.GAP, Kind.DUPLICATES,
            Kind.DISORDER, Kind.CLOCK, Kind.METRES, Kind.STUCK, Kind.STUCK_DIGIT, Kind.LATE]  # fmt: skip


@pytest.mark.parametrize("kind", HARMLESS)
def test_fault_on_a_dry_day_warns_nobody(kind: Kind) -> None:
    start = scenarios.wib(2022, 1, 5, 12)
    fault = Fault(kind, PETUNG.gauge, start, start + 3 * HOUR)
    assert replay(inject(dry_day(), [fault]))[PETUNG.gauge].warned == []


@pytest.mark.parametrize("kind", HARMLESS)
def test_fault_while_the_flood_rises_hides_nothing(kind: Kind) -> None:
    """By the level where readings come through; where none do, because the gauge is silent or stuck meanwhile."""
    gauge = replay(faulty(evening(), kind))[PETUNG.gauge]
    warned = {one.stage for one in gauge.found if not one.lowers and one.at <= BANKS + dt.timedelta(minutes=15)}
    assert warned >= {1, 2, 3}
    if kind in {Kind.SPIKE, Kind.SPIKE_PAIR, Kind.SPIKES, Kind.DUPLICATES}:
        assert any((one.rule, one.stage) == ("level", 3) for one in gauge.found if one.at <= BANKS + HOUR / 4)
    if kind in {Kind.ZERO, Kind.MISSING_CODE, Kind.NAN, Kind.GAP, Kind.CLOCK, Kind.METRES}:
        assert any(one.rule == "blind" and one.evidence["why"] == "silent" for one in gauge.found)
    if kind in {Kind.STUCK, Kind.STUCK_DIGIT}:
        assert any(one.rule == "blind" and one.evidence["why"] == "stuck" for one in gauge.found)
    lowered = [one.at for one in gauge.found if one.lowers]
    assert not any(at <= BANKS + HOUR for at in lowered), "no fault lets a warning down while the water stands"


def test_silent_gauge_alone_is_missed_by_nobody_when_only_rain_is_known() -> None:
    """Both gauges on the river drop out; the rain in the hills is what is left."""
    start, end = BANKS - 6 * HOUR, BANKS + 4 * HOUR
    broken = [Fault(Kind.GAP, gauge, start, end) for gauge in (PETUNG.gauge, PETUNG.upstream)]
    gauge = replay(inject(evening(), broken))[PETUNG.gauge]
    assert gauge.found
    assert {one.rule for one in gauge.found if not one.lowers} <= {"upstream", "blind"}
    assert min(one.at for one in gauge.found) < BANKS - HOUR


def test_in_weeks_of_a_rainy_season_every_flood_is_proposed_ahead_and_little_else() -> None:
    weeks = scenarios.season(PETUNG, scenarios.wib(2030, 11, 1, 7), 14, seed=3, every=10)
    gauge = replay(weeks.samples())[PETUNG.gauge]
    floods = [weeks.at(step) for step in crossings(weeks.level, PETUNG.stages[2], 36)]
    awas: dict[str, dt.datetime] = {}
    for one in gauge.found:
        if one.stage == 3:
            awas.setdefault(one.key, one.at)
    early = [
        max((flood - at for at in awas.values() if -HOUR < flood - at < 6 * HOUR), default=None) for flood in floods
    ]
    assert len(floods) >= 3
    assert all(lead is not None and lead >= HOUR / 2 for lead in early)
    assert len(awas) <= len(floods) + 1
