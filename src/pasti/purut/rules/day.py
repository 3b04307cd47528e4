"""A made-up day of one session: when people come, the doctor begins, each is called and done.

For the demo, the tests and the evaluation of estimates. What is known of outpatient clinics elsewhere is taken from
Cayirli and Veral, "Outpatient scheduling in health care: a review of literature", Production and Operations Management
12(4), 2003: service times skewed to the right with a coefficient of variation of 0.35 to 0.85, patients who come early
more than late, doctors who begin late, no-shows of 5 to 30 %; and from Dantas, Fleck, Cyrino Oliveira and Hamacher,
"No-shows in appointment scheduling", Health Policy 122(4), 2018: no-shows of 23 % on average over 105 studies. All other
numbers are proposals (usulan) until the hospital's own stamps replace them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from pasti.purut.rules.stamps import Stamp, Way, calling_order
from pasti.purut.rules.states import State

BOOKED_AT = -1440.0
OPENS = -120.0  # check-in before this is not possible
UNANSWERED = 2.0  # minutes until a call nobody answers is given up
WALK = 0.5  # from the call to the door


@dataclass(frozen=True)
class Doctor:
    """How a doctor works: minutes, or shares of the schedule's minutes per patient."""

    late: float = 10.0  # the usual first call after the start
    late_spread: float = 6.0
    pace: float = 1.0  # mean service time over the schedule's minutes
    spread: float = 0.6  # coefficient of variation of one service time
    between_days: float = 0.15  # standard deviation of the day's pace, logarithmic
    drift: float = 0.0  # pace from the first to the last patient: -0.3 hurries by 30 %
    break_chance: float = 0.2
    break_minutes: float = 15.0


@dataclass(frozen=True)
class Crowd:
    """How patients come."""

    no_show: float = 0.15
    early: float = 25.0  # minutes before the own time on the schedule, on average
    early_spread: float = 25.0
    at_opening: float = 0.25  # share who come together before the start
    priority: float = 0.15
    absent: float = 0.04  # share of first calls nobody answers


@dataclass(frozen=True)
class Plan:
    """A session on the schedule."""

    minutes: float
    booked: int
    ratio: int = 3


@dataclass(frozen=True)
class Day:
    """What happened: the stamps in the order of time, and the numbers of priority patients."""

    stamps: tuple[Stamp, ...]
    priorities: frozenset[int]


HABITS: dict[str, Doctor] = {
    "tepat waktu": Doctor(late=0, late_spread=3, pace=1.0, spread=0.45, between_days=0.1, break_chance=0.1),
    "terlambat 20 menit": Doctor(late=20, late_spread=8, pace=0.9, spread=0.55, drift=-0.2),
    "sangat terlambat": Doctor(late=55, late_spread=25, pace=0.75, spread=0.6, drift=-0.4, between_days=0.2),
    "cepat": Doctor(late=10, pace=0.55, spread=0.7, drift=-0.2),
    "lambat dan sering jeda": Doctor(late=12, pace=1.35, spread=0.7, between_days=0.25, break_chance=0.8, break_minutes=20),
}  # fmt: skip

# Crowds the estimator was not tuned on: whether it holds when people come otherwise.
OTHER_CROWDS: dict[str, Crowd] = {
    "30 % stay away, the others come at any time": Crowd(
        no_show=0.3, early=0, early_spread=45, at_opening=0.1, absent=0.1
    ),
    "nearly all come before the start": Crowd(no_show=0.05, at_opening=0.9),
}


def simulate(plan: Plan, doctor: Doctor, crowd: Crowd, chance: Random) -> Day:
    """One day. The same chance gives the same day."""
    ways = [_come(number, plan, crowd, chance) for number in range(1, plan.booked + 1)]
    stamps = [Stamp(BOOKED_AT, way.number, State.BOOKED) for way in ways]
    stamps += [Stamp(way.arrived, way.number, State.CHECKED_IN) for way in ways if way.arrived is not None]
    stamps += _Practice(plan, doctor, crowd, chance).see([way for way in ways if way.arrived is not None])
    return Day(tuple(sorted(stamps, key=lambda stamp: stamp.at)), frozenset(way.number for way in ways if way.priority))


def _come(number: int, plan: Plan, crowd: Crowd, chance: Random) -> Way:
    way = Way(number, priority=chance.random() < crowd.priority)
    together = chance.random() < crowd.at_opening
    own = plan.minutes * (number - 1) - chance.gauss(crowd.early, crowd.early_spread)
    at = chance.uniform(-60, -10) if together else max(OPENS, own)
    if chance.random() >= crowd.no_show:
        way.arrived = at
    return way


class _Practice:
    """A doctor at work through one session."""

    def __init__(self, plan: Plan, doctor: Doctor, crowd: Crowd, chance: Random) -> None:
        self.plan, self.doctor, self.crowd, self.chance = plan, doctor, crowd, chance
        self.clock = max(-5.0, chance.gauss(doctor.late, doctor.late_spread))
        self.pace = plan.minutes * doctor.pace * math.exp(chance.gauss(0, doctor.between_days))
        self.rests = chance.random() < doctor.break_chance
        self.since_priority = 0
        self.stamps: list[Stamp] = []

    def see(self, ways: list[Way]) -> list[Stamp]:
        """Call everyone who came; the stamps of it."""
        left, seen = list(ways), 0
        while left:
            here = [way for way in left if way.arrived is not None and way.arrived <= self.clock]
            if not here:
                self.clock = min(way.arrived for way in left if way.arrived is not None)
                continue
            way = calling_order(here, self.plan.ratio, self.since_priority)[0]
            self.since_priority = 0 if way.priority else self.since_priority + 1
            if self._call(way):
                left.remove(way)
                self._serve(way, seen / max(1, len(ways) - 1))
                seen += 1
                self._rest(seen, len(ways))
        return self.stamps

    def _call(self, way: Way) -> bool:
        answered = bool(way.calls) or self.chance.random() >= self.crowd.absent
        way.calls.append(self.clock)
        self._stamp(way, State.CALLED)
        if not answered:
            self.clock += UNANSWERED
            self._stamp(way, State.SKIPPED)
        return answered

    def _serve(self, way: Way, share: float) -> None:
        """`share` is how much of the session is past, 0 to 1."""
        variance = math.log(1 + self.doctor.spread**2)
        mean = self.pace * (1 + self.doctor.drift * (share - 0.5))
        self.clock += WALK
        self._stamp(way, State.SERVING)
        self.clock += self.chance.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))
        self._stamp(way, State.DONE)

    def _rest(self, seen: int, of: int) -> None:
        self.clock += 0.2
        if self.rests and seen * 2 >= of:
            self.rests = False
            self.clock += self.chance.uniform(0.5, 1.5) * self.doctor.break_minutes

    def _stamp(self, way: Way, step: State) -> None:
        self.stamps.append(Stamp(self.clock, way.number, step))
