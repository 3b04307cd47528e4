"""Filling the register with a synthetic city, by COPY, as the owner of the tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg
from psycopg import sql

from pasti.platform.database import owner_connection
from pasti.simulation.rows import TABLES, Batch, Settlement, batches

REFERENCE = dt.date(2026, 6, 30)  # ages are counted to this day, so that a seed always makes the same city
SMALLEST, LARGEST = 500, 300_000
PEOPLE_PER_RT = 180
ORDER = ("civil_address", "civil_family", "civil_person", "civil_personversion", "civil_membership")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Built:
    """How many people the register holds, and whether this call put them there."""

    people: int
    created: bool


def build(size: int, seed: int = 1, progress: Progress | None = None) -> Built:
    """Fill an empty register with `size` fictional people, in one transaction; a register with people stays.

    `progress(done, total)` is called after every batch. Raises ValueError for a size out of bounds, and
    LookupError when the city pack's places are not loaded.
    """
    if not SMALLEST <= size <= LARGEST:
        raise ValueError(f"a city of {SMALLEST} to {LARGEST} people")
    with owner_connection() as connection:
        connection.execute("LOCK TABLE civil_person IN SHARE ROW EXCLUSIVE MODE")
        already = connection.execute("SELECT count(*) FROM civil_person").fetchone()
        if already and already[0]:
            return Built(already[0], created=False)
        town, settlements = _city_name(connection), settle(_rts(connection), size)
        done = _fill(connection, batches(seed, settlements, REFERENCE, town), size, progress)
    with owner_connection(autocommit=True) as connection:
        for table in ORDER:
            connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
    return Built(done, created=True)


def settle(rts: dict[str, list[str]], size: int) -> list[Settlement]:
    """Share `size` people over the kelurahan by their RT; a small city fills only the first RT of each."""
    if not rts:
        raise LookupError("no RT: load the city pack first")
    total = sum(len(codes) for codes in rts.values())
    found, given, seen = [], 0, 0
    for kelurahan, codes in sorted(rts.items()):
        seen += len(codes)
        people = round(size * seen / total) - given
        given += people
        filled = codes[: max(1, -(-people // PEOPLE_PER_RT))]
        found.append(Settlement(kelurahan, tuple(filled), people))
    return found


def _fill(connection: psycopg.Connection, made: Iterator[Batch], size: int, progress: Progress | None) -> int:
    """Copy batch after batch; while the server takes one in, the next is being made."""
    done, writing = 0, None
    with ThreadPoolExecutor(1) as writer:
        for batch in made:
            if writing is not None:
                writing.result()
            writing = writer.submit(_copy, connection, batch)
            done += batch.people
            if progress:
                progress(done, size)
        if writing is not None:
            writing.result()
    return done


def _rts(connection: psycopg.Connection) -> dict[str, list[str]]:
    rows = connection.execute("SELECT code FROM places_place WHERE level = 'rt' ORDER BY code").fetchall()
    found: dict[str, list[str]] = {}
    for (code,) in rows:
        found.setdefault(code.rsplit(".", 2)[0], []).append(code)
    return found


def _city_name(connection: psycopg.Connection) -> str:
    row = connection.execute("SELECT short_name FROM places_city ORDER BY code LIMIT 1").fetchone()
    if row is None:
        raise LookupError("no city: load the city pack first")
    return str(row[0])


def _copy(connection: psycopg.Connection, batch: Batch) -> None:
    for table in ORDER:
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, TABLES[table]))
        )
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write("".join(batch.lines[table]))
