"""A stream over a stretch of time, in as many points as a chart can show.

What has not been counted yet (the hour that runs, hours with late readings) is counted from the readings in the same
statement, so the answer is what the stored readings say at any moment.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from pasti.kernel.clock import city_zone
from pasti.kernel.statements import rows
from pasti.telemetry.models import ArchivedMonth

HOUR = dt.timedelta(hours=1)
WIDTHS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 10, 15, 30))
# The sums over readings `o` that every bucket holds; flags 1 and 2 count.
SUMS = (
    "count(o.result) FILTER (WHERE o.flag IN (1, 2)), min(o.result) FILTER (WHERE o.flag IN (1, 2)), "
    "max(o.result) FILTER (WHERE o.flag IN (1, 2)), coalesce(sum(o.result) FILTER (WHERE o.flag IN (1, 2)), 0), "
    "count(*) FILTER (WHERE o.flag NOT IN (1, 2))"
)


@dataclass(frozen=True, slots=True)
class Bucket:
    """What was read from `begins` on for the series' grain; `low`, `high`, `mean` of the `readings` that count.

    `doubtful` is the number of readings that do not count (suspect, bad, missing). A raw bucket is one reading.
    """

    begins: dt.datetime
    readings: int
    low: float | None
    high: float | None
    mean: float | None
    doubtful: int


@dataclass(frozen=True, slots=True)
class Series:
    """`grain` is raw, minutes, hour or day (of the city); `width` is the length of a bucket, zero for raw ones."""

    grain: str
    width: dt.timedelta
    buckets: list[Bucket]


def series(datastream_id: int, begins: dt.datetime, ends: dt.datetime, points: int) -> Series:
    """The stream from `begins` up to `ends` (not with it) in the finest grain of at most about `points` buckets.

    Days are the coarsest: ten years are 3,653 buckets. Buckets without readings are left out; the first and the last
    bucket are whole, so they may begin before `begins` and end after `ends`.
    """
    whole = not _put_away(begins, ends)
    raw = _raw(datastream_id, begins, ends, points + 1) if whole else []
    if whole and len(raw) <= points:
        return Series("raw", dt.timedelta(0), raw)
    if (ends - begins) / HOUR > points:
        return Series("day", 24 * HOUR, _days(datastream_id, begins, ends))
    width = next((width for width in WIDTHS if whole and (ends - begins) / width <= points), HOUR)
    if width == HOUR:
        return Series("hour", HOUR, _hours(datastream_id, begins, ends))
    return Series("minutes", width, _minutes(datastream_id, begins, ends, width))


def _put_away(begins: dt.datetime, ends: dt.datetime) -> bool:
    """Whether readings of the stretch are in files only (`services.archive`), so that hours are the finest there is."""
    first = begins.astimezone(dt.UTC).date().replace(day=1)
    return ArchivedMonth.objects.filter(month__gte=first, month__lt=ends.astimezone(dt.UTC)).exists()


def _raw(pk: int, begins: dt.datetime, ends: dt.datetime, limit: int) -> list[Bucket]:
    return _buckets(
        "SELECT o.phenomenon_time, (o.flag IN (1, 2) AND o.result IS NOT NULL)::int, good.v, good.v, good.v, "
        "(o.flag NOT IN (1, 2))::int FROM telemetry_observation o, "
        "LATERAL (SELECT CASE WHEN o.flag IN (1, 2) THEN o.result END AS v) good "
        "WHERE o.datastream_id = %s AND o.phenomenon_time >= %s AND o.phenomenon_time < %s "
        "ORDER BY o.phenomenon_time LIMIT %s",
        [pk, begins, ends, limit],
    )


def _minutes(pk: int, begins: dt.datetime, ends: dt.datetime, width: dt.timedelta) -> list[Bucket]:
    return _buckets(
        f"SELECT date_bin(%s, o.phenomenon_time, 'epoch') AS bin, {SUMS} FROM telemetry_observation o "
        "WHERE o.datastream_id = %s AND o.phenomenon_time >= date_bin(%s, %s, 'epoch') AND o.phenomenon_time < %s "
        "GROUP BY bin ORDER BY bin",
        [width, pk, width, begins, ends],
    )


# The hours of a stretch: the counted ones that still hold, and the stale ones counted now.
_HOURS = f"""
  SELECT h.begins, h.readings::bigint, h.low, h.high, h.total, h.doubtful::bigint FROM telemetry_hourly h
  WHERE h.datastream_id = %(pk)s AND h.begins >= %(begins)s AND h.begins < %(ends)s AND NOT EXISTS (
    SELECT FROM telemetry_stalehour s WHERE s.datastream_id = h.datastream_id AND s.begins = h.begins)
  UNION ALL
  SELECT s.begins, found.* FROM telemetry_stalehour s CROSS JOIN LATERAL (
    SELECT {SUMS} FROM telemetry_observation o WHERE o.datastream_id = s.datastream_id
      AND o.phenomenon_time >= s.begins AND o.phenomenon_time < s.begins + interval '1 hour' HAVING count(*) > 0
  ) AS found
  WHERE s.datastream_id = %(pk)s AND s.begins >= %(begins)s AND s.begins < %(ends)s
"""  # fmt: skip


def _hours(pk: int, begins: dt.datetime, ends: dt.datetime) -> list[Bucket]:
    first = begins.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    return _buckets(f"{_HOURS} ORDER BY 1", {"pk": pk, "begins": first, "ends": ends})


# Days that hold are read; a day with a stale hour is summed from its hours.
_DAYS = f"""
WITH stale AS (
  SELECT DISTINCT date_trunc('day', begins, %(zone)s) AS day FROM telemetry_stalehour
  WHERE datastream_id = %(pk)s AND begins >= %(begins)s AND begins < %(ends)s
), hours (begins, readings, low, high, total, doubtful) AS ({_HOURS})
SELECT d.begins, d.readings::bigint, d.low, d.high, d.total, d.doubtful::bigint FROM telemetry_daily d
WHERE d.datastream_id = %(pk)s AND d.begins >= %(begins)s AND d.begins < %(ends)s AND d.begins NOT IN (SELECT day FROM stale)
UNION ALL
SELECT stale.day, sum(h.readings)::bigint, min(h.low), max(h.high), sum(h.total), sum(h.doubtful)::bigint
FROM stale JOIN hours h ON date_trunc('day', h.begins, %(zone)s) = stale.day GROUP BY stale.day
ORDER BY 1
"""


def _days(pk: int, begins: dt.datetime, ends: dt.datetime) -> list[Bucket]:
    zone = city_zone()
    first = dt.datetime.combine(begins.astimezone(zone).date(), dt.time(), tzinfo=zone)
    end = dt.datetime.combine(ends.astimezone(zone).date(), dt.time(), tzinfo=zone)
    end += dt.timedelta(days=1) if end < ends else dt.timedelta(0)
    return _buckets(_DAYS, {"pk": pk, "begins": first, "ends": end, "zone": str(zone)})


def _buckets(sql: str, parameters: Any) -> list[Bucket]:
    return [
        Bucket(begins, count, low, high, total / count if count and total is not None else None, doubtful)
        for begins, count, low, high, total, doubtful in rows(sql, parameters, binary=True)
    ]
