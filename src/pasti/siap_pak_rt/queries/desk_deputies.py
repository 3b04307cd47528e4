"""Who may act for a unit on a day: its head, or a deputy while one is appointed."""

from __future__ import annotations

import datetime as dt

from pasti.kernel.accounts import queries as roster
from pasti.kernel.accounts.models import Assignment, User


def acting_for(user: User, unit_code: str, day: dt.date) -> Assignment | None:
    """The assignment by which `user` acts for the unit on `day`, the own before a deputy's; None: not at all."""
    return next((one for one in roster.holders(unit_code, day) if one.user_id == user.pk), None)


def deputies_of(unit_code: str, day: dt.date) -> list[Assignment]:
    """The deputies of a unit's head on `day`, with their users."""
    return [one for one in roster.holders(unit_code, day) if one.deputy]
