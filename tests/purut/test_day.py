"""Made-up days of the hospital are like days, for every seed."""

from __future__ import annotations

import itertools
from collections import defaultdict
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasti.purut.rules.day import HABITS, Crowd, Day, Doctor, Plan, simulate
from pasti.purut.rules.stamps import Way, begun, calling_order, lateness, read, turns
from pasti.purut.rules.states import State, may_become

plans = st.builds(Plan, minutes=st.sampled_from([5, 8, 12, 15]), booked=st.integers(0, 40))
seeds = st.integers(0, 2**32)


def day_of(plan: Plan, doctor: Doctor, seed: int, crowd: Crowd = Crowd()) -> Day:  # noqa: B008
    return simulate(plan, doctor, crowd, Random(seed))


@settings(max_examples=60)
@given(plans, st.sampled_from(list(HABITS.values())), seeds)
def test_everyone_goes_a_way_the_rules_allow_and_who_came_is_seen(plan: Plan, doctor: Doctor, seed: int) -> None:
    made = day_of(plan, doctor, seed)
    steps: dict[int, list[State]] = defaultdict(list)
    for one in made.stamps:
        steps[one.number].append(one.step)
    assert set(steps) == set(range(1, plan.booked + 1))
    for own in steps.values():
        assert own[0] == State.BOOKED
        assert all(may_become(now, then) for now, then in itertools.pairwise(own))
        assert own == [State.BOOKED] or own[-1] == State.DONE


@settings(max_examples=60)
@given(plans, st.sampled_from(list(HABITS.values())), seeds)
def test_one_doctor_sees_one_patient_at_a_time(plan: Plan, doctor: Doctor, seed: int) -> None:
    ways = read(day_of(plan, doctor, seed).stamps, plan.minutes).ways
    served = sorted((way.calls[-1], way.done) for way in ways if way.done is not None)
    assert all(done <= following for (_, done), (following, _) in itertools.pairwise(served))
    assert all(way.arrived <= way.calls[0] for way in ways if way.calls and way.arrived is not None)


def test_the_same_chance_makes_the_same_day_and_another_chance_another() -> None:
    plan, doctor = Plan(10, 20), Doctor()
    assert day_of(plan, doctor, 7) == day_of(plan, doctor, 7) != day_of(plan, doctor, 8)


@pytest.mark.parametrize(
    ("habit", "least", "most"), [("tepat waktu", -3, 5), ("terlambat 20 menit", 15, 26), ("sangat terlambat", 45, 65)]
)
def test_doctors_are_as_late_as_their_habit(habit: str, least: float, most: float) -> None:
    late = [lateness(read(day_of(Plan(10, 20), HABITS[habit], seed).stamps, 10).ways) or 0.0 for seed in range(60)]
    assert least <= sum(late) / len(late) <= most


def test_service_times_have_the_mean_and_the_skew_asked_for() -> None:
    doctor = Doctor(late=0, late_spread=0, pace=0.8, spread=0.6, between_days=0, break_chance=0)
    crowd = Crowd(no_show=0, absent=0, at_opening=1)
    times = sorted(
        turn.minutes
        for seed in range(40)
        for turn in turns(read(day_of(Plan(10, 30), doctor, seed, crowd).stamps, 10).ways)
    )
    mean = sum(times) / len(times)
    assert mean == pytest.approx(8.7, abs=0.5)  # 0.8 of ten minutes, the way to the door and the moment between
    assert times[len(times) // 2] < mean


def test_no_show_rate_is_that_of_the_crowd() -> None:
    ways = [
        way
        for seed in range(60)
        for way in read(day_of(Plan(8, 30), Doctor(), seed, Crowd(no_show=0.2)).stamps, 8).ways
    ]
    assert sum(way.arrived is None for way in ways) / len(ways) == pytest.approx(0.2, abs=0.03)


def test_of_every_four_calls_one_goes_to_priority_while_there_is_one() -> None:
    ways = [Way(number, priority=number in (7, 8), arrived=-5.0) for number in range(1, 10)]
    assert [way.number for way in calling_order(ways, 3)] == [1, 2, 3, 7, 4, 5, 6, 8, 9]
    assert [way.number for way in calling_order(ways, 3, since_priority=3)][:5] == [7, 1, 2, 3, 8]
    assert [way.number for way in calling_order(ways[6:8], 3)] == [7, 8]


def test_what_was_known_at_a_moment_holds_nothing_of_later() -> None:
    made = day_of(Plan(10, 20), Doctor(), 3)
    known = read([one for one in made.stamps if one.at <= 60], 10)
    assert max(one for way in known.ways for one in (way.arrived or 0, way.done or 0, *way.calls)) <= 60
    assert begun(known.ways) is not None
    assert any(way.waits for way in known.ways)


def test_a_turn_lasts_until_the_next_call_only_when_somebody_waited() -> None:
    first = Way(1, State.DONE, arrived=-10, calls=[0], done=6)
    waited = Way(2, State.DONE, arrived=-5, calls=[9], done=15)
    late = Way(3, State.DONE, arrived=40, calls=[40], done=50)
    assert [turn.minutes for turn in turns([first, waited, late])] == [9, 6, 10]
