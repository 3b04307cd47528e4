"""The door for whole made-up weeks of the hospital: rows in batches by COPY, as the owner of the tables.

Only the simulation comes in here. What is copied is what booking and calling would have left behind: registrations with
their quota taken, and the stamps of every step.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from pasti.purut.models import Jadwal
from pasti.purut.services.sessions import QUOTAS, session_on

ANTREAN = (
    "id", "code", "sesi_id", "poli_id", "date", "patient_id", "number", "payer", "visit_kind", "referral_no", "priority",
    "channel", "booked_by", "state", "calls", "room", "occurred_at", "recorded_at",
)  # fmt: skip
STEP = ("antrean_id", "step", "occurred_at", "recorded_at", "actor_id")
ESTIMATE = ("antrean_id", "made_at", "ahead", "point", "lower", "upper", "basis")
# Residents as patients. The hospital keeps its own record of whoever comes.
_PATIENTS = """
INSERT INTO purut_patient (person_id, nik, name, sex, birth_date, phone, jkn_no, kk_no, address, recorded_at)
SELECT p.id, p.nik, p.name, CASE p.sex WHEN 1 THEN 'L' ELSE 'P' END, p.birth_date, '', '', '', '', now()
FROM civil_person p WHERE p.status_dasar = 1 AND p.nik IS NOT NULL AND p.id <> ALL (%(spare)s)
ORDER BY p.id LIMIT %(limit)s ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Held:
    """A session as rows need it."""

    id: int
    dokter: str
    poli: str
    date: dt.date
    starts_at: dt.datetime
    minutes: int
    places: dict[str, int]


def open_past(connection: psycopg.Connection, schedules: Iterable[Jadwal], days: Iterable[dt.date]) -> None:
    """Sessions of days that are over, for these schedules."""
    columns = ("jadwal_id", "poli_id", "dokter_id", "date", "minutes", "starts_at", "ends_at", *QUOTAS)
    fixed = sql.SQL("'open', 0, 0, 0, 0, 0")
    statement = sql.SQL(
        "INSERT INTO purut_sesi ({}, state, used_jkn, used_nonjkn, used_online, used_walkin, last_number) "
        "VALUES ({}, {}) ON CONFLICT DO NOTHING"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join(sql.Placeholder() * len(columns)), fixed
    )
    made = [session_on(one, day) for day in days for one in schedules if one.weekday == day.isoweekday()]
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[getattr(one, column) for column in columns] for one in made])


def empty_sessions(connection: psycopg.Connection, first: dt.date, last: dt.date) -> list[Held]:
    """Sessions between two days in which nobody is registered, locked until the transaction ends."""
    rows = connection.execute(
        f"SELECT id, dokter_id, poli_id, date, starts_at, minutes, {', '.join(QUOTAS)} FROM purut_sesi "
        "WHERE date BETWEEN %s AND %s AND last_number = 0 AND state = 'open' ORDER BY starts_at, id FOR UPDATE",
        [first, last],
    ).fetchall()
    return [_held(*row) for row in rows]


def _held(pk: int, dokter: str, poli: str, date: dt.date, starts_at: dt.datetime, minutes: int, *places: int) -> Held:
    return Held(pk, dokter, poli, date, starts_at, minutes, dict(zip(QUOTAS, places, strict=True)))


def patients(connection: psycopg.Connection, spare: Sequence[UUID], limit: int) -> list[tuple[int, dt.date]]:
    """Up to `limit` residents as patients, but none of `spare`: record numbers and days of birth."""
    connection.execute(_PATIENTS, {"spare": list(spare), "limit": limit})
    found = connection.execute(
        "SELECT norm, birth_date FROM purut_patient WHERE person_id IS NOT NULL AND person_id <> ALL (%s) ORDER BY norm LIMIT %s",
        [list(spare), limit],
    ).fetchall()
    return [(norm, born) for norm, born in found]


def ids(connection: psycopg.Connection, count: int) -> list[int]:
    """So many new ids of registrations."""
    rows = connection.execute(
        "SELECT nextval(pg_get_serial_sequence('purut_antrean', 'id')) FROM generate_series(1, %s)", [count]
    ).fetchall()
    return [int(one) for (one,) in rows]


def copy(connection: psycopg.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Put rows into one of the hospital's tables."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        for row in rows:
            into.write_row(row)


def take_places(connection: psycopg.Connection, first: dt.date, last: dt.date) -> None:
    """Bring the counters of the sessions between two days in step with their registrations."""
    connection.execute(
        "UPDATE purut_sesi s SET last_number = n.last, used_jkn = n.jkn, used_nonjkn = n.total - n.jkn, "
        "used_walkin = n.walkin, used_online = n.total - n.walkin FROM (SELECT sesi_id, max(number) AS last, "
        "count(*) AS total, count(*) FILTER (WHERE payer = 'jkn') AS jkn, count(*) FILTER (WHERE channel = 'loket') AS walkin "
        "FROM purut_antrean WHERE date BETWEEN %s AND %s GROUP BY sesi_id) n WHERE n.sesi_id = s.id AND s.last_number = 0",
        [first, last],
    )
