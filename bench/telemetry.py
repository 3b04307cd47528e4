"""Readings: storing them beside COPY of Python objects, and a week of one stream as the archive grows a hundredfold."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from tests.platform_process import Platform

from bench.harness import Row, paired
from bench.inside import inside

BATCH, STREAMS, BATCHES = 10_000, 50, 8
WIDE = 1000  # streams of the archive, a reading each ten minutes

_STREAMS = """
from pasti.telemetry.models import Datastream, ObservedProperty, Sensor, Thing
thing, _ = Thing.objects.get_or_create(code="bench", defaults={{"name": "bench"}})
sensor, _ = Sensor.objects.get_or_create(code="bench", defaults={{"name": "b", "encoding_type": "x", "metadata": "x"}})
seen, _ = ObservedProperty.objects.get_or_create(code="bench", defaults={{"name": "b", "definition": "x"}})
limits = {{"range": [0, 10000], "usual": [0, 9000], "spike": [25, 50], "rate": 120000, "flat": [36, 72]}}
made = Datastream.objects.bulk_create(
    Datastream(name="b", observation_type="x", unit={{}}, thing=thing, sensor=sensor, observed_property=seen,
               quality=limits, interval_seconds=600) for _ in range({count}))
"""
_STORE = """
import datetime as dt, time
from pasti.telemetry.services.readings import Reading, store
begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
batches = [[Reading(one.pk, begin + dt.timedelta(seconds=turn * 10_000 + at), float(at % 97)) for at in range({each}) for one in made]
           for turn in range({batches})]
store(batches[0])
began = time.perf_counter()
for batch in batches[1:]:
    store(batch)
tell({{"rate": sum(map(len, batches[1:])) / (time.perf_counter() - began)}})
"""
_WEEK = """
import datetime as dt, statistics, time
from pasti.telemetry.queries.latest import latest
from pasti.telemetry.queries.readings import readings
from pasti.telemetry.queries.series import series
end = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)
begin = end - dt.timedelta(days=7)
def median(act):
    spent = []
    for at in range(60):
        began = time.perf_counter(); act({first} + at * 13 % 1000); spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent[5:])
tell({{"week": median(lambda pk: readings(pk, begin, end, 2000)), "chart": median(lambda pk: series(pk, begin, end, 300)),
      "latest": median(lambda pk: latest([pk])), "rows": len(readings({first}, begin, end, 2000))}})
"""


def rows(full: bool) -> Iterator[Row]:
    """Storing; and the archive from 1 to 100 million readings (20 without `full`)."""
    with tempfile.TemporaryDirectory() as folder, Platform(Path(folder) / "data") as platform:
        url = platform.environment()["PASTI_DATABASE_OWNER_URL"]
        ours, raw = paired(lambda: _stored(platform), lambda: _copied(url), rounds=3)
        yield Row("readings stored and judged, a second", ours, raw, "/s", "COPY of Python objects, same table")
        first = int(inside(platform, _STREAMS.format(count=WIDE) + "tell(made[0].pk)"))
        _load(url, first, 1)
        small = inside(platform, _WEEK.format(first=first))
        millions = 100 if full else 20
        _load(url, first, millions)
        large = inside(platform, _WEEK.format(first=first))
        assert small["rows"] == large["rows"] == 1008, (small, large)
        for key, name in (
            ("week", "last week of a stream, 1,008 readings"),
            ("chart", "the week as a chart"),
            ("latest", "newest"),
        ):
            yield Row(f"{name}, of {millions} million", large[key], small[key], "ms", "same, of 1 million")


def _stored(platform: Platform) -> float:
    act = _STREAMS.format(count=STREAMS) + _STORE.format(each=BATCH // STREAMS, batches=BATCHES)
    return float(inside(platform, act)["rate"])


def _copied(url: str) -> float:
    """COPY of Python objects straight into the partitioned table, of the same columns, in batches of the same size."""
    begin, at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime.now(dt.UTC)
    # A copy of the table, so that what is measured next does not grow by it.
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("DROP TABLE IF EXISTS bench_observation")
        owner.execute(
            "CREATE TABLE bench_observation (LIKE telemetry_observation INCLUDING ALL) PARTITION BY RANGE (phenomenon_time)"
        )
        owner.execute(
            "CREATE TABLE bench_observation_1 PARTITION OF bench_observation FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')"
        )
        began, count = time.perf_counter(), 0
        for turn in range(1, BATCHES):
            with (
                owner.transaction(),
                owner.cursor().copy(
                    "COPY bench_observation (datastream_id, phenomenon_time, result, flag, reasons, recorded_at) FROM STDIN"
                ) as copy,
            ):
                for second in range(BATCH // STREAMS):
                    for stream in range(STREAMS):
                        moment = begin + dt.timedelta(seconds=turn * 10_000 + second)
                        copy.write_row((stream, moment, float(second % 97), 1, 0, at))
                        count += 1
        rate = count / (time.perf_counter() - began)
        owner.execute("DROP TABLE bench_observation")
    return rate


# In the order in which readings come: all streams of one moment, then those of the next, so that a stream's rows lie apart.
_FILL = """
INSERT INTO telemetry_observation (datastream_id, phenomenon_time, result, flag, reasons, recorded_at)
SELECT s, t, 100 + 50 * sin(extract(epoch FROM t) / 3600), 1, 0, t
FROM generate_series(greatest(%(month)s::timestamptz, %(begin)s::timestamptz),
    least(%(month)s::timestamptz + interval '1 month', %(end)s::timestamptz) - %(step)s::interval, %(step)s::interval) t
CROSS JOIN LATERAL (SELECT s FROM generate_series(%(first)s::bigint, %(last)s::bigint) s WHERE t IS NOT NULL OFFSET 0) streams
ON CONFLICT DO NOTHING
"""
_MONTHS = (
    "SELECT generate_series(date_trunc('month', %(begin)s::timestamptz), %(end)s::timestamptz, interval '1 month')"
)


def _load(url: str, first: int, millions: int) -> None:
    """Fill the archive backwards from the end of October 2026, month by month, in the database itself."""
    end, step = dt.datetime(2026, 10, 31, tzinfo=dt.UTC), dt.timedelta(minutes=10)
    begin = end - (millions * 1_000_000 // WIDE + 8) * step  # the first million is a week and a little
    given = {"first": first, "last": first + WIDE - 1, "begin": begin, "end": end, "step": step}
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("SET synchronous_commit = off")
        owner.execute("SET timezone = 'UTC'")
        began = time.perf_counter()
        for (month,) in owner.execute(_MONTHS, given).fetchall():
            owner.execute("SELECT telemetry_ensure_month(%s)", [month])
            owner.execute(_FILL, given | {"month": month})
        owner.execute("INSERT INTO telemetry_hourly (datastream_id, begins, readings, low, high, total, doubtful) "
                      "SELECT datastream_id, date_trunc('hour', phenomenon_time), count(*), min(result), max(result), sum(result), 0 "
                      "FROM telemetry_observation WHERE datastream_id >= %s AND phenomenon_time >= '2026-10-01' GROUP BY 1, 2 "
                      "ON CONFLICT DO NOTHING", [first])  # fmt: skip
        owner.execute("VACUUM ANALYZE telemetry_observation")
        found = owner.execute(
            "SELECT count(*) FROM telemetry_observation WHERE datastream_id >= %s", [first]
        ).fetchone()
        print(f"  {found[0] if found else 0:,} readings after {time.perf_counter() - began:.0f} s", flush=True)
