"""One observation of a gauge, and which of them a rule may build on."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from enum import StrEnum

GOOD, NOT_EVALUATED, SUSPECT, BAD, MISSING = 1, 2, 3, 4, 9  # QARTOD, Manual for Real-Time Quality Control, IOOS
AHEAD = dt.timedelta(minutes=5)  # a device's clock may run this far ahead of the moment its reading came


class Kind(StrEnum):
    """What is observed, with its unit: cm above the gauge's zero, or mm that fell since the reading before."""

    LEVEL = "level_cm"
    RAIN = "rain_mm"


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading: phenomenon time `at`, and `received` when it reached us (none: the moment of evaluation)."""

    at: dt.datetime
    value: float | None
    quality: int = GOOD
    received: dt.datetime | None = None


def timely(reading: Reading, horizon: dt.timedelta, now: dt.datetime) -> bool:
    """Whether a reading says something of the present.

    One from the future shows a wrong clock (seven hours: WIB sent as UTC); one older than `horizon` when it came is
    backfill for the archive. Neither may raise or clear.
    """
    came = reading.received or now
    return came - horizon <= reading.at <= came + AHEAD


def measured(reading: Reading, counting: frozenset[int], lowest: float, highest: float) -> bool:
    """Whether its value is a number of a quality that counts, above `lowest` and at most `highest`."""
    value = reading.value
    return (
        reading.quality in counting
        and value is not None
        and math.isfinite(value)
        and lowest < value <= highest
    )  # fmt: skip
