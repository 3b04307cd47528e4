"""The statements under `readings.store`: set by set, by COPY when many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from pasti.telemetry.services.readings import Reading

Key = tuple[int, dt.datetime]
Row = tuple[Any, ...]
COPY_FROM = 200  # rows; below, one statement with arrays is quicker than a temporary table
MEMORY = 12  # readings before a new one that its quality may depend on

COLUMNS = (
    "datastream_id", "phenomenon_time", "phenomenon_end", "result", "result_json", "result_time", "flag", "reasons",
    "feature_id", "valid_begin", "valid_end", "parameters", "result_quality", "recorded_at",
)  # fmt: skip
_TYPES = (
    "bigint", "timestamptz", "timestamptz", "float8", "jsonb", "timestamptz", "smallint", "smallint", "bigint",
    "timestamptz", "timestamptz", "jsonb", "jsonb", "timestamptz",
)  # fmt: skip
_NAMES = ", ".join(COLUMNS)
_STAGING = "CREATE TEMP TABLE IF NOT EXISTS telemetry_incoming ({}) ON COMMIT DELETE ROWS".format(
    ", ".join(f"{name} {kind}" for name, kind in zip(COLUMNS, _TYPES, strict=True))
)
_KEEP = "ON CONFLICT (datastream_id, phenomenon_time) DO NOTHING RETURNING datastream_id, phenomenon_time"
_FROM_STAGING = f"INSERT INTO telemetry_observation ({_NAMES}) SELECT {_NAMES} FROM telemetry_incoming {_KEEP}"
_FROM_ARRAYS = f"INSERT INTO telemetry_observation ({_NAMES}) SELECT * FROM unnest({{}}) {_KEEP}".format(
    ", ".join(f"%s::{kind}[]" for kind in _TYPES)
)
_months: set[tuple[int, int]] = set()


def ensure_months(times: Collection[dt.datetime]) -> None:
    """Make the partitions that are missing. What this process knows to be there is not asked for again."""
    for year, month in sorted({(time.year, time.month) for time in times} - _months):
        with connection.cursor() as cursor:
            cursor.execute("SELECT telemetry_ensure_month(%s)", [dt.datetime(year, month, 1, tzinfo=dt.UTC)])
        # Remembered only once it is certain: a rolled back batch takes its partition with it.
        connection.on_commit(lambda known=(year, month): _months.add(known))  # type: ignore[misc]


def row(key: Key, one: Reading, flag: int, reasons: int, moment: dt.datetime) -> Row:
    """A reading in the order of COLUMNS."""
    valid = one.valid or (None, None)
    return (
        *key, one.end, one.result, _json(one.value), one.result_time, flag, reasons, one.feature_id, *valid,
        _json(one.parameters), _json(one.result_quality), moment,
    )  # fmt: skip


def _json(value: Any) -> Jsonb | None:
    return None if value is None else Jsonb(value)


def insert(rows: Sequence[Row]) -> set[Key]:
    """Write the rows; returns the keys that were new."""
    with connection.cursor() as cursor:
        if len(rows) < COPY_FROM:
            cursor.execute(_FROM_ARRAYS, [list(column) for column in zip(*rows, strict=True)])
        else:
            cursor.execute(_STAGING)
            with cursor.copy(f"COPY telemetry_incoming ({_NAMES}) FROM STDIN") as copy:
                for one in rows:
                    copy.write_row(one)
            cursor.execute(_FROM_STAGING)
            # The next batch of the same transaction begins with an empty table.
            kept = set(cursor.fetchall())
            cursor.execute("TRUNCATE telemetry_incoming")
            return kept
        return set(cursor.fetchall())


_BEFORE = """
SELECT wanted.id, seen.phenomenon_time, seen.result
FROM unnest(%s::bigint[], %s::timestamptz[]) AS wanted (id, until)
CROSS JOIN LATERAL (
  SELECT o.phenomenon_time, o.result FROM telemetry_observation o
  WHERE o.datastream_id = wanted.id AND o.phenomenon_time < wanted.until AND o.phenomenon_time > wanted.until - interval '1 day'
  ORDER BY o.phenomenon_time DESC LIMIT %s
) seen ORDER BY wanted.id, seen.phenomenon_time
"""


def before(until: dict[int, dt.datetime]) -> dict[int, list[tuple[dt.datetime, float | None]]]:
    """For each stream the last readings before a moment, oldest first: at most MEMORY, of the day before."""
    found: dict[int, list[tuple[dt.datetime, float | None]]] = {}
    if until:
        with connection.cursor() as cursor:
            cursor.execute(_BEFORE, [list(until), list(until.values()), MEMORY])
            for pk, time, result in cursor.fetchall():
                found.setdefault(pk, []).append((time, result))
    return found


_LATEST = """
INSERT INTO telemetry_latest AS l
  (datastream_id, time, result, result_json, flag, recorded_at, begins, ends, result_begins, result_ends)
SELECT DISTINCT ON (o.datastream_id) o.datastream_id, o.phenomenon_time, o.result, o.result_json, o.flag, o.recorded_at,
  min(o.phenomenon_time) OVER w, max(coalesce(o.phenomenon_end, o.phenomenon_time)) OVER w,
  min(o.result_time) OVER w, max(o.result_time) OVER w
FROM unnest(%s::bigint[], %s::timestamptz[]) AS k (id, time)
JOIN telemetry_observation o ON o.datastream_id = k.id AND o.phenomenon_time = k.time
WINDOW w AS (PARTITION BY o.datastream_id)
ORDER BY o.datastream_id, o.phenomenon_time DESC
ON CONFLICT (datastream_id) DO UPDATE SET
  begins = least(l.begins, excluded.begins), ends = greatest(l.ends, excluded.ends),
  result_begins = least(l.result_begins, excluded.result_begins),
  result_ends = greatest(l.result_ends, excluded.result_ends),
  result = CASE WHEN excluded.time >= l.time THEN excluded.result ELSE l.result END,
  result_json = CASE WHEN excluded.time >= l.time THEN excluded.result_json ELSE l.result_json END,
  flag = CASE WHEN excluded.time >= l.time THEN excluded.flag ELSE l.flag END,
  recorded_at = CASE WHEN excluded.time >= l.time THEN excluded.recorded_at ELSE l.recorded_at END,
  time = greatest(l.time, excluded.time)
"""


def renew_latest(kept: Collection[Key], moment: dt.datetime) -> None:
    """Bring each stream's newest reading and the times it covers up to date."""
    keys = sorted(kept)
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [[key[0] for key in keys], [key[1] for key in keys]])


def mark_stale(kept: Collection[Key]) -> None:
    """The hours these readings lie in are to be counted again."""
    hours = sorted({(pk, time.replace(minute=0, second=0, microsecond=0)) for pk, time in kept})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO telemetry_stalehour (datastream_id, begins) SELECT * FROM unnest(%s::bigint[], %s::timestamptz[]) "
            "ON CONFLICT DO NOTHING",
            [[hour[0] for hour in hours], [hour[1] for hour in hours]],
        )
