"""All readings of a stretch with what the quality tests said of them, for handing them on: never more in memory than a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from pasti.kernel.clock import city_zone
from pasti.telemetry.models import ArchivedMonth, Daily, Latest, Observation

AT_ONCE = 5000  # readings


@dataclass(frozen=True, slots=True)
class Judged:
    """One reading. `value` is None where it is missing; `flag` and `reasons` are `rules.quality`'s."""

    time: dt.datetime
    value: float | None
    flag: int
    reasons: int


def judged(datastream_id: int, begins: dt.datetime, ends: dt.datetime) -> Iterator[Judged]:
    """The readings with `begins` <= time < `ends`, oldest first, whatever their quality."""
    stretch = Observation.objects.filter(datastream_id=datastream_id, phenomenon_time__lt=ends)
    fresh = stretch.filter(phenomenon_time__gte=begins)
    while rows := _read(fresh):
        yield from (Judged(*row) for row in rows)
        fresh = stretch.filter(phenomenon_time__gt=rows[-1][0])


def months(datastream_id: int) -> list[dt.date]:
    """The months of the city's calendar with readings, the newest first; without those whose readings were put away."""
    zone, away = city_zone(), set(ArchivedMonth.objects.values_list("month", flat=True))
    ends = Latest.objects.filter(pk=datastream_id).values_list("begins", "ends").first() or ()
    days = Daily.objects.filter(datastream_id=datastream_id).values_list("begins", flat=True)
    # The day that runs is not summed yet.
    known = {one.astimezone(zone).date().replace(day=1) for one in (*days, *ends)}
    return sorted((one for one in known if not away & {part.date().replace(day=1) for part in span(one)}), reverse=True)


def span(month: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The month of the city's calendar, by its first day, as UTC."""
    return _midnight(month), _midnight((month + dt.timedelta(days=32)).replace(day=1))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=city_zone()).astimezone(dt.UTC)


def _read(stretch: QuerySet[Observation]) -> list[tuple[dt.datetime, float | None, int, int]]:
    rows = stretch.order_by("phenomenon_time")
    return list(rows.values_list("phenomenon_time", "result", "flag", "reasons")[:AT_ONCE])
