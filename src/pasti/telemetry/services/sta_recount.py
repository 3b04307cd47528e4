"""After observations were changed or taken away: the newest of each stream, its covered times, and its hours again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import connection

from pasti.kernel.outbox.services import emit
from pasti.telemetry.events import WatchedReadings
from pasti.telemetry.models import Datastream, Latest
from pasti.telemetry.services.rows import Key, mark_stale

_LATEST = """
INSERT INTO telemetry_latest AS l
  (datastream_id, time, result, result_json, flag, recorded_at, begins, ends, result_begins, result_ends)
SELECT newest.datastream_id, newest.phenomenon_time, newest.result, newest.result_json, newest.flag, newest.recorded_at,
  covered.begins, covered.ends, covered.result_begins, covered.result_ends
FROM unnest(%s::bigint[]) AS k (id)
CROSS JOIN LATERAL (SELECT * FROM telemetry_observation o WHERE o.datastream_id = k.id
  ORDER BY o.phenomenon_time DESC LIMIT 1) AS newest
CROSS JOIN LATERAL (SELECT min(o.phenomenon_time) AS begins, max(coalesce(o.phenomenon_end, o.phenomenon_time)) AS ends,
  min(o.result_time) AS result_begins, max(o.result_time) AS result_ends
  FROM telemetry_observation o WHERE o.datastream_id = k.id) AS covered
"""


def recount(streams: Collection[int], keys: Iterable[Key]) -> None:
    """Bring `Latest` of the streams in line with their readings, and mark the hours of `keys` to be counted again."""
    ids = sorted(streams)
    Latest.objects.filter(pk__in=ids).delete()
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [ids])
    gone = list(keys)
    if gone:
        mark_stale(gone)


def tell(stream: int, time: dt.datetime) -> None:
    """Wake those who watch the stream: a reading of it is another now."""
    if Datastream.objects.filter(pk=stream, watched=True).exists():
        emit(WatchedReadings([stream], time), aggregate="telemetry.watched")
