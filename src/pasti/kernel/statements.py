"""Statements of the hottest paths: planned once per connection, and sent to the database as they are.

Django's cursors put the values into the text, so that PostgreSQL plans each call anew, and its query sets build the
text each time, which costs more than the answer. Here values are bound by the server and the text stays the same.
"""

from __future__ import annotations

import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import psycopg
from django.db import connection, models

Values = Sequence[Any] | Mapping[str, Any]


def run(statement: str, values: Values) -> tuple[Any, ...] | None:
    """Run one statement in the current transaction; returns its first row, None when it has none.

    Raises what Django's cursors raise.
    """
    with _ran(statement, values) as cursor:
        return cursor.fetchone() if cursor.description else None


def rows(statement: str, values: Values, *, binary: bool = False) -> list[tuple[Any, ...]]:
    """As `run`, all rows of the answer; none when the statement gives none. Many moments and numbers come quicker `binary`."""
    with _ran(statement, values, binary) as cursor:
        return cursor.fetchall() if cursor.description else []


class Finder:
    """Rows of models, found by one statement: `Finder("FROM purut_sesi s WHERE s.id = %s", s=Sesi).first([7])`.

    `rest` is the statement from FROM on; each model stands for the alias it is given by. Columns in `also` stand, as the
    database gives them, after the instances.
    """

    def __init__(self, rest: str, also: Sequence[str] = (), **tables: type[models.Model]):
        self.rest, self.also, self.tables = rest, also, tables

    @cached_property
    def statement(self) -> str:
        """The whole text."""
        columns = [f'{alias}."{field.column}"' for alias, model in self.tables.items() for field in _fields(model)]
        return f"SELECT {', '.join([*columns, *self.also])} {self.rest}"

    @cached_property
    def _makers(self) -> list[_Maker]:
        return [_Maker(model) for model in self.tables.values()]

    def first(self, values: Values) -> tuple[Any, ...] | None:
        """The instances in the first row, one for each table; None when there is no row."""
        with _ran(self.statement, values) as cursor:
            row = cursor.fetchone()
        return None if row is None else self._instances(row)

    def all(self, values: Values) -> list[tuple[Any, ...]]:
        """The instances in all rows."""
        with _ran(self.statement, values) as cursor:
            return [self._instances(row) for row in cursor.fetchall()]

    def _instances(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        found, at = [], 0
        for maker in self._makers:
            found.append(maker.made(row[at : at + maker.width]))
            at += maker.width
        return (*found, *row[at:])


class _Maker:
    """Makes a model's instances; which of its columns have to be converted is looked up once."""

    def __init__(self, model: type[models.Model]):
        fields = _fields(model)
        self.model, self.width, self.names = model, len(fields), [field.attname for field in fields]
        self.converted = [(at, field, found) for at, field in enumerate(fields) if (found := _converters(field))]

    def made(self, columns: tuple[Any, ...]) -> models.Model:
        values = list(columns)
        for at, field, converters in self.converted:
            for convert in converters:
                values[at] = convert(values[at], field.cached_col, connection)
        return self.model.from_db(connection.alias, self.names, values)


def _fields(model: type[models.Model]) -> Sequence[models.Field[Any, Any]]:
    return model._meta.concrete_fields


def _converters(field: models.Field[Any, Any]) -> list[Any]:
    found: list[Any] = field.get_db_converters(connection)  # type: ignore[attr-defined]  # the stubs lack it
    return found


@contextmanager
def _ran(statement: str, values: Values, binary: bool = False) -> Iterator[psycopg.Cursor[Any]]:
    if not _open():
        connection.close_if_health_check_failed()  # once a request, as Django's cursors do
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True, binary=binary)
        yield cursor


def _open() -> bool:
    """Whether the connection was not closed at the other end, by the socket itself; remembered for the request.

    Django asks `SELECT 1`, a way to the database and back at the begin of each request. A server that has ended leaves the end
    of its stream in the socket; one that vanished without a word holds up both questions alike.
    """
    kept: Any = connection  # the stubs lack what Django remembers of its own question
    raw = kept.connection
    if raw is None or kept.health_check_done or raw.closed:
        return False
    look = select.poll()
    look.register(raw.fileno(), select.POLLIN)
    kept.health_check_done = not look.poll(0)
    return bool(kept.health_check_done)
