"""Months and years of the city as half-open stretches of time."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Period:
    """From `start` up to, not including, `end`; aware."""

    start: dt.datetime
    end: dt.datetime
    label: str


def year(number: int, zone: ZoneInfo) -> Period:
    """A calendar year of the city."""
    return Period(_first(number, 1, zone), _first(number + 1, 1, zone), str(number))


def months(number: int, zone: ZoneInfo, until: dt.datetime) -> list[Period]:
    """The months of a year that have begun by `until`."""
    starts = [_first(number, month, zone) for month in range(1, 13)] + [_first(number + 1, 1, zone)]
    return [
        Period(start, end, f"{number}-{at + 1:02}") for at, (start, end) in enumerate(itertools.pairwise(starts))
        if start <= until
    ]  # fmt: skip


def _first(year_: int, month: int, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime(year_, month, 1, tzinfo=zone).astimezone(dt.UTC)
