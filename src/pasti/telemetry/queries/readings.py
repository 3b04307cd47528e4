"""The readings themselves, a bounded stretch at a time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from pasti.telemetry.models import Observation

COUNTS = (1, 2)  # flags of readings that count: good, or of a stream that nobody judges


@dataclass(frozen=True, slots=True)
class StoredReading:
    """One reading as stored. `value` is None where it is missing or no number; `flag` is `rules.quality`'s."""

    time: dt.datetime
    value: float | None
    flag: int
    recorded_at: dt.datetime


def readings(
    datastream_id: int, since: dt.datetime, until: dt.datetime | None, limit: int, only_good: bool = False
) -> list[StoredReading]:
    """The first `limit` readings with `since` <= time < `until` (None: no end), oldest first.

    With `only_good` those that count: flags 1 and 2, with a value.
    """
    found = _stretch(datastream_id, only_good).filter(phenomenon_time__gte=since)
    if until is not None:
        found = found.filter(phenomenon_time__lt=until)
    return _read(found.order_by("phenomenon_time"), limit)


def newest(
    datastream_id: int, until: dt.datetime, limit: int, only_good: bool = False, since: dt.datetime | None = None
) -> list[StoredReading]:
    """The last `limit` readings up to and with `until` (from `since` on), oldest first."""
    found = _stretch(datastream_id, only_good).filter(phenomenon_time__lte=until)
    if since is not None:
        found = found.filter(phenomenon_time__gte=since)
    return _read(found.order_by("-phenomenon_time"), limit)[::-1]


def _stretch(datastream_id: int, only_good: bool) -> QuerySet[Observation]:
    found = Observation.objects.filter(datastream_id=datastream_id)
    return found.filter(flag__in=COUNTS, result__isnull=False) if only_good else found


def _read(found: QuerySet[Observation], limit: int) -> list[StoredReading]:
    rows = found.values_list("phenomenon_time", "result", "flag", "recorded_at")[:limit]
    return [StoredReading(*row) for row in rows]
