"""A value against ascending limits: raised at once, lowered slowly.

Raised when `needed` of the last `among` values reach a limit: the `needed`-th largest of them does. So no single value
can warn. Lowered when every value stayed under a limit less the hysteresis for the whole `hold`, and no pause in the
readings was part of it: silence lowers nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

NORMAL = 0
Point = tuple[dt.datetime, float]


@dataclass(frozen=True)
class Limits:
    """The limits of stages 1, 2, 3 in the value's unit, and how patiently they are judged."""

    raise_at: tuple[float, ...]
    hysteresis: float
    needed: int = 2
    among: int = 3
    within: dt.timedelta = dt.timedelta(minutes=45)  # values further apart than this say nothing together
    hold: dt.timedelta = dt.timedelta(minutes=30)
    pause: dt.timedelta = dt.timedelta(minutes=15)  # a longer silence begins the hold again

    def reached(self, value: float, *, lowering: bool = False) -> int:
        """The highest stage whose limit (less the hysteresis when lowering) the value reaches."""
        less = self.hysteresis if lowering else 0.0
        return sum(value >= limit - less for limit in self.raise_at)


@dataclass(frozen=True)
class Rung:
    """Where a value stands on its ladder."""

    stage: int = NORMAL
    last: tuple[Point, ...] = ()
    under_since: dt.datetime | None = None  # since when every value stays under the stage held
    under_peak: float = 0.0  # the highest of those values
    under_count: int = 0


def step(limits: Limits, rung: Rung, at: dt.datetime, value: float) -> Rung:
    """Where the value stands after one more reading, which is newer than all before."""
    paused = not rung.last or at - rung.last[-1][0] > limits.pause
    recent = (*(one for one in rung.last if at - one[0] <= limits.within), (at, value))[-limits.among :]
    rung = replace(rung, last=recent)
    raised = limits.reached(agreed(limits, recent))
    if raised > rung.stage:
        return Rung(raised, recent)
    return _lower(limits, rung, at, value, paused)


def agreed(limits: Limits, recent: Sequence[Point]) -> float:
    """The value that `needed` of the recent ones reach; minus infinity with fewer."""
    ordered = sorted((value for _at, value in recent), reverse=True)
    return ordered[limits.needed - 1] if len(ordered) >= limits.needed else float("-inf")


def _lower(limits: Limits, rung: Rung, at: dt.datetime, value: float, paused: bool) -> Rung:
    if limits.reached(value, lowering=True) >= rung.stage:
        return replace(rung, under_since=None, under_count=0)
    if rung.under_since is None or paused:
        return replace(rung, under_since=at, under_peak=value, under_count=1)
    rung = replace(rung, under_peak=max(rung.under_peak, value), under_count=rung.under_count + 1)
    assert rung.under_since is not None
    if at - rung.under_since < limits.hold or rung.under_count < limits.needed:
        return rung
    return Rung(limits.reached(rung.under_peak, lowering=True), rung.last)
