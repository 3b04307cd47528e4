"""Quality of readings after QARTOD (IOOS, Manual for Real-Time Quality Control of Water Level Data, 2021)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

GOOD, NOT_EVALUATED, SUSPECT, BAD, MISSING = 1, 2, 3, 4, 9
RANGE = 1  # bit of the gross range test
Point = tuple[dt.datetime, float | None]


def judge(
    limits: dict[str, Any], before: Sequence[Point], points: Sequence[Point], interval: int | None
) -> list[tuple[int, int]]:
    """Flag and reasons (bits of the tests that gave it) of each of `points`, which follow `before` in time."""
    return [_one(limits, value) for _, value in points]


def _one(limits: dict[str, Any], value: float | None) -> tuple[int, int]:
    if value is None or not math.isfinite(value):
        return MISSING, 0
    if not limits:
        return NOT_EVALUATED, 0
    low, high = limits.get("range", (-math.inf, math.inf))
    return (GOOD, 0) if low <= value <= high else (BAD, RANGE)
