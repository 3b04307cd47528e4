"""Estimates of the waiting time hold what they promise, for every queue, and are truer than the formulas in use."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasti.purut.rules import evaluation
from pasti.purut.rules.day import HABITS, Crowd, Plan, simulate
from pasti.purut.rules.estimate import Estimate, Habits, forecast, learn, moved
from pasti.purut.rules.evaluation import AVERAGE, BPJS, OURS
from pasti.purut.rules.stamps import Session, Way, read
from pasti.purut.rules.states import State

USUAL = learn([], 10)


@st.composite
def moments(draw: Any) -> tuple[float, Session, Habits]:
    """Some moment of some day of some doctor, with some past."""
    doctor, plan = (
        draw(st.sampled_from(list(HABITS.values()))),
        Plan(draw(st.sampled_from([6, 10, 15])), draw(st.integers(1, 25))),
    )
    chance = Random(draw(st.integers(0, 10**6)))
    past = [read(simulate(plan, doctor, Crowd(), chance).stamps, plan.minutes) for _ in range(draw(st.integers(0, 4)))]
    made, now = simulate(plan, doctor, Crowd(), chance), draw(st.floats(-90, 300))
    known = read([one for one in made.stamps if one.at <= now], plan.minutes, made.priorities)
    return now, known, learn(past, plan.minutes)


def waiting(number: int, **more: Any) -> Way:
    return Way(number, State.CHECKED_IN, arrived=-30.0, **more)


def of(number: int, found: list[Estimate]) -> Estimate:
    return next(one for one in found if one.number == number)


@settings(max_examples=60, deadline=None)
@given(moments())
def test_a_window_holds_its_point_and_nothing_is_expected_in_the_past(moment: tuple[float, Session, Habits]) -> None:
    now, session, habits = moment
    found = forecast(now, session, habits)
    assert {one.number for one in found} == {way.number for way in session.ways if way.expected}
    for one in found:
        assert now <= one.lower <= one.point <= one.upper < math.inf
    assert forecast(now, session, habits) == found, "the same is asked, the same is answered"


@settings(max_examples=60, deadline=None)
@given(moments())
def test_who_is_called_later_is_not_expected_earlier(moment: tuple[float, Session, Habits]) -> None:
    found = forecast(*moment)
    assert [one.ahead for one in found] == list(range(len(found)))
    for one, following in itertools.pairwise(found):
        assert one.lower <= following.lower
        assert one.point <= following.point
        assert one.upper <= following.upper


@settings(max_examples=60, deadline=None)
@given(moments(), st.integers(1, 20))
def test_one_more_in_front_makes_nobody_earlier(moment: tuple[float, Session, Habits], at: int) -> None:
    now, session, habits = moment
    ahead = waiting(0)
    more = Session(session.minutes, [ahead, *session.ways])
    plain = [replace(way, priority=False) for way in session.ways]
    before = {one.number: one for one in forecast(now, Session(session.minutes, plain), habits)}
    for one in forecast(now, Session(more.minutes, [ahead, *plain]), habits):
        if one.number:
            assert one.point >= before[one.number].point - 1e-9
            assert one.upper >= before[one.number].upper - 1e-9


@settings(max_examples=30, deadline=None)
@given(moments(), st.sampled_from([0.5, 2.0, 4.0]))
def test_a_hospital_where_everything_takes_twice_as_long_is_told_twice_as_long(
    moment: tuple[float, Session, Habits], scale: float
) -> None:
    now, session, habits = moment
    slower = Session(session.minutes * scale, [
        replace(way, calls=[one * scale for one in way.calls], arrived=None if way.arrived is None else way.arrived * scale,
                done=None if way.done is None else way.done * scale)
        for way in session.ways
    ])  # fmt: skip
    scaled = replace(
        habits, level=habits.level * scale, late=[one * scale for one in habits.late],
        offsets=[one * scale for one in habits.offsets],
    )  # fmt: skip
    for one, other in zip(forecast(now, session, habits), forecast(now * scale, slower, scaled), strict=True):
        assert other.point == pytest.approx(one.point * scale, abs=1e-6)
        assert other.upper == pytest.approx(one.upper * scale, abs=1e-6)


def test_a_doctor_who_is_always_late_is_expected_late() -> None:
    chance = Random(5)
    past = [read(simulate(Plan(10, 15), HABITS["sangat terlambat"], Crowd(), chance).stamps, 10) for _ in range(12)]
    first = [waiting(1)]
    punctual = forecast(-20, Session(10, first), USUAL)[0]
    late = forecast(-20, Session(10, first), learn(past, 10))[0]
    assert late.point > punctual.point + 20
    assert forecast(30, Session(10, first), learn(past, 10))[0].point > 35, (
        "half an hour late already, and known to be later"
    )


def test_today_outweighs_the_schedule_once_it_has_shown_itself() -> None:
    seen = [Way(n, State.DONE, arrived=-60, calls=[20.0 * (n - 1)], done=20.0 * n - 1) for n in range(1, 9)]
    queue = [Way(9, State.SERVING, arrived=-50, calls=[160.0]), *(waiting(n) for n in range(10, 15))]
    last = of(14, forecast(165, Session(10, [*seen, *queue]), USUAL))
    assert last.point - 165 > 4 * 10 * 1.4, "twenty minutes each, though the schedule says ten"


def test_those_who_have_not_come_count_less_the_later_it_gets() -> None:
    others = [Way(number) for number in range(1, 9)]
    early, late = (of(9, forecast(now, Session(10, [*others, waiting(9)]), USUAL)).point - now for now in (0.0, 150.0))
    assert late < early


def test_a_long_visit_does_not_hide_that_the_queue_stands_still() -> None:
    ways = [Way(1, State.SERVING, arrived=-10, calls=[0.0]), waiting(2)]
    assert of(2, forecast(60, Session(10, ways), USUAL)).point > 60


def test_an_order_of_the_hospitals_own_is_followed() -> None:
    queue = Session(10, [waiting(1), waiting(2), waiting(3)])
    assert [one.number for one in forecast(5, queue, USUAL, order=[3, 1])] == [3, 1, 2]


def test_nobody_waits_nobody_is_told() -> None:
    assert forecast(10, Session(10, [Way(1, State.DONE, arrived=0, calls=[0.0], done=5)]), USUAL) == []


def test_only_what_is_no_longer_true_is_told_again() -> None:
    told = Estimate(5, 4, 90, 100, 120)
    assert not moved(told, replace(told, point=108), now=60)
    assert moved(told, replace(told, point=115), now=60)
    assert not moved(told, replace(told, point=115), now=0), "two hours ahead a quarter of an hour is no news"
    assert moved(told, replace(told, point=122), now=121), "its window is over"


def test_estimates_are_truer_than_both_formulas_and_windows_hold() -> None:
    lines = evaluation.of_simulated(40, seed=3, plans=[Plan(10, 18)])
    whole = lines[-1].scores
    assert whole[OURS].error * 1.4 < whole[BPJS].error
    assert whole[OURS].error * 1.2 < whole[AVERAGE].error
    assert whole[OURS].interval < min(whole[BPJS].interval, whole[AVERAGE].interval)
    assert 0.72 <= whole[OURS].coverage <= 0.92
    for line in lines:
        assert line.scores[OURS].interval < min(line.scores[BPJS].interval, line.scores[AVERAGE].interval), line.habit


def test_the_formulas_are_what_they_are_said_to_be() -> None:
    ways = [
        Way(1, State.DONE, arrived=-9, calls=[0.0], done=6),
        Way(2, State.SERVING, arrived=-9, calls=[6.0]),
        Way(3),
        waiting(4),
    ]
    known = Session(10, ways)
    assert evaluation.bpjs(8, 4, known)[1] == 8 + 10 * 2
    assert evaluation.average(8, 4, known, [10.0, 14.0])[1] == 8 + 10 * 2, "mean of 10, 14 and today's 6"
