"""Who may do what with a letter: by the roles of today, never by what a page once showed.

A deputy holds the role of whom he stands in for, so nothing here asks for deputies apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext as _

from pasti.civil import queries as register
from pasti.kernel.accounts import queries as roster
from pasti.kernel.accounts.access import scope_where
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, active_assignments
from pasti.kernel.clock import today
from pasti.kernel.context import current_actor
from pasti.kernel.errors import NotFound
from pasti.siap_pak_rt.models import Letter
from pasti.siap_pak_rt.rules.letter_states import LEVEL_OF, State, level_above
from pasti.siap_pak_rt.rules.letter_units import unit_of

PURPOSE = "siap_pak_rt.letters"
DECIDE, ASK, ASK_FOR, REVOKE = (f"siap_pak_rt.letters.{verb}" for verb in ("decide", "ask", "ask_for", "revoke"))
LEVEL_OF_ROLE = {"ketua_rt": "rt", "ketua_rw": "rw", "kelurahan": "kelurahan"}
ROLE_OF_LEVEL = {level: role for role, level in LEVEL_OF_ROLE.items()}


@dataclass(frozen=True)
class Authority:
    """A unit for which somebody decides today; `for_whom` says in whose place, in words."""

    level: str
    area: str
    unit_name: str
    deputy: bool = False
    for_whom: str = ""

    @property
    def role(self) -> str:
        """The role in which it is done."""
        return ROLE_OF_LEVEL[self.level]


def acting_user() -> User:
    """The user behind the actor of this request, read anew: a role that ended since the page was shown is gone.

    Raises NotFound when the system itself or a stranger acts.
    """
    actor = current_actor()
    found = User.objects.filter(pk=actor.user_id, is_active=True).first() if actor.user_id else None
    if found is None:
        raise NotFound
    return found


def scope_for(user: User) -> Scope:
    """What `user` may see of letters: those of the own areas and of the own family."""
    return scope_where(user, DECIDE, PURPOSE).with_people(tuple(own_people(user)))


def authorities(user: User) -> list[Authority]:
    """The units for which `user` decides on letters today, heads before deputies."""
    held = [one for one in active_assignments(user, today()) if one.role in LEVEL_OF_ROLE and one.area_code]
    found = [Authority(LEVEL_OF_ROLE[a.role], a.area_code, a.unit_name, a.deputy) for a in held]
    return sorted(found, key=lambda one: one.deputy)


def acting_on(letter: Letter, held: list[Authority]) -> Authority | None:
    """The authority by which this letter can be decided now, or None.

    Who heads the level above may act once the letter was escalated, in the name of the level below.
    """
    level = LEVEL_OF.get(State(letter.state))
    if level is None:
        return None
    for one in held:
        if one.level == level and one.area == unit_of(level, letter.rt_code):
            return replace(one, for_whom=head_words(level)) if one.deputy else one
    above = level_above(level) if letter.escalated_at else ""
    for one in held:
        if above and one.level == above and one.area == unit_of(above, letter.rt_code):
            return replace(one, for_whom=head_words(level))
    return None


def is_own(user: User, letter: Letter) -> bool:
    """Whether the letter is for the user or somebody on the same family card."""
    return letter.subject_id in own_people(user)


def own_people(user: User) -> set[UUID]:
    """The user's person and those on the same family card; read once per user object, that is once per request."""
    if user.person_id is None:
        return set()
    known: set[UUID] | None = user.__dict__.get("_own_people")
    if known is None:
        known = user.__dict__["_own_people"] = {user.person_id, *register.household_ids(user.person_id)}
    return known


def holders(level: str, rt_code: str) -> list[User]:
    """Everyone who decides for the unit of `level` around this RT today, heads before deputies."""
    rows = roster.holders(unit_of(level, rt_code), today(), ROLE_OF_LEVEL[level])
    return list({row.user_id: row.user for row in rows}.values())


def head_words(level: str) -> str:
    """The head of a level, as a person would say it."""
    return {"rt": _("Ketua RT"), "rw": _("Ketua RW"), "kelurahan": _("Kelurahan")}[level]
