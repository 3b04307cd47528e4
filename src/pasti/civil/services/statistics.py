"""Keeping the remembered counts of people in step."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from pasti.kernel import clock


def refresh_tallies(day: dt.date | None = None) -> int:
    """Count again, and remember, each kelurahan where somebody changed or the day is another; returns how many.

    Doing it at once on two machines does it twice at the worst. Until it is done the numbers are counted when asked for.
    """
    on_day = day or clock.today()
    with connection.cursor() as cursor:
        cursor.execute("SELECT civil_tally_stale(%s)", [on_day])
        stale = [row[0] for row in cursor.fetchall()]
        for place in stale:
            cursor.execute("SELECT civil_tally_refresh(%s, %s)", [place, on_day])
    return len(stale)
