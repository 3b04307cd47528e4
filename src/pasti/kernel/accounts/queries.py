"""Who holds which role where: the roster of a unit, today and in the past."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from pasti.kernel.accounts.models import Assignment, User
from pasti.kernel.accounts.roles import ROLES
from pasti.kernel.accounts.scope import in_force
from pasti.kernel.accounts.services import in_force_or_coming
from pasti.kernel.context import current_actor


def holders(unit_code: str, day: dt.date, role: str = "") -> list[Assignment]:
    """Who holds `role` (any) at the unit on `day`, heads before deputies, with their users."""
    rows = Assignment.objects.select_related("user").filter(in_force(day), unit_code=unit_code)
    return list((rows.filter(role=role) if role else rows).order_by("deputy", "starts", "id"))


def holders_within(area: str, role: str, day: dt.date) -> list[Assignment]:
    """Who holds `role` on `day` at the units in `area`, by unit."""
    inside = Q(unit_code=area) | Q(unit_code__startswith=f"{area}.")
    rows = Assignment.objects.select_related("user").filter(in_force(day), inside, role=role)
    return list(rows.order_by("unit_code", "deputy", "starts", "id"))


def history(unit_code: str, role: str) -> QuerySet[Assignment]:
    """Everyone who ever held `role` at the unit, the latest first, to be paged."""
    return Assignment.objects.select_related("user").filter(unit_code=unit_code, role=role).order_by("-starts", "-id")


def coming(unit_code: str, day: dt.date, role: str) -> list[Assignment]:
    """Who will hold `role` at the unit after `day`: deputies appointed for later."""
    rows = Assignment.objects.select_related("user").filter(
        unit_code=unit_code, role=role, starts__gt=day, ended_at=None
    )
    return list(rows.order_by("starts", "id"))


def in_office(users: Iterable[UUID], day: dt.date) -> set[UUID]:
    """Which of these users hold a role that takes a second factor, on `day` or from a later day on."""
    free = [role.code for role in ROLES.values() if not role.second_factor]
    held = Assignment.objects.filter(in_force_or_coming(day), user__in=list(users)).exclude(role__in=free)
    return set(held.values_list("user_id", flat=True))


def is_own(person_id: UUID) -> bool:
    """Whether the person is the very one who acts: nobody is their own officer."""
    actor = current_actor().user_id
    return actor is not None and User.objects.filter(pk=actor, person_id=person_id).exists()
