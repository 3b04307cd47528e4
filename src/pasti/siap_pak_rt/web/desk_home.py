"""The first page of SIAP PAK RT: the RT's day at a glance; for others what they can do here."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pasti.civil import queries as register
from pasti.civil.queries import families
from pasti.kernel.accounts.access import can, held_for
from pasti.kernel.accounts.models import Assignment, User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.clock import today
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.queries import desk
from pasti.siap_pak_rt.web.desk_access import at_desk, unit_of
from pasti.siap_pak_rt.web.desk_families import a_year_ago
from pasti.siap_pak_rt.web.desk_words import STATES, kind_name

DESK, PURPOSE = "siap_pak_rt.desk", "siap_pak_rt.keluarga"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """By who comes: a stranger reads what this is, a resident finds the family, an official the unit."""
    if not request.user.is_authenticated:
        return render(request, "siap_pak_rt/desk_about.html")
    user = request.user
    units = [one for one in held_for(user, DESK) if one.area_code]
    if units and request.GET.get("sebagai") != "warga":
        response: HttpResponse = _unit(request)
        return response
    return _resident(request, user, bool(units))


@at_desk(DESK, PURPOSE)
def _unit(request: HttpRequest) -> HttpResponse:
    unit = unit_of(request, DESK)
    day = today()
    numbers = families.numbers(unit.area_code, today=day, unverified_since=a_year_ago(day))
    waiting = desk.waiting(unit.area_code, today=day, role=unit.role)
    context = {
        "unit": unit, "units": [one for one in held_for(cast(User, request.user), DESK) if one.area_code],
        "total": _sum(numbers, waiting), "ages": _ages(numbers), "is_rt": unit.role == "ketua_rt",
        "can_decide": can(request.user, "siap_pak_rt.decide") and unit.role == "kelurahan",
        "can_hand_over": unit.role == "kelurahan", "today": day,
    }  # fmt: skip
    if unit.role != "ketua_rt":
        context["parts"] = _parts(unit, numbers, waiting)
    return render(request, "siap_pak_rt/desk_home.html", context)


def _sum(numbers: list[families.Numbers], waiting: dict[str, desk.Waiting]) -> dict[str, Any]:
    """Everything of the unit added up."""
    total: dict[str, Any] = {"people": 0, "women": 0, "families": 0, "unverified": 0, "temporary": 0}
    month: dict[str, int] = defaultdict(int)
    for one in numbers:
        for name in total:
            total[name] += getattr(one, name)
        for kind, count in one.month.items():
            month[kind] += count
    for name in asdict(desk.Waiting()):
        total[name] = sum(getattr(one, name) for one in waiting.values())
    total |= {"birth": month["birth"], "death": month["death"], "arrived": month["move_in"], "gone": month["move_out"]}
    total["nobody_told"] = total["overdue"] + total["unreported_rooms"]
    return total


def _ages(numbers: list[families.Numbers]) -> list[tuple[str, int]]:
    """Residents by age for the chart."""
    sums = [sum(one.ages[at] for one in numbers) for at in range(len(families.AGES))]
    names = [f"{low}–{high}" if high < 200 else f"{low}+" for low, high in families.AGES]
    return list(zip(names, sums, strict=True))


def _parts(unit: Assignment, numbers: list[families.Numbers], waiting: dict[str, desk.Waiting]) -> list[dict[str, Any]]:
    """The units directly inside, each with its sums: RTs of an RW, RWs of a kelurahan, kelurahan of the city."""
    inside: dict[str, dict[str, Any]] = {}
    level = {"ketua_rw": 6, "kelurahan": 5}.get(unit.role, 4)
    names = {one.code: one.name for one in places.within(unit.area_code) if len(one.code.split(".")) == level}
    for code, name in names.items():
        rows = [one for one in numbers if f"{one.rt_code}.".startswith(f"{code}.")]
        if rows:
            inside[code] = _sum(rows, {rt: one for rt, one in waiting.items() if f"{rt}.".startswith(f"{code}.")})
            inside[code] |= {"name": name, "code": code}
    return list(inside.values())


def _resident(request: HttpRequest, user: User, also_official: bool) -> HttpResponse:
    """My family, what was reported of it, my houses, and what I can do."""
    context: dict[str, Any] = {"also_official": also_official}
    if user.person_id and can(user, "siap_pak_rt.own"):
        with scoped(register.scope_for(user, PURPOSE)):
            context["home"] = register.household(user.person_id, purpose=PURPOSE)
            people = register.household_ids(user.person_id) or [user.person_id]
            context["reports"] = [(one, kind_name(one.kind), STATES[one.state]) for one in desk.about(people)]
            context["houses"] = desk.houses()
    return render(request, "siap_pak_rt/desk_resident.html", context)
