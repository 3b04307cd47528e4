"""Simulated rivers do what rivers do, the same each time, and their gauges fail in the ways they are told to."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise

import numpy as np
import pytest

from pasti.simulation.river_faults import Fault, Kind, inject
from pasti.simulation.river_scenarios import SCENARIOS, Flood, flood_evening, ordinary, play, season, wib
from pasti.simulation.rivers import PETUNG, RAIN, RIVERS, Sample, Storm, course

EVENING = wib(2022, 1, 10, 21)
DAY = wib(2022, 1, 5, 0)
FLOODS = [(name, flood) for name, one in SCENARIOS.items() for flood in one.floods]


@pytest.mark.parametrize(("name", "flood"), FLOODS)
def test_flood_leaves_the_banks_at_the_time_on_record_and_goes_down_again(name: str, flood: Flood) -> None:
    evening, banks = flood_evening(flood), flood.river.stages[2]
    assert abs(evening.at(int(np.argmax(evening.level >= banks))) - flood.banks_at) <= dt.timedelta(minutes=5)
    assert evening.level.max() == pytest.approx(banks + flood.over_cm, abs=6)
    assert evening.level[-1] < flood.river.stages[0]
    wet = np.flatnonzero(evening.rain > 0)
    assert (wet[-1] - wet[0]) / 60 == pytest.approx(flood.rain_hours, abs=0.3)


def test_the_city_sees_the_wave_after_the_gauge_upstream() -> None:
    evening = flood_evening(SCENARIOS["januari-2022"].floods[0])
    lag = int(np.argmax(evening.level)) - int(np.argmax(evening.upstream))
    assert 0.5 * PETUNG.travel <= lag <= 1.5 * PETUNG.travel


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_is_the_same_each_time_and_in_order_of_time(name: str) -> None:
    samples = list(play(name, every=5))
    assert samples == list(play(name, every=5))
    assert all(one.at <= other.at for one, other in pairwise(samples))
    assert samples != list(play(name, every=5, seed=2))


def test_rain_over_the_city_alone_leaves_every_river_normal() -> None:
    samples = list(play("hujan-kota-2022", every=5))
    assert sum(one.value for one in samples if one.gauge == "hujan-kota") == pytest.approx(85, abs=2)
    for river in RIVERS.values():
        assert max(one.value for one in samples if one.gauge == river.gauge) < river.stages[0]


@pytest.mark.parametrize("river", RIVERS.values(), ids=RIVERS)
def test_ordinary_days_stay_under_the_first_limit_and_seasons_do_not(river: object) -> None:
    for day in range(10):
        assert ordinary(river, DAY + dt.timedelta(days=day), every=5).level.max() < river.stages[0]  # type: ignore[arg-type,attr-defined]
    assert season(river, DAY, 120, seed=1).level.max() > river.stages[2]  # type: ignore[arg-type,attr-defined]


def test_no_water_comes_from_nowhere() -> None:
    """What runs off is no more than what fell, and twice the rain makes a higher crest."""
    crests = [course(PETUNG, DAY, 1440, [Storm(120, 240, mm)], noise=0).level.max() for mm in (0, 40, 80)]
    assert crests[0] < PETUNG.low + PETUNG.tide + 1
    assert crests[0] < crests[1] < crests[2]


def day_with(kind: Kind, size: float = 300.0) -> tuple[list[Sample], list[Sample]]:
    samples = list(ordinary(PETUNG, DAY, every=5).samples())
    fault = Fault(kind, PETUNG.gauge, DAY + dt.timedelta(hours=2), DAY + dt.timedelta(hours=3), size)
    return samples, list(inject(samples, [fault]))


def test_other_gauges_and_other_hours_are_left_alone() -> None:
    for kind in Kind:
        whole, broken = day_with(kind)
        others = [one for one in whole if one.gauge != PETUNG.gauge or one.at >= DAY + dt.timedelta(hours=3, minutes=5)]
        assert set(others) <= set(broken), kind


def test_each_fault_is_what_its_name_says() -> None:
    def hour(kind: Kind, size: float = 300.0) -> tuple[list[Sample], list[Sample]]:
        whole, broken = day_with(kind, size)
        was = [one for one in whole if one not in broken]
        return was, [one for one in broken if one not in whole]

    def values(kind: Kind) -> set[float]:
        return {one.value for one in hour(kind)[1]}

    assert values(Kind.ZERO) == {0.0}
    assert values(Kind.MISSING_CODE) == {-9999.0}
    assert all(math.isnan(value) for value in values(Kind.NAN))
    assert len(values(Kind.STUCK)) == 1
    assert max(values(Kind.STUCK_DIGIT)) - min(values(Kind.STUCK_DIGIT)) <= 0.21
    assert [len(hour(kind)[1]) for kind in (Kind.SPIKE, Kind.SPIKE_PAIR)] == [1, 2]
    for kind, moved in ((Kind.SPIKE, 300), (Kind.SPIKE_PAIR, 300), (Kind.OFFSET, 300)):
        was, sent = hour(kind)
        assert all(new.value - old.value == pytest.approx(moved) for old, new in zip(was, sent, strict=True))
    was, sent = hour(Kind.DRIFT)
    assert sent[-1].value - was[-1].value == pytest.approx(300 * 55 / 60)
    was, sent = hour(Kind.METRES)
    assert all(new.value == pytest.approx(old.value / 100, abs=0.006) for old, new in zip(was, sent, strict=True))
    was, sent = hour(Kind.CLOCK)
    assert all(new.at - old.at == dt.timedelta(hours=7) for old, new in zip(was, sent, strict=True))
    assert hour(Kind.GAP)[1] == []
    assert len(day_with(Kind.DUPLICATES)[1]) == len(day_with(Kind.DUPLICATES)[0]) + 12
    late = [one for one in day_with(Kind.LATE)[1] if one.arrives > one.at]
    assert {one.arrives for one in late} == {DAY + dt.timedelta(hours=3)}


def test_disorder_and_lateness_come_in_the_order_of_arrival() -> None:
    for kind in (Kind.LATE, Kind.DISORDER):
        broken = day_with(kind)[1]
        assert all(one.arrives <= other.arrives for one, other in pairwise(broken))
    minutely = list(ordinary(PETUNG, DAY, every=1).samples())
    fault = Fault(Kind.DISORDER, PETUNG.gauge, DAY, DAY + dt.timedelta(hours=2))
    times = [one.at for one in inject(minutely, [fault]) if one.gauge == PETUNG.gauge]
    assert times != sorted(times)
    assert sorted(times) == [one.at for one in minutely if one.gauge == PETUNG.gauge]


def test_rain_is_measured_in_what_fell_since_the_reading_before() -> None:
    """Coarser readings of the same storm hold the same rain."""
    fine, coarse = (
        sum(
            one.value
            for one in course(PETUNG, DAY, 600, [Storm(60, 240, 80)], every=every).samples()
            if one.kind == RAIN
        )
        for every in (1, 5)
    )
    assert fine == pytest.approx(coarse, abs=fine * 0.03)
