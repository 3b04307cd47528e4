"""When each of a session's patients will be called: a window that should hold 80 times of 100, and its middle.

The rest of the session is played through a few hundred times. Each time the doctor's free moment, the pace of today, the
length of every turn, and who of those expected still comes are drawn from what this doctor's past sessions and today have
shown; the middle of the outcomes and all but their ends (`EDGE`) are the estimate. Drawing from what was seen needs no
assumption about the shape of service times, and skewed, bunched or late days come out as they are.

Two things keep it steady with little to go on: a few cautious values stand beside what was observed until enough has
been (`CAUTION`), and the pace of today is drawn towards the doctor's own history by how much days differ for this doctor
(empirical Bayes: weight = variance within a day over variance between days). Turns of today count less the older they
are, so that a doctor who hurries at the end is followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pasti.purut.rules.stamps import WITH_DOCTOR, Session, Way, begun, calling_order, lateness, since_priority, turns
from pasti.purut.rules.states import State

Numbers = NDArray[np.float64]
COVERAGE = 0.8
# Wider than the tenths that 80 % would be: what is drawn from few past days varies less than the next day does. Found on
# simulated days of other seeds than those reported.
EDGE = 0.06
SCENARIOS = 200
SESSIONS = 20  # how many past sessions of a doctor are looked at
FADES = 0.93  # what a turn of today weighs beside the one after it
MATERIAL = 10.0  # minutes by which an estimate has to move to be worth telling
LONGEST = 4.0  # a turn counts for the pace at most so many times the usual
CAUTION_LATE = (0.0, 1.0, 3.0)  # in turns of the schedule
CAUTION_RATIOS = (0.4, 0.6, 0.8, 1.0, 1.3, 1.9)
CAUTION_OFFSETS = (-6.0, -3.0, -1.0, 1.0)  # in turns of the schedule
CAUTION_SHOWN, CAUTION_BOOKED = 8.5, 10.0
CAUTION_BETWEEN = 0.3  # standard deviation of a day's pace, logarithmic


@dataclass(frozen=True)
class Habits:
    """What a doctor's past sessions have shown; minutes, and shares."""

    level: float  # minutes per turn
    between: float  # how much the level differs from day to day, logarithmic
    ratios: Sequence[float]  # single turns over their day's level
    late: Sequence[float]  # first call after it could have been
    offsets: Sequence[float]  # arrival after the own time on the schedule
    shows: float  # share of those booked who come
    sessions: int = 0


@dataclass(frozen=True)
class Estimate:
    """When a number will be called, in minutes after the scheduled start; `ahead` are called before, as it stands now."""

    number: int
    ahead: int
    lower: float
    point: float
    upper: float


def learn(past: Sequence[Session], minutes: float) -> Habits:
    """The habits of a doctor from whole past sessions (the newest last) with `minutes` on the schedule.

    Without any, what the schedule says with cautious spreads.
    """
    recent = past[-SESSIONS:]
    days = [[turn.minutes for turn in turns(one.ways)] for one in recent]
    days = [day for day in days if len(day) >= 3]
    levels = [_level(day) for day in days]
    level = float(np.exp((np.log(minutes) + sum(map(np.log, levels))) / (1 + len(levels))))
    ratios = [turn / of for day, of in zip(days, levels, strict=True) for turn in day]
    late = [found for one in recent if (found := lateness(one.ways)) is not None]
    offsets = [
        way.arrived - one.minutes * (way.number - 1) for one in recent for way in one.ways if way.arrived is not None
    ]
    booked = [way for one in recent for way in one.ways if way.state != State.CANCELLED]
    came = sum(way.arrived is not None for way in booked)
    return Habits(
        level=level, between=_between(levels),
        ratios=[*ratios, *CAUTION_RATIOS], late=[*late, *(minutes * one for one in CAUTION_LATE)],
        offsets=[*offsets, *(minutes * one for one in CAUTION_OFFSETS)],
        shows=(came + CAUTION_SHOWN) / (len(booked) + CAUTION_BOOKED), sessions=len(recent),
    )  # fmt: skip


def forecast(
    now: float,
    session: Session,
    habits: Habits,
    *,
    ratio: int = 3,
    order: Sequence[int] = (),
    scenarios: int = SCENARIOS,
) -> list[Estimate]:
    """The estimate for everyone who waits or is expected, in the order of calling.

    `now` in minutes after the scheduled start, `session` as known now. For one who has not come yet it is when the turn
    reaches the number. Never before now; who is called later is never expected earlier. The same input gives the same
    answer. `order` are numbers as they will be called, when the hospital has an order of its own; those it does not name
    come after.
    """
    queue = calling_order([way for way in session.ways if way.expected], ratio, since_priority(session.ways))
    if order:
        place = {number: at for at, number in enumerate(order)}
        queue.sort(key=lambda way: place.get(way.number, len(place)))
    if not queue:
        return []
    # Streams of their own: one patient more changes nobody else's draws, so an estimate moves only for a reason.
    chance, of_turns = np.random.default_rng(1), np.random.default_rng(2)
    pace = _pace_today(session, habits, scenarios, chance)
    ratios = np.sort(np.asarray(habits.ratios))
    free = _free(now, session, habits, pace, ratios, chance)
    lengths = pace[:, None] * of_turns.choice(ratios, (len(queue), scenarios)).T
    reached = _play(free, lengths, _arrivals(now, session.minutes, queue, habits, scenarios))
    lower, point, upper = np.maximum(now, np.quantile(reached, [EDGE, 0.5, 1 - EDGE], axis=0))
    return [
        Estimate(way.number, at, float(lower[at]), float(point[at]), float(upper[at])) for at, way in enumerate(queue)
    ]


def _pace_today(session: Session, habits: Habits, scenarios: int, chance: np.random.Generator) -> Numbers:
    """Minutes per turn today in each scenario: the doctor's level, drawn to what today has shown."""
    seen = [min(turn.minutes, LONGEST * habits.level) for turn in turns(session.ways)]
    weights = FADES ** np.arange(len(seen))[::-1]
    within = float(np.var(np.log(np.maximum(0.05, np.asarray(habits.ratios)))))
    pull = within / habits.between**2
    weight = float(weights.sum() ** 2 / (weights**2).sum()) if seen else 0.0
    usual = np.log(habits.level)
    today = np.log(np.average(seen, weights=weights)) if seen else usual
    centre = (pull * usual + weight * today) / (pull + weight)
    return np.asarray(
        np.exp(centre + habits.between * np.sqrt(pull / (pull + weight)) * chance.standard_normal(scenarios))
    )


def _free(
    now: float, session: Session, habits: Habits, pace: Numbers, ratios: Numbers, chance: np.random.Generator
) -> Numbers:
    """When the doctor takes the next patient, in each scenario."""
    if begun(session.ways) is None:
        return _beyond(now, np.sort(np.asarray(habits.late)), np.ones_like(pace), habits.level, chance)
    last = max(way.calls[-1] for way in session.ways if way.calls)
    if any(way.state in WITH_DOCTOR for way in session.ways) or any(way.waits for way in session.ways):
        # Somebody is in, or people wait and nobody is called: the turn that began last goes on.
        return last + _beyond(now - last, ratios, pace, habits.level, chance)
    return np.full_like(pace, now)


def _beyond(passed: float, values: Numbers, scale: Numbers, level: float, chance: np.random.Generator) -> Numbers:
    """A draw of `values` (sorted) times `scale` in each scenario, of those longer than what has passed already.

    When none is longer, a little more than has passed: as long again as a part of a turn.
    """
    first = np.searchsorted(values, passed / scale, side="right")
    share = chance.random(len(scale))
    at = np.minimum(first + (share * (len(values) - first)).astype(int), len(values) - 1)
    return np.asarray(np.where(first < len(values), values[at] * scale, passed + share * level))


def _arrivals(now: float, minutes: float, queue: Sequence[Way], habits: Habits, scenarios: int) -> Numbers:
    """When each comes, scenario by person: before now those in the house, never (infinity) those who stay away."""
    found = np.full((scenarios, len(queue)), -np.inf)
    offsets = np.sort(np.asarray(habits.offsets))
    for at, way in enumerate(queue):
        if way.waits:
            continue
        own = minutes * (way.number - 1)
        first = int(np.searchsorted(offsets, now - own, side="right"))
        still = habits.shows * (len(offsets) - first) / len(offsets)
        comes = still / (still + 1 - habits.shows) if still else 0.0
        share, luck = np.random.default_rng([3, way.number]).random((2, scenarios))
        drawn = offsets[np.minimum(len(offsets) - 1, first + (share * (len(offsets) - first)).astype(int))]
        found[:, at] = np.where(luck < comes, own + drawn, np.inf)
    return found


def _play(free: Numbers, lengths: Numbers, arrivals: Numbers) -> Numbers:
    """When the turn reaches each, scenario by person in the order of calling."""
    scenarios, people = arrivals.shape
    clock, left, rows = free.copy(), arrivals.copy(), np.arange(scenarios)
    reached = np.full((scenarios, people), np.nan)
    for step in range(people):
        here = left <= clock[:, None]
        idle = ~here.any(axis=1)
        # An idle doctor takes whoever is there: the turn has reached everyone, and the next to come is seen at once.
        behind = np.where(idle, people, here.argmax(axis=1))
        reached = np.where(np.isnan(reached) & (np.arange(people)[None, :] <= behind[:, None]), clock[:, None], reached)
        chosen = np.where(idle, left.argmin(axis=1), here.argmax(axis=1))
        starts = np.maximum(clock, left[rows, chosen])
        going = np.isfinite(starts)
        clock = np.where(going, starts + lengths[:, step], clock)
        left[rows, chosen] = np.inf
    return np.where(np.isnan(reached), clock[:, None], reached)


def _level(day: Sequence[float]) -> float:
    """The mean of a day's turns, single very long ones cut to `LONGEST` times the middle one."""
    return float(np.minimum(day, LONGEST * np.median(day)).mean())


def _between(levels: Sequence[float]) -> float:
    """How much a doctor's days differ: the observed beside one cautious value worth five days."""
    spread = float(np.var(np.log(levels))) * len(levels) if len(levels) > 1 else 0.0
    return float(np.sqrt((spread + 5 * CAUTION_BETWEEN**2) / (len(levels) + 5)))


def moved(before: Estimate, after: Estimate, now: float) -> bool:
    """Whether what was told `before` has to be told anew: its window is over, or the middle has moved by more than a
    quarter of the time left and by more than ten minutes."""
    shift = abs(after.point - before.point)
    return before.upper < now or shift > max(MATERIAL, (after.point - now) / 4)
