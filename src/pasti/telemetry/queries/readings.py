"""The readings themselves, a bounded stretch at a time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from pasti.kernel.statements import rows

COUNTS = (1, 2)  # flags of readings that count: good, or of a stream that nobody judges


@dataclass(frozen=True, slots=True)
class StoredReading:
    """One reading as stored. `value` is None where it is missing or no number; `flag` is `rules.quality`'s."""

    time: dt.datetime
    value: float | None
    flag: int
    recorded_at: dt.datetime


def readings(
    datastream_id: int, since: dt.datetime, until: dt.datetime | None, limit: int, only_good: bool = False
) -> list[StoredReading]:
    """The first `limit` readings with `since` <= time < `until` (None: no end), oldest first.

    With `only_good` those that count: flags 1 and 2, with a value.
    """
    until_too = "" if until is None else "AND phenomenon_time < %(until)s "
    return _read(f"AND phenomenon_time >= %(since)s {until_too}", "ASC", only_good, {
        "stream": datastream_id, "since": since, "until": until, "limit": limit,
    })  # fmt: skip


def newest(
    datastream_id: int, until: dt.datetime, limit: int, only_good: bool = False, since: dt.datetime | None = None
) -> list[StoredReading]:
    """The last `limit` readings up to and with `until` (from `since` on), oldest first."""
    since_too = "" if since is None else "AND phenomenon_time >= %(since)s "
    return _read(f"AND phenomenon_time <= %(until)s {since_too}", "DESC", only_good, {
        "stream": datastream_id, "since": since, "until": until, "limit": limit,
    })[::-1]  # fmt: skip


def _read(stretch: str, order: str, only_good: bool, values: dict[str, Any]) -> list[StoredReading]:
    """A thousand readings cost more on their way through text and rows of a query set than in the database."""
    good = f"AND flag IN {COUNTS} AND result IS NOT NULL " if only_good else ""
    statement = (
        "SELECT phenomenon_time, result, flag, recorded_at FROM telemetry_observation WHERE datastream_id = %(stream)s "
        f"{stretch}{good}ORDER BY phenomenon_time {order} LIMIT %(limit)s"
    )
    return [StoredReading(*row) for row in rows(statement, values, binary=True)]
