"""After observations were taken away: the newest of each stream, the times it covers, and its hours again."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import connection

from pasti.kernel.outbox.services import emit
from pasti.telemetry.events import WatchedReadings
from pasti.telemetry.models import Datastream, Latest
from pasti.telemetry.services.rows import Key, mark_stale, moment

_NEWEST = """CROSS JOIN LATERAL (SELECT * FROM telemetry_observation o WHERE o.datastream_id = {id}
  ORDER BY o.phenomenon_time DESC LIMIT 1) AS newest"""
_WHOLE = f"""
INSERT INTO telemetry_latest AS l
  (datastream_id, time, result, result_json, flag, recorded_at, begins, ends, result_begins, result_ends)
SELECT newest.datastream_id, newest.phenomenon_time, newest.result, newest.result_json, newest.flag, newest.recorded_at,
  covered.begins, covered.ends, covered.result_begins, covered.result_ends
FROM unnest(%s::bigint[]) AS k (id) {_NEWEST.format(id="k.id")}
CROSS JOIN LATERAL (SELECT min(o.phenomenon_time) AS begins, max(coalesce(o.phenomenon_end, o.phenomenon_time)) AS ends,
  min(o.result_time) AS result_begins, max(o.result_time) AS result_ends
  FROM telemetry_observation o WHERE o.datastream_id = k.id) AS covered
"""
_EDGES = f"""
UPDATE telemetry_latest l SET time = newest.phenomenon_time, result = newest.result, result_json = newest.result_json,
  flag = newest.flag, recorded_at = newest.recorded_at, begins = oldest.phenomenon_time,
  ends = coalesce(newest.phenomenon_end, newest.phenomenon_time)
FROM (SELECT %s::bigint AS id) AS k {_NEWEST.format(id="k.id")}
CROSS JOIN LATERAL (SELECT o.phenomenon_time FROM telemetry_observation o WHERE o.datastream_id = k.id
  ORDER BY o.phenomenon_time LIMIT 1) AS oldest
WHERE l.datastream_id = k.id
"""


def recount(streams: Collection[int], gone: Collection[Key]) -> None:
    """Look at all readings of the streams: after many were taken away."""
    ids = sorted(streams)
    Latest.objects.filter(pk__in=ids).delete()
    with connection.cursor() as cursor:
        cursor.execute(_WHOLE, [ids])
    if gone:
        mark_stale(gone)


def recount_edges(stream: int, gone: Key) -> None:
    """Look at a stream's first and last reading only: after one with nothing but a time of its own was taken away."""
    with connection.cursor() as cursor:
        cursor.execute(_EDGES, [stream])
        if not cursor.rowcount:
            Latest.objects.filter(pk=stream).delete()
    mark_stale([gone])


def tell(keys: Iterable[Key]) -> None:
    """Wake those who watch the streams: what was there is so no longer."""
    changed = sorted(set(keys))
    watched = Datastream.objects.filter(pk__in={stream for stream, _ in changed}, watched=True)
    streams = sorted(watched.values_list("pk", flat=True))
    if streams:
        earliest = moment(min(ms for stream, ms in changed if stream in streams))
        emit(WatchedReadings(streams, earliest), aggregate="telemetry.watched")
