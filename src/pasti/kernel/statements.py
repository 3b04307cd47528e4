"""Statements of the hottest paths: planned once per connection, and sent to the database as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection


def run(statement: str, values: Sequence[Any] | Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Run one statement in the current transaction; returns its first row, None when it has none.

    Django's cursors put the values into the text, so that PostgreSQL plans each call anew; here they are bound by the
    server, and a statement that comes again is planned once. Raises what Django's cursors raise.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        return cursor.fetchone() if cursor.description else None
