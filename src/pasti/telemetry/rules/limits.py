"""The limits of the quality tests of one stream, as they stand in `Datastream.quality` and in a city pack.

    range: [0, 600]        the instrument cannot read outside of it: bad
    usual: [5, 450]        outside of it: suspect
    months: {"1": [20, 450]}   what the month (UTC) has seen before; outside of it: suspect
    spike: [15, 40]        so much higher or lower than both neighbours: suspect above the first, bad above the second
    rate: 120              change an hour: suspect above it
    flat: [36, 72]         so many readings in a row within `flat_within` of each other: suspect, bad
    flat_within: 0
    gap: 3600              seconds without a reading after which neighbours say nothing any more

All but the last two are in the unit of the stream. A test without limits is not made.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Span = tuple[float, float]
EVERYTHING: Span = (-math.inf, math.inf)
LONGEST_FLAT = 1000  # readings that may have to be read for judging one
DAY = 86400.0
_KEYS = {"range", "usual", "months", "spike", "rate", "flat", "flat_within", "gap"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Typed limits; infinite where there is none, `flat` counts zero where the test is not made."""

    span: Span = EVERYTHING
    usual: Span = EVERYTHING
    months: tuple[Span, ...] = ()  # twelve, or none
    spike: Span = (math.inf, math.inf)
    rate: float = math.inf  # change a second
    flat: tuple[int, int] = (0, 0)
    flat_within: float = 0.0
    gap: float = DAY
    tested: bool = False  # at least one test says something about values

    @property
    def back(self) -> int:
        """On how many readings before it the flag of a reading can depend."""
        return max(2, *self.flat)

    @property
    def reach(self) -> float:
        """Seconds before a reading beyond which nothing touches its flag."""
        return (self.back + 2) * self.gap


def read(stored: Mapping[str, Any], interval: int | None = None) -> Limits:
    """Limits from their stored form. `interval` (seconds between readings) gives a gap of ten of them where none is set.

    Raises ValueError saying what is wrong, in words for who writes a city pack.
    """
    if unknown := set(stored) - _KEYS:
        raise ValueError(f"unknown limit: {', '.join(sorted(unknown))}")
    return Limits(
        span=_span(stored, "range"),
        usual=_span(stored, "usual"),
        months=_months(stored.get("months")),
        spike=_span(stored, "spike", (math.inf, math.inf)),
        rate=_positive(stored, "rate", math.inf) / 3600,
        flat=_flat(stored.get("flat")),
        flat_within=_positive(stored, "flat_within", 0.0),
        gap=_positive(stored, "gap", 10.0 * interval if interval else DAY),
        tested=bool(set(stored) - {"gap", "flat_within"}),
    )


def _span(stored: Mapping[str, Any], name: str, default: Span = EVERYTHING) -> Span:
    given = stored.get(name)
    if given is None:
        return default
    if not isinstance(given, list | tuple) or len(given) != 2 or not all(_number(one) for one in given):
        raise ValueError(f"{name}: two numbers are needed")
    if given[0] > given[1]:
        raise ValueError(f"{name}: the first number is larger than the second")
    return float(given[0]), float(given[1])


def _months(given: Any) -> tuple[Span, ...]:
    if not given:
        return ()
    if not isinstance(given, Mapping) or not set(map(str, given)) <= {str(month) for month in range(1, 13)}:
        raise ValueError("months: a span for each of the months 1 to 12 is needed")
    named = {str(month): span for month, span in given.items()}
    return tuple(_span(named, str(month)) for month in range(1, 13))


def _flat(given: Any) -> tuple[int, int]:
    if given is None:
        return 0, 0
    if not isinstance(given, list | tuple) or len(given) != 2 or not all(isinstance(one, int) for one in given):
        raise ValueError("flat: two numbers of readings are needed")
    if not 2 <= given[0] <= given[1] <= LONGEST_FLAT:
        raise ValueError(f"flat: from 2 to {LONGEST_FLAT} readings, the first not more than the second")
    return given[0], given[1]


def _positive(stored: Mapping[str, Any], name: str, default: float) -> float:
    given = stored.get(name, default)
    if not _number(given) or given < 0:
        raise ValueError(f"{name}: a number of zero or more is needed")
    return float(given)


def _number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and not math.isnan(given)
