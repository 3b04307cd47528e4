"""Stays: when a guest must be told of, how long a stay can be told for, and when it is forgotten.

A guest who stays longer than 1 x 24 hours reports to the head of the RT (local order; Permendagri 18/2018 article 7
names population administration among the tasks of RT). Who stays without moving the own registration is a
non-permanent resident (UU 23/2006 article 1; Permendagri 74/2022). Names are kept for a year after the stay: as long
as a landlord or the police may ask, and no longer (UU 27/2022 article 16 paragraph 2 letter g).
"""

from __future__ import annotations

import datetime as dt

LONGEST = dt.timedelta(days=366)
KEPT = dt.timedelta(days=365)
REMINDED_BEFORE = dt.timedelta(days=1)


def is_over(until: dt.date, today: dt.date) -> bool:
    """Whether the last day told is past."""
    return until < today


def erase_on(left_on: dt.date | None, until: dt.date) -> dt.date:
    """The first day on which nothing may name the guest any more; who never said goodbye left on the last day told."""
    return (left_on or until) + KEPT


def rooms_unreported(rooms: int, occupied: int, vacant: int) -> int:
    """Rooms of which nobody has said who lives there, or that they are empty."""
    return max(0, rooms - occupied - vacant)
