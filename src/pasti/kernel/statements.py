"""Statements of the hottest paths: planned once per connection, and sent to the database as they are.

Django's cursors put the values into the text, so that PostgreSQL plans each call anew, and its query sets build the
text each time, which costs more than the answer. Here values are bound by the server and the text stays the same.
"""

from __future__ import annotations

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


class Finder:
    """Rows of models, found by one statement: `Finder("FROM purut_sesi s WHERE s.id = %s", s=Sesi).first([7])`.

    `rest` is the statement from FROM on; each model stands for the alias it is given by.
    """

    def __init__(self, rest: str, **tables: type[models.Model]):
        self.rest, self.tables = rest, tables

    @cached_property
    def statement(self) -> str:
        """The whole text."""
        columns = (f'{alias}."{field.column}"' for alias, model in self.tables.items() for field in _fields(model))
        return f"SELECT {', '.join(columns)} {self.rest}"

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
        for model in self.tables.values():
            fields = _fields(model)
            values = [_read(field, value) for field, value in zip(fields, row[at:], strict=False)]
            found.append(model.from_db(connection.alias, [field.attname for field in fields], values))
            at += len(fields)
        return tuple(found)


def _fields(model: type[models.Model]) -> Sequence[models.Field[Any, Any]]:
    return model._meta.concrete_fields


def _read(field: models.Field[Any, Any], value: Any) -> Any:
    for convert in field.get_db_converters(connection):  # type: ignore[attr-defined]  # the stubs lack it
        value = convert(value, field.cached_col, connection)
    return value


@contextmanager
def _ran(statement: str, values: Values) -> Iterator[psycopg.Cursor[Any]]:
    connection.close_if_health_check_failed()  # once a request, as Django's cursors do
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        yield cursor
