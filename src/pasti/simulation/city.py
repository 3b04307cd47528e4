"""Filling the register with a synthetic city, through the register's own door for whole cities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from pasti.civil.services import bulk
from pasti.platform.database import owner_connection
from pasti.simulation.rows import Settlement, batches

REFERENCE = dt.date(2026, 6, 30)  # ages are counted to this day, so that a seed always makes the same city
SMALLEST, LARGEST = 500, 300_000
PEOPLE_PER_RT = 180
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
        already = bulk.holds_people(connection)
        if already:
            return Built(already, created=False)
        town, settlements = _city_name(connection), settle(_rts(connection), size)
        told = (lambda done: progress(done, size)) if progress else None
        done = bulk.load(connection, batches(seed, settlements, REFERENCE, town), told)
    with owner_connection(autocommit=True) as connection:
        bulk.settle_in(connection)
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
