"""The door for a whole city of made-up people at once: rows in batches by COPY, as the owner of the tables.

Only the simulation comes in here: what people really report goes through the other services. A batch is lines in
PostgreSQL's text format, because a city is a million rows; what must hold is asked once, of all of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from pasti.kernel import clock

Progress = Callable[[int], None]
# In the order in which they refer to each other.
TABLES: dict[str, tuple[str, ...]] = {
    "civil_address": ("id", "street", "number", "rt_code", "recorded_at"),
    "civil_family": ("id", "number", "address_id", "rt_code", "verified_on", "recorded_at"),
    "civil_familycheck": ("family_id", "day", "rt_code", "recorded_at"),
    "civil_person": (
        "id", "nik", "name", "name_search", "name_sounds", "sex", "birth_place", "birth_date", "religion", "education", "occupation",
        "marital_status", "blood_type", "citizenship", "father_name", "mother_name", "status_dasar", "rt_code",
        "valid_from", "recorded_at",
    ),
    "civil_personversion": (
        "person_id", "sign", "sex", "birth_date", "has_nik", "status_dasar", "rt_code", "valid_from", "recorded_at",
    ),
    "civil_membership": ("person_id", "family_id", "relation", "starts", "ends", "rt_code", "recorded_at"),
    "civil_peristiwa": (
        "id", "kind", "person_id", "family_id", "rt_code", "occurred_on", "recorded_at", "details", "effects", "reason",
        "actor_name", "dukcapil_state", "dukcapil_document",
    ),
}  # fmt: skip


@dataclass
class Batch:
    """Rows of the register by what they are, and how many living people they hold."""

    lines: dict[str, list[str]] = field(default_factory=lambda: {table: [] for table in TABLES})
    people: int = 0

    def address(self, *values: object) -> None:
        """id, street, number, RT, moment of recording."""
        self._add("civil_address", values)

    def family(self, *values: object) -> None:
        """id, KK number, address, RT, day of the last look or None, moment of recording."""
        self._add("civil_family", values)

    def look(self, family: str, rt: str, day: object, at: str) -> None:
        """The RT looked at a card on `day` and found it still so."""
        self._add("civil_familycheck", (family, day, rt, at))

    def person(self, *values: object) -> None:
        """A person, in the order of TABLES."""
        self._add("civil_person", values)

    def version(self, *values: object) -> None:
        """An entry of the ledger, in the order of TABLES."""
        self._add("civil_personversion", values)

    def membership(self, *values: object) -> None:
        """person, family, relation, first day, last day or None, RT, moment of recording."""
        self._add("civil_membership", values)

    def event(
        self, number: str, kind: str, person: str, family: str, rt: str, on: object, at: str, effects: list[Any]
    ) -> None:
        """Something that happened, with its effects as the services write them; Disdukcapil has issued its document."""
        told = (number, kind, person, family, rt, on, at, "{}", json.dumps(effects), "", "", "issued", "")
        self._add("civil_peristiwa", told)

    def _add(self, table: str, values: tuple[object, ...]) -> None:
        self.lines[table].append("\t".join([_text(value) for value in values]) + "\n")


def holds_people(connection: psycopg.Connection) -> int:
    """How many living people the register holds; nobody else may fill it until the transaction ends."""
    connection.execute("LOCK TABLE civil_person IN SHARE ROW EXCLUSIVE MODE")
    row = connection.execute("SELECT count(*) FROM civil_person WHERE status_dasar = 1").fetchone()
    return int(row[0]) if row else 0


def load(connection: psycopg.Connection, batches: Iterator[Batch], progress: Progress | None = None) -> int:
    """Copy batch after batch in the caller's transaction; while the server takes one in, the next is being made.

    `progress(done)` is called after every batch. Returns how many living people came in. Raises ValueError when the whole
    breaks a rule of the register: then the caller's transaction must not be committed.
    """
    done, writing = 0, None
    with ThreadPoolExecutor(1) as writer:
        for batch in batches:
            if writing is not None:
                writing.result()
            writing = writer.submit(_copy, connection, batch)
            done += batch.people
            if progress:
                progress(done)
        if writing is not None:
            writing.result()
    # Without it the planner takes the tables to be as empty as before, and asks for every card through all memberships.
    for table in TABLES:
        connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
    for fault, statement in _FAULTS.items():
        found = connection.execute(statement).fetchone()
        if found:
            raise ValueError(f"{fault}: {found[0]}")
    return done


def settle_in(connection: psycopg.Connection) -> None:
    """Count everybody once. The connection commits by itself."""
    today = clock.today()
    for (place,) in connection.execute("SELECT civil_tally_stale(%s)", [today]).fetchall():
        connection.execute("SELECT civil_tally_refresh(%s, %s)", [place, today])


_FAULTS = {
    "a person in no RT of the city": """SELECT rt_code FROM civil_person
      WHERE rt_code NOT IN (SELECT code FROM places_place WHERE level = 'rt') LIMIT 1""",
    "a NIK that cannot be": """SELECT id FROM civil_person WHERE right(nik, 4) = '0000'
      OR substr(nik, 7, 6)::int <> to_char(birth_date, 'DDMMYY')::int + CASE sex WHEN 2 THEN 400000 ELSE 0 END LIMIT 1""",
    "a card without a head": """SELECT f.id FROM civil_family f WHERE NOT EXISTS (SELECT 1 FROM civil_membership m
      WHERE m.family_id = f.id AND m.ends IS NULL AND m.relation = 1) LIMIT 1""",
    "a ledger that does not hold as many people as the register": """SELECT lived - written FROM
      (SELECT count(*) AS lived FROM civil_person WHERE status_dasar = 1) a,
      (SELECT sum(sign) AS written FROM civil_personversion WHERE status_dasar = 1) b WHERE lived <> written""",
}
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _copy(connection: psycopg.Connection, batch: Batch) -> None:
    for table, columns in TABLES.items():
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write("".join(batch.lines[table]))


def _text(value: object) -> str:
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    return str(value).translate(_ESCAPES) if type(value) is str else str(value)
