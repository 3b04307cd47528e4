"""The newest reading of streams: one row each, however long their history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from pasti.telemetry.models import Latest


@dataclass(frozen=True, slots=True)
class LatestReading:
    """A stream's newest reading. `value` is None where it is missing or no number; `flag` is `rules.quality`'s."""

    datastream_id: int
    time: dt.datetime
    value: float | None
    flag: int
    recorded_at: dt.datetime


def latest(ids: Iterable[int]) -> dict[int, LatestReading]:
    """The newest reading of each of the streams that have one, whatever its quality."""
    found = Latest.objects.filter(pk__in=list(ids)).values_list("pk", "time", "result", "flag", "recorded_at")
    return {row[0]: LatestReading(*row) for row in found}
