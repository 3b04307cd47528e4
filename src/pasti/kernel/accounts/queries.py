"""Who holds which role where: the roster of a unit, today and in the past."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from pasti.kernel.accounts.models import Assignment
from pasti.kernel.accounts.scope import in_force


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
