"""How true estimates are: on whole days, at the moments people ask, beside the two formulas in use elsewhere.

Asked when a patient checks in and every half hour from then until the call. All methods know the same: the stamps up to
that moment and the doctor's sessions before that day. Scored are the distance of the point from the first call that
followed, whether it fell within the window, how wide that was, and the interval score of Gneiting and Raftery ("Strictly
proper scoring rules, prediction, and estimation", Journal of the American Statistical Association 102, 2007), which a
window cannot please by being wide: lower is better.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import NormalDist, fmean, pstdev

from pasti.purut.rules import day as days
from pasti.purut.rules.estimate import COVERAGE, forecast, learn
from pasti.purut.rules.stamps import Session, Stamp, Way, read
from pasti.purut.rules.states import ACTIVE, State

AGAIN = 30.0  # minutes after which a waiting patient asks again
OURS, BPJS, AVERAGE = "perkiraan PASTI", "rumus BPJS", "rata-rata biasa"
METHODS = (OURS, BPJS, AVERAGE)
PLANS = (days.Plan(8, 30), days.Plan(10, 18), days.Plan(12, 20), days.Plan(15, 16))
USUAL = days.Crowd()
Window = tuple[float, float, float]  # lower, point, upper


@dataclass(frozen=True)
class Past:
    """One session as it was."""

    minutes: float
    stamps: Sequence[Stamp]
    priorities: frozenset[int] = frozenset()

    def until(self, moment: float) -> Session:
        """What was known at a moment."""
        return read([one for one in self.stamps if one.at <= moment], self.minutes, self.priorities)

    def whole(self) -> Session:
        """All of it."""
        return self.until(math.inf)


@dataclass
class Score:
    """The marks of one method."""

    errors: list[float] = field(default_factory=list)
    inside: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    def add(self, window: Window, truth: float) -> None:
        """Mark one estimate."""
        lower, point, upper = window
        self.errors.append(abs(point - truth))
        self.inside.append(lower <= truth <= upper)
        self.widths.append(upper - lower)
        missed = max(0.0, lower - truth) + max(0.0, truth - upper)
        self.scores.append(upper - lower + 2 / (1 - COVERAGE) * missed)

    def join(self, other: Score) -> None:
        """Take in the marks of another."""
        for name in ("errors", "inside", "widths", "scores"):
            getattr(self, name).extend(getattr(other, name))

    @property
    def error(self) -> float:
        """Mean absolute error, minutes."""
        return fmean(self.errors)

    @property
    def coverage(self) -> float:
        """Share within the window."""
        return fmean(self.inside)

    @property
    def width(self) -> float:
        """Mean width of the window, minutes."""
        return fmean(self.widths)

    @property
    def interval(self) -> float:
        """Mean interval score, minutes."""
        return fmean(self.scores)


@dataclass(frozen=True)
class Line:
    """One habit of doctors: how many days, and each method's marks."""

    habit: str
    days: int
    scores: dict[str, Score]


def of_simulated(number: int, seed: int, plans: Sequence[days.Plan] = PLANS, crowd: days.Crowd = USUAL) -> list[Line]:
    """Score `number` made-up days, shared evenly among the habits; each habit is a doctor of each plan, day after day."""
    lines = []
    for at, (habit, doctor) in enumerate(days.HABITS.items()):
        share = number // len(days.HABITS) + (at < number % len(days.HABITS))
        scores, done = new_scores(), 0
        for which, plan in enumerate(plans):
            chance = Random(f"{seed}:{habit}:{which}")  # noqa: S311 made-up days, not secrets
            these = [
                _past(plan, doctor, crowd, chance) for _ in range(share // len(plans) + (which < share % len(plans)))
            ]
            done += len(these)
            score(these, scores, plan.ratio)
        lines.append(Line(habit, done, scores))
    return [*lines, together(lines)]


def score(these: Sequence[Past], scores: dict[str, Score], ratio: int = 3) -> None:
    """Mark every method on the sessions of one doctor, the oldest first; each is met knowing only those before it."""
    for at, session in enumerate(these):
        before = [one.whole() for one in these[max(0, at - 20) : at]]
        habits = learn(before, session.minutes)
        served = [way.done - way.calls[-1] for one in before for way in one.ways if way.done is not None and way.calls]
        for number, moment, truth in _asked(session.whole().ways):
            known = session.until(moment)
            found = {one.number: one for one in forecast(moment, known, habits, ratio=ratio)}
            if number in found:
                scores[OURS].add((found[number].lower, found[number].point, found[number].upper), truth)
                scores[BPJS].add(bpjs(moment, number, known), truth)
                scores[AVERAGE].add(average(moment, number, known, served), truth)


def new_scores() -> dict[str, Score]:
    """No marks yet."""
    return {method: Score() for method in METHODS}


def together(lines: Iterable[Line]) -> Line:
    """All lines as one."""
    scores, number = new_scores(), 0
    for line in lines:
        number += line.days
        for method in METHODS:
            scores[method].join(line.scores[method])
    return Line("semua", number, scores)


def bpjs(now: float, number: int, known: Session) -> Window:
    """BPJS: the service minutes set for the clinic times the people ahead, from now or the start.

    It gives no window; this is the one shown with it until now: a quarter less to a half more, at least 15 minutes.
    """
    wait = known.minutes * people_ahead(number, known.ways)
    begin = max(now, 0.0)
    return begin + wait * 0.75, begin + wait, begin + wait + max(15.0, wait * 0.5)


def average(now: float, number: int, known: Session, served: Sequence[float]) -> Window:
    """The plain average of this doctor's service times, of past sessions and today, times the people ahead.

    Its window is that of a sum of independent times.
    """
    times = [*served, *(way.done - way.calls[-1] for way in known.ways if way.done is not None and way.calls)]
    ahead = people_ahead(number, known.ways)
    mean = fmean(times) if times else known.minutes
    spread = pstdev(times) if len(times) > 1 else known.minutes * 0.5
    point = max(now, 0.0) + mean * ahead
    margin = NormalDist().inv_cdf((1 + COVERAGE) / 2) * spread * math.sqrt(ahead)
    return max(now, point - margin), point, point + margin


def people_ahead(number: int, ways: Iterable[Way]) -> int:
    """Those with a lower number who are waiting, expected or with the doctor, as the queue counts them."""
    return sum(way.number < number and way.state in ACTIVE - {State.SKIPPED} for way in ways)


def _past(plan: days.Plan, doctor: days.Doctor, crowd: days.Crowd, chance: Random) -> Past:
    made = days.simulate(plan, doctor, crowd, chance)
    return Past(plan.minutes, made.stamps, made.priorities)


def _asked(ways: Iterable[Way]) -> Iterable[tuple[int, float, float]]:
    """Who asks when, and when the call came: number, moment, call."""
    for way in ways:
        if way.arrived is None or not way.calls:
            continue
        moment = way.arrived
        while moment < way.calls[0]:
            yield way.number, moment, way.calls[0]
            moment += AGAIN
