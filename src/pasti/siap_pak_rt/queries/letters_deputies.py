"""Who could stand in for the head of an RT or RW: heads next door, or of the level above."""

from __future__ import annotations

from pasti.kernel.accounts import queries as roster
from pasti.kernel.accounts.models import Assignment, User
from pasti.kernel.clock import today
from pasti.siap_pak_rt.queries.letters_access import ROLE_OF_LEVEL, Authority
from pasti.siap_pak_rt.rules.letter_states import level_above
from pasti.siap_pak_rt.rules.letter_units import unit_of


def candidates(own: Authority, user: User) -> list[tuple[str, str]]:
    """Id and words of everyone who may stand in: other heads of the same level around, and the head above."""
    above = level_above(own.level)
    around = unit_of(above, own.area)
    rows = roster.holders_within(around, ROLE_OF_LEVEL[own.level], today())
    rows += roster.holders(around, today(), ROLE_OF_LEVEL[above])
    named = {str(row.user_id): f"{row.user.name}, {row.unit_name}" for row in rows if not row.deputy}
    named.pop(str(user.pk), None)
    return list(named.items())


def of_unit(unit_code: str) -> list[Assignment]:
    """The deputies of a unit, those still to come included."""
    rows = Assignment.objects.select_related("user").filter(unit_code=unit_code, deputy=True)
    return list(rows.filter(ended_at=None, ends__gte=today()).order_by("starts", "id")[:20])
