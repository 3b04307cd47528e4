"""The ladder and the rates, each held against what they promise rather than how they do it."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasti.ews.rules.ladder import Limits, Point, Rung, step
from pasti.ews.rules.rates import fallen, rise, theil_sen
from tests.ews.gauges import MINUTE, minute

LIMITS = Limits((150, 200, 250), hysteresis=10, needed=2, among=3)
HOUR = dt.timedelta(hours=1)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([100.0, 139, 141, 149, 151, 189, 191, 201, 251, 400]), min_size=3, max_size=60))
def test_stage_follows_the_readings_up_at_once_and_down_only_after_the_hold(values: list[float]) -> None:
    points = [(minute(5 * n), value) for n, value in enumerate(values)]
    rungs = [Rung()]
    for at, value in points:
        rungs.append(step(LIMITS, rungs[-1], at, value))
    for n, (before, after) in enumerate(pairwise(rungs)):
        last = values[max(0, n - 2) : n + 1]
        for stage, limit in enumerate(LIMITS.raise_at, start=1):
            agreed = sum(value >= limit for value in last) >= 2
            assert not agreed or after.stage >= stage, "two of three over a limit raise at once"
            assert not before.stage < stage <= after.stage or agreed, "and nothing less does"
        if after.stage < before.stage:
            held = [value for at, value in points[: n + 1] if points[n][0] - at <= LIMITS.hold]
            assert len(held) == 7
            assert max(held) < LIMITS.raise_at[before.stage - 1] - LIMITS.hysteresis
            assert after.stage == LIMITS.reached(max(held), lowering=True), "no further down than the highest of them"


@settings(max_examples=60, deadline=None)
@given(st.floats(-60, 60), st.integers(7, 40), st.data())
def test_rise_is_found_though_a_quarter_of_the_readings_is_nonsense(
    slope: float, count: int, data: st.DataObject
) -> None:
    points = [(minute(5 * n), 100 + slope * 5 * n / 60) for n in range(count)]
    for place in data.draw(st.sets(st.integers(0, count - 1), max_size=count // 4)):
        points[place] = (points[place][0], data.draw(st.floats(-500, 900)))
    assert theil_sen(points) == pytest.approx(slope, abs=1e-6)


def test_rise_needs_a_filled_window_and_takes_the_fastest() -> None:
    hour = [(minute(5 * n), float(value)) for n, value in enumerate([100] * 10 + [105, 110, 115])]
    windows = (15 * MINUTE, 60 * MINUTE)
    assert rise(hour, windows) == pytest.approx(60), "the last quarter of an hour"
    assert rise(hour[:3], windows) is None
    assert rise([hour[0], hour[-1]], windows) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 20), min_size=1, max_size=40))
def test_sum_of_rain_is_never_more_than_fell_nor_moved_by_the_wettest_reading(values: list[float]) -> None:
    points: list[Point] = [(minute(5 * n), value) for n, value in enumerate(values)]
    inside = values[-12:]
    assert 0 <= fallen(points, HOUR) <= sum(inside) + 1e-9
    place = len(values) - len(inside) + inside.index(max(inside))
    points[place] = (points[place][0], 49.0)
    assert fallen(points, HOUR) == pytest.approx(
        sum(sorted(inside)[:-1]) + (sorted(inside)[-2] if len(inside) > 1 else 0)
    )
