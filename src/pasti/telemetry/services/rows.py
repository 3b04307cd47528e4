"""The statements under `readings.store`: set by set, by COPY when many.

Keys are (datastream, milliseconds since 1970): whole numbers are compared, sorted and sent several times faster than
moments, and the database makes the moments.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from django.db import connection

from pasti.kernel import statements

Key = tuple[int, int]
COPY_FROM = 200  # rows; below, one statement with arrays is quicker than a temporary table
DAY_MS = 86_400_000

# What a row can hold besides its key, and how it is typed; a column that no reading of a batch fills is not sent.
KINDS = {
    "result": "float8", "flag": "smallint", "reasons": "smallint", "phenomenon_end": "timestamptz", "result_json": "jsonb",
    "result_time": "timestamptz", "feature_id": "bigint", "valid_begin": "timestamptz", "valid_end": "timestamptz",
    "parameters": "jsonb", "result_quality": "jsonb",
}  # fmt: skip
Columns = dict[str, list[Any]]
_STAGING = (
    "CREATE TEMP TABLE IF NOT EXISTS telemetry_incoming (datastream_id bigint, ms bigint, {}) ON COMMIT DELETE ROWS"
)
_STAGING = _STAGING.format(", ".join(f"{name} {kind}" for name, kind in KINDS.items()))
_INSERT = """
INSERT INTO telemetry_observation (datastream_id, phenomenon_time, recorded_at, {names})
SELECT datastream_id, 'epoch'::timestamptz + ms * interval '1 millisecond', %s, {names} FROM {source}
ON CONFLICT (datastream_id, phenomenon_time) DO NOTHING RETURNING """
_LATEST = """
INSERT INTO telemetry_latest AS l
  (datastream_id, time, begins, ends, result_begins, result_ends, result, result_json, flag, recorded_at)
{rows}
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
# An hour that is marked already is locked, not left alone: or the job, which has the mark in its hands, would count without
# these readings and take the mark away.
_STALE = """
INSERT INTO telemetry_stalehour (datastream_id, begins) {hours}
ON CONFLICT (datastream_id, begins) DO UPDATE SET begins = excluded.begins WHERE false
"""
# Few readings, and what follows from them for their streams and hours, in one statement: who sends one at a time waits most
# for the way to the database and back. All lock in the same order: readings, newest readings, hours. What the statement keeps
# of each row on its way makes it slower than three statements where there are many.
_FEW = f"""
WITH kept AS ({_INSERT}
  datastream_id AS id, phenomenon_time AS time, phenomenon_end, result_time, result, result_json, flag, recorded_at
), newest AS ({
    _LATEST.format(
        rows='''
  SELECT DISTINCT ON (id) id, time, min(time) OVER each, max(greatest(time, phenomenon_end)) OVER each,
    min(result_time) OVER each, max(result_time) OVER each, result, result_json, flag, recorded_at
  FROM kept WINDOW each AS (PARTITION BY id) ORDER BY id, time DESC'''
    )
}
  RETURNING 1
), stale AS ({
    _STALE.format(
        hours='''
  SELECT DISTINCT id, date_bin('1 hour', time, 'epoch') FROM kept WHERE (SELECT count(*) FROM newest) > 0 ORDER BY 1, 2'''
    )
}
) SELECT id, time FROM kept"""
_months: set[tuple[str, int, int]] = set()  # partitions known to be there: database, year, month


def milliseconds(time: dt.datetime) -> int:
    """Whole milliseconds since 1970, rounded down."""
    return round(time.timestamp() * 1e6) // 1000


def moment(ms: int) -> dt.datetime:
    """The moment of these milliseconds, in UTC."""
    return dt.datetime.fromtimestamp(ms // 1000, dt.UTC) + dt.timedelta(milliseconds=ms % 1000)


def months_of(times: Iterable[int]) -> set[tuple[int, int]]:
    """The months (of UTC) in which these milliseconds lie."""
    days = (moment(day * DAY_MS) for day in {ms // DAY_MS for ms in times})
    return {(day.year, day.month) for day in days}


def ensure_months(keys: Collection[Key]) -> None:
    """Make the partitions that are missing. What this process knows to be there is not asked for again."""
    database = connection.settings_dict["NAME"]
    for known in sorted({(database, *month) for month in months_of(ms for _, ms in keys)} - _months):
        with connection.cursor() as cursor:
            cursor.execute("SELECT telemetry_ensure_month(%s)", [dt.datetime(known[1], known[2], 1, tzinfo=dt.UTC)])
        # Remembered only once it is certain: a rolled back batch takes its partition with it.
        connection.on_commit(partial(_months.add, known))


def insert(keys: Sequence[Key], columns: Columns, recorded_at: dt.datetime) -> Collection[Key]:
    """Write the rows (in the order of their keys), with what follows for their streams and hours; returns the new ones' keys."""
    if len(keys) >= COPY_FROM:
        return _insert_many(keys, columns, recorded_at)
    names = ", ".join(columns)
    kinds = ", ".join(f"%s::{kind}[]" for kind in ("bigint", "bigint", *(KINDS[name] for name in columns)))
    source = f"unnest({kinds}) AS t (datastream_id, ms, {names})"
    values = [recorded_at, [key[0] for key in keys], [key[1] for key in keys], *columns.values()]
    found = statements.rows(_FEW.format(names=names, source=source), values)
    return keys if len(found) == len(keys) else {(pk, milliseconds(time)) for pk, time in found}


def _insert_many(keys: Sequence[Key], columns: Columns, recorded_at: dt.datetime) -> Collection[Key]:
    names = ", ".join(columns)
    statement = _INSERT.format(names=names, source="telemetry_incoming")
    with connection.cursor() as cursor:
        cursor.execute(_STAGING)
        # Left from an earlier batch of the same transaction.
        cursor.execute("TRUNCATE telemetry_incoming")
        with cursor.copy(f"COPY telemetry_incoming (datastream_id, ms, {names}) FROM STDIN") as copy:
            copy.write(_lines([key[0] for key in keys], [key[1] for key in keys], columns))
        cursor.execute(f"{statement} datastream_id, phenomenon_time", [recorded_at])
        # What the database answers is read only when something was there already, which is rare.
        whole = cursor.rowcount == len(keys)
        kept = keys if whole else {(pk, milliseconds(time)) for pk, time in cursor.fetchall()}
    if kept:
        _renew_latest(_spans(kept, keys, columns))
        mark_stale(kept)
    return kept


def _lines(pks: Sequence[int], times: Sequence[int], columns: Columns) -> str:
    """COPY's text form."""
    whole = [map(str, column) if KINDS[name] == "smallint" else map(_field, column) for name, column in columns.items()]
    return "\n".join(map("\t".join, zip(map(str, pks), map(str, times), *whole, strict=True))) + "\n"


def _field(value: Any) -> str:
    if value is None:
        return "\\N"
    # Only JSON holds what COPY would take for its own marks, and there tabs and line ends are written out already.
    return value.replace("\\", "\\\\") if isinstance(value, str) else str(value)


Span = tuple[dt.datetime, dt.datetime, dt.datetime, dt.datetime | None, dt.datetime | None]


def _spans(kept: Collection[Key], keys: Sequence[Key], columns: Columns) -> dict[int, Span]:
    """For each stream of `kept`: newest time, first and last time of phenomenon and result."""
    found: dict[int, Span] = {}
    ends, results = columns.get("phenomenon_end"), columns.get("result_time")
    mine = (at for at, key in enumerate(keys) if len(kept) == len(keys) or key in kept)
    for pk, group in groupby(mine, key=lambda at: keys[at][0]):
        places = list(group)
        first, last = moment(keys[places[0]][1]), moment(keys[places[-1]][1])
        end = max((ends[at] for at in places if ends[at]), default=last) if ends else last
        made = [results[at] for at in places if results[at]] if results else []
        found[pk] = (last, first, max(end, last), min(made, default=None), max(made, default=None))
    return found


_NEWEST = _LATEST.format(
    rows="""
SELECT k.id, o.phenomenon_time, k.begins, k.ends, k.result_begins, k.result_ends, o.result, o.result_json, o.flag, o.recorded_at
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])
  AS k (id, time, begins, ends, result_begins, result_ends)
JOIN telemetry_observation o ON o.datastream_id = k.id AND o.phenomenon_time = k.time
WHERE o.phenomenon_time BETWEEN %s AND %s
ORDER BY k.id"""
)


def _renew_latest(spans: dict[int, Span]) -> None:
    """Bring each stream's newest reading and the times it covers up to date."""
    times = [one[0] for one in spans.values()]
    columns = list(zip(*spans.values(), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [list(spans), *map(list, columns), min(times), max(times)])


def mark_stale(keys: Collection[Key]) -> None:
    """The hours these readings lie in are to be counted again."""
    hours = sorted({(pk, ms // 3_600_000) for pk, ms in keys})
    if not hours:
        return
    with connection.cursor() as cursor:
        cursor.execute(_MARKED, [[hour[0] for hour in hours], [hour[1] for hour in hours]])


_MARKED = _STALE.format(
    hours="SELECT id, 'epoch'::timestamptz + hour * interval '1 hour' FROM unnest(%s::bigint[], %s::bigint[]) AS h (id, hour)"
)


def archived(times: Iterable[int]) -> set[tuple[int, int]]:
    """Which of the months of these milliseconds are kept as files only (`services.archive`)."""
    months = [dt.date(year, month, 1) for year, month in months_of(times)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT month FROM telemetry_archivedmonth WHERE month = ANY(%s)", [months])
        return {(month.year, month.month) for (month,) in cursor.fetchall()}
