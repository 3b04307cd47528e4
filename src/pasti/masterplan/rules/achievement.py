"""How far a target was reached.

Formulas of PermenPANRB 8/2021 (also in LKjIP practice): R realisation, T target. Higher is better: R / T x 100.
Lower is better: (2T - R) / T x 100. A range a-b: above, the upper bound is the target; below, the lower; inside is
100 for a wish to stay inside. Categories of Permendagri 86/2017, as half-open thresholds because the published
bands leave gaps (what is 90.5?).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

BANDS = ((Decimal(90), "very_high"), (Decimal(75), "high"), (Decimal(65), "medium"), (Decimal(50), "low"))
CAP = Decimal(120)


class Polarity(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    RANGE = "range"


@dataclass(frozen=True)
class Target:
    """One value, or a range from `low` to `high`."""

    low: Decimal
    high: Decimal

    @classmethod
    def of(cls, value: Decimal) -> Target:
        """A single value."""
        return cls(value, value)


def achievement(real: Decimal | None, target: Target | None, polarity: Polarity) -> Decimal | None:
    """Achievement in percent, not capped; None without a value or a target.

    Rules where the formula has no answer: with a target of zero, exactly reaching it is 100; missing it is 0 where
    lower is better, and exceeding it is 100 where higher is better, falling below it 0. Never below 0.
    """
    if real is None or target is None:
        return None
    if polarity is Polarity.RANGE and target.low <= real <= target.high:
        return Decimal(100)
    bound = _bound(real, target, polarity)
    if bound == 0:
        return _against_zero(real, polarity)
    if polarity is Polarity.LOWER or (polarity is Polarity.RANGE and real > target.high):
        reached = (2 * bound - real) / bound * 100
    else:
        reached = real / bound * 100
    if bound < 0:  # against a negative target the formulas turn round: measure the distance instead
        reached = 100 + _better(real, bound, polarity) / abs(bound) * 100
    return max(reached, Decimal(0))


def _bound(real: Decimal, target: Target, polarity: Polarity) -> Decimal:
    """The bound of the range that the value is compared with."""
    if real > target.high:
        return target.high
    if real < target.low:
        return target.low
    return target.low if polarity is Polarity.HIGHER else target.high


def _against_zero(real: Decimal, polarity: Polarity) -> Decimal:
    return Decimal(100) if _better(real, Decimal(0), polarity) >= 0 else Decimal(0)


def _better(real: Decimal, bound: Decimal, polarity: Polarity) -> Decimal:
    """How much better than the bound, in its own unit; negative is worse."""
    if polarity is Polarity.HIGHER:
        return real - bound
    return bound - real if polarity is Polarity.LOWER else -abs(real - bound)


def band(percent: Decimal | None) -> str:
    """Category of an achievement: very_high above 90, high above 75, medium above 65, low above 50, else very_low."""
    if percent is None:
        return ""
    return next((name for limit, name in BANDS if percent > limit), "very_low")


def mean(percents: list[Decimal | None]) -> Decimal | None:
    """Average of achievements, each capped at 120 so that one overshoot cannot hide failures; None without any."""
    known = [min(p, CAP) for p in percents if p is not None]
    return sum(known, Decimal(0)) / len(known) if known else None
