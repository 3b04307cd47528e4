"""Forms that are sent twice: the key in the form makes the second sending the first's answer."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from pasti.kernel.clock import now

_CLAIM = """
INSERT INTO api_keptanswer (caller, key, operation, request_hash, body, created_at)
VALUES (%s, %s, %s, '', '', %s) ON CONFLICT (caller, key) DO NOTHING RETURNING id
"""


def done_before(caller: UUID, key: str, operation: str) -> str:
    """What this key brought before, or empty after claiming it. Call inside the transaction of the act.

    A second sending waits here for the first to commit. Without a key there is nothing to compare.
    """
    if not key:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [caller, f"form:{key[:100]}", operation, now()])
        if cursor.fetchone():
            return ""
        cursor.execute("SELECT body FROM api_keptanswer WHERE caller = %s AND key = %s", [caller, f"form:{key[:100]}"])
        return str(cursor.fetchone()[0])


def remember(caller: UUID, key: str, result: str) -> None:
    """Keep what the act brought, in its transaction."""
    if key:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE api_keptanswer SET status = 200, body = %s WHERE caller = %s AND key = %s",
                [result, caller, f"form:{key[:100]}"],
            )
