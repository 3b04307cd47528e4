"""Handing over an RT or RW: the old head's role ends and the new one's begins, in the same moment."""

from __future__ import annotations

from django.db import transaction

from pasti.kernel.accounts import queries as roster
from pasti.kernel.accounts.models import Assignment, User
from pasti.kernel.accounts.services import assign, take_away
from pasti.kernel.clock import today
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.services.desk_deputies import check_seen, lock_unit, unit_role


@transaction.atomic
def hand_over(unit_code: str, new_head: User) -> Assignment:
    """Make `new_head` the head of an RT or RW of the scope. The old head and all deputies lose it this moment.

    Naming who is head already changes nothing but deputies. Raises NotFound outside the scope, Refused `belum-dilihat`.
    """
    lock_unit(unit_code)
    role = unit_role(unit_code)
    check_seen(new_head)
    for held in roster.holders(unit_code, today(), role):
        if held.deputy or held.user_id != new_head.pk:
            take_away(held.pk)
    for coming in roster.coming(unit_code, today(), role):
        take_away(coming.pk)
    return assign(new_head, role, unit_code=unit_code, unit_name=places.label(unit_code), area_code=unit_code)


@transaction.atomic
def vacate(unit_code: str) -> int:
    """End the head and the deputies of a unit of the scope this moment, with nobody in place yet; returns how many.

    Raises NotFound outside the scope.
    """
    lock_unit(unit_code)
    role = unit_role(unit_code)
    held = [*roster.holders(unit_code, today(), role), *roster.coming(unit_code, today(), role)]
    return sum(take_away(one.pk) for one in held)
