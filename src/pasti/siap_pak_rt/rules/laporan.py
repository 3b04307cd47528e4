"""What a report of an event holds, by kind, and how its state moves.

The kinds are those of the register (UU 23/2006 article 1 points 11 and 17); a stay of 1 x 24 hours is not a report
but an entry of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

KINDS = (
    "birth", "stillbirth", "death", "move_in", "move_out", "move_within", "marriage", "divorce", "missing",
    "data_change", "temporary",
)  # fmt: skip
ABOUT_A_PERSON = frozenset({"birth", "stillbirth", "death", "marriage", "divorce", "missing", "data_change"})
ABOUT_A_FAMILY = frozenset({"move_out", "move_within"})
# Of these a person has one under way at a time: a second is the same report sent again.
ONE_AT_A_TIME = ("death", "divorce", "marriage", "missing", "move_out", "stillbirth")
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "birth": ("name", "sex"),
    "move_in": ("street", "number", "members"),
    "move_out": ("people",),
    "move_within": ("rt_code", "street"),
    "marriage": ("spouse_name",),
    "data_change": ("field", "value"),
    "temporary": ("name", "religion"),
}
# What may be mended by a report; numbers of papers and places change by their own events.
MENDABLE = (
    "name", "nik", "sex", "birth_place", "birth_date", "religion", "education", "occupation", "marital_status",
    "blood_type", "father_name", "mother_name", "birth_certificate",
)  # fmt: skip
LONGEST_TEXT = 150
MOST_MEMBERS = 15


def lacking(kind: str, told: Mapping[str, Any]) -> list[str]:
    """The required parts of a report that are missing or empty, in their order."""
    return [name for name in REQUIRED.get(kind, ()) if told.get(name) in (None, "", [])]


def days_left(due: dt.date | None, today: dt.date) -> int | None:
    """Days until the last day to report at Dukcapil: 0 on that day, negative afterwards; None without a term."""
    return None if due is None else (due - today).days


def in_time(occurred: dt.date, sent: dt.date, days: int = 14) -> bool:
    """Whether the RT reported within `days` days of the event."""
    return (sent - occurred).days <= days
