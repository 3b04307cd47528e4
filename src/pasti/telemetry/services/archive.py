"""Putting old months of readings away: into a file first, out of the database only when the file was read back whole.

A month goes when every stream that has readings in it is past its `retention_years`. Needs the owner's login, which the
running programs do not have: nothing that is reachable from a network can make readings disappear. To have a month back
for a look, load its file into a table of its own: `COPY old FROM PROGRAM 'zcat FILE' (FORMAT csv, HEADER)`.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, transaction

from pasti.kernel.clock import now
from pasti.telemetry.models import ArchivedMonth
from pasti.telemetry.services import rollups
from pasti.telemetry.services.readings import KEPT

_PARTITIONS = (
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
    "WHERE i.inhparent = 'telemetry_observation'::regclass ORDER BY c.relname"
)
# A stream that still needs the month. Streams that are gone need nothing.
_NEEDED = """
SELECT EXISTS (SELECT FROM telemetry_datastream d
  WHERE (d.retention_years IS NULL OR %s + make_interval(years => d.retention_years) > %s)
    AND EXISTS (SELECT FROM {} o WHERE o.datastream_id = d.id))
OR EXISTS (SELECT FROM telemetry_stalehour WHERE begins >= %s AND begins < %s)
"""


def archive(folder: Path, at: dt.datetime | None = None) -> list[ArchivedMonth]:
    """Put every month away that nobody needs at `at`; returns what was put away. Killed anywhere, run again."""
    moment = at or now()
    rollups.count_again(moment)
    return [_put_away(name, first, folder, moment) for name, first in _due(moment)]


def _due(moment: dt.datetime) -> Iterator[tuple[str, dt.datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(_PARTITIONS)
        names = [row[0] for row in cursor.fetchall()]
        for name in names:
            first = dt.datetime.strptime(name[-6:], "%Y%m").replace(tzinfo=dt.UTC)
            ends = (first + dt.timedelta(days=32)).replace(day=1)
            if ends > moment - KEPT:
                continue
            cursor.execute(_NEEDED.format(name), [ends, moment, first, ends])
            if not cursor.fetchone()[0]:
                yield name, first


@transaction.atomic
def _put_away(name: str, first: dt.datetime, folder: Path, moment: dt.datetime) -> ArchivedMonth:
    """The partition is closed to writers while it is written out, and gone with the same commit that remembers its file."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        cursor.execute(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")
        target = folder / f"{name}.csv.gz"
        digest = _write(name, target)
        cursor.execute(f"SELECT count(*) FROM {name}")
        count = int(cursor.fetchone()[0])
        if (found := _lines(target)) != count:
            raise OSError(f"{target} holds {found} readings of {count}")
        month = ArchivedMonth.objects.create(
            month=first.date(), file=target.name, sha256=digest, readings=count, archived_at=moment
        )
        cursor.execute(f"ALTER TABLE telemetry_observation DETACH PARTITION {name}")
        cursor.execute(f"DROP TABLE {name}")
    return month


def _write(name: str, target: Path) -> str:
    """Write the partition as CSV, whole or not at all; returns the file's SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    with partial.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed:
        with (
            connection.cursor() as cursor,
            cursor.copy(
                f"COPY (SELECT * FROM {name} ORDER BY datastream_id, phenomenon_time) TO STDOUT (FORMAT csv, HEADER)"
            ) as source,
        ):
            for part in source:
                packed.write(part)
        packed.close()
        raw.flush()
        os.fsync(raw.fileno())
    partial.replace(target)
    with target.open("rb") as written:
        return hashlib.file_digest(written, "sha256").hexdigest()


def _lines(path: Path) -> int:
    """How many rows the file holds, read back from the disk. Line ends stand only between rows: JSON has none."""
    with gzip.open(path, "rb") as source:
        return sum(1 for _ in source) - 1
