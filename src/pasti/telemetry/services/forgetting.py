"""Taking readings back: of a stream that is deleted, or of a played evening that made way for another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import connection, transaction

_DELETE = "DELETE FROM telemetry_observation WHERE datastream_id = ANY(%s) AND phenomenon_time >= %s"
_STALE = """
INSERT INTO telemetry_stalehour (datastream_id, begins)
SELECT DISTINCT datastream_id, date_trunc('hour', phenomenon_time, 'UTC') FROM telemetry_observation
WHERE datastream_id = ANY(%s) AND phenomenon_time >= %s ORDER BY 1, 2
ON CONFLICT (datastream_id, begins) DO UPDATE SET begins = excluded.begins WHERE false -- see rows.mark_stale
"""
_LATEST = """
UPDATE telemetry_latest l SET time = o.phenomenon_time, result = o.result, result_json = o.result_json, flag = o.flag,
  recorded_at = o.recorded_at, ends = coalesce(o.phenomenon_end, o.phenomenon_time)
FROM unnest(%s::bigint[]) AS s (id) CROSS JOIN LATERAL (
  SELECT * FROM telemetry_observation WHERE datastream_id = s.id ORDER BY phenomenon_time DESC LIMIT 1) o
WHERE l.datastream_id = s.id
"""
_NOTHING_LEFT = """
DELETE FROM telemetry_latest l WHERE l.datastream_id = ANY(%s)
AND NOT EXISTS (SELECT FROM telemetry_observation o WHERE o.datastream_id = l.datastream_id)
"""


@transaction.atomic
def forget(datastream_ids: Sequence[int], since: dt.datetime) -> int:
    """Delete the streams' readings from `since` on and bring what is kept of them in step; returns how many went."""
    ids = sorted(datastream_ids)
    with connection.cursor() as cursor:
        cursor.execute(_STALE, [ids, since])
        cursor.execute(_DELETE, [ids, since])
        gone = int(cursor.rowcount)
        cursor.execute(_LATEST, [ids])
        cursor.execute(_NOTHING_LEFT, [ids])
    return gone
