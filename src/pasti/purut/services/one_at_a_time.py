"""Acts that must see what the one before them did, without holding up those who book."""

from __future__ import annotations

from django.db import connection


def wait_for_turn(what: str) -> None:
    """Wait until no other transaction does `what`, and keep others waiting until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 31))", [f"purut:{what}"])
