"""Counting hours and days again where readings came.

The hour that runs is left to the readers (`queries.series` counts it on the fly): it would be counted sixty times over.
One transaction takes some marks, counts and takes the marks away. A reading that is being stored meanwhile either holds
its hour's mark, which is then passed over, or waits for this transaction and marks the hour anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import connection, transaction

from pasti.kernel.clock import city_zone, now
from pasti.telemetry.queries.series import SUMS
from pasti.telemetry.services.rows import mark_stale, milliseconds

AT_ONCE = 500  # hours in one transaction
Hour = tuple[int, dt.datetime]

# Days are made of hours, and two workers with hours of one day would each miss the other's.
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('telemetry.rollups'))"
_TAKE = (
    "SELECT datastream_id, begins FROM telemetry_stalehour WHERE begins <= %s "
    "ORDER BY datastream_id, begins LIMIT %s FOR UPDATE SKIP LOCKED"
)
_KEEP = """
ON CONFLICT (datastream_id, begins) DO UPDATE SET readings = excluded.readings, low = excluded.low, high = excluded.high,
  total = excluded.total, doubtful = excluded.doubtful
"""
_HOURS = f"""
INSERT INTO telemetry_hourly (datastream_id, begins, readings, low, high, total, doubtful)
SELECT k.id, k.begins, found.* FROM unnest(%(ids)s::bigint[], %(begins)s::timestamptz[]) AS k (id, begins)
CROSS JOIN LATERAL (
  SELECT {SUMS} FROM telemetry_observation o WHERE o.datastream_id = k.id AND o.phenomenon_time >= k.begins
    AND o.phenomenon_time < k.begins + interval '1 hour'
    AND o.phenomenon_time >= %(least)s AND o.phenomenon_time < %(most)s
) AS found {_KEEP}
"""
_DAYS = f"""
INSERT INTO telemetry_daily (datastream_id, begins, readings, low, high, total, doubtful)
SELECT d.id, d.begins, coalesce(sum(h.readings), 0), min(h.low), max(h.high), coalesce(sum(h.total), 0),
  coalesce(sum(h.doubtful), 0)
FROM (
  SELECT DISTINCT id, date_trunc('day', begins, %(zone)s) AS begins
  FROM unnest(%(ids)s::bigint[], %(begins)s::timestamptz[]) AS k (id, begins)
) AS d JOIN telemetry_hourly h ON h.datastream_id = d.id AND h.begins >= d.begins - interval '1 day'
  AND h.begins < d.begins + interval '2 days' AND date_trunc('day', h.begins, %(zone)s) = d.begins
GROUP BY d.id, d.begins {_KEEP}
"""
_CLEAR = (
    "DELETE FROM {} t USING unnest(%(ids)s::bigint[], %(begins)s::timestamptz[]) AS k (id, begins) "
    "WHERE t.datastream_id = k.id AND t.begins = k.begins"
)


def count_again(at: dt.datetime | None = None) -> int:
    """Count every stale hour that is over, and its day; returns how many hours. Again, or two at once, changes nothing."""
    over, counted = (at or now()) - dt.timedelta(hours=1), 0
    while done := _some(over):
        counted += done
    return counted


@transaction.atomic
def _some(over: dt.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_ALONE)
        cursor.execute(_TAKE, [over, AT_ONCE])
        hours: list[Hour] = cursor.fetchall()
        if hours:
            least, most = min(hour[1] for hour in hours), max(hour[1] for hour in hours) + dt.timedelta(hours=1)
            given: dict[str, Any] = {
                "ids": [hour[0] for hour in hours], "begins": [hour[1] for hour in hours], "zone": str(city_zone()),
                "least": least, "most": most,
            }  # fmt: skip
            cursor.execute(_HOURS, given)
            cursor.execute(_DAYS, given)
            # An hour or a day whose readings were all deleted stays behind with nothing in it.
            cursor.execute(f"{_CLEAR.format('telemetry_hourly')} AND t.readings + t.doubtful = 0", given)
            cursor.execute(
                "DELETE FROM telemetry_daily t WHERE datastream_id = ANY(%(ids)s) AND readings + doubtful = 0", given
            )
            cursor.execute(_CLEAR.format("telemetry_stalehour"), given)
    return len(hours)


def mark(readings: Collection[tuple[int, dt.datetime]]) -> None:
    """The hours of these (datastream, time) are to be counted again: for who changes or deletes stored readings."""
    mark_stale([(pk, milliseconds(time)) for pk, time in readings])
