"""The families of the unit, one card with its people, and the button that says it is still so."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pasti.civil import queries as register
from pasti.civil import services as civil
from pasti.civil.queries import families
from pasti.civil.rules.peristiwa import age_on
from pasti.kernel.clock import today
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.queries import desk
from pasti.siap_pak_rt.web.desk_access import act_at, at_desk, may, paged, unit_of
from pasti.siap_pak_rt.web.desk_words import STATES, kind_name

DESK, VERIFY, PURPOSE = "siap_pak_rt.desk", "siap_pak_rt.verify", "siap_pak_rt.keluarga"


def a_year_ago(day: dt.date) -> dt.date:
    """The same day a year before; 28 February for 29 February."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


@require_safe
@at_desk(DESK, PURPOSE)
def listing(request: HttpRequest) -> HttpResponse:
    """Families by their head's name: search by name, NIK, card or street; or only those not looked at for a year."""
    unit, query, old = unit_of(request, DESK), request.GET.get("q", "")[:80].strip(), request.GET.get("lihat") == "lama"
    since = a_year_ago(today())
    rows = families.families(area=unit.area_code, search=query, unverified_since=since if old else None)
    found, links = paged(request, rows, ("head_name", "id"))
    shown = [
        (one, one.verified_on is not None and one.verified_on >= since)
        for one in families.listed(found, purpose=PURPOSE)
    ]
    return render(request, "siap_pak_rt/desk_families.html",
                  {"rows": shown, "unit": unit, "query": query, "old": old, **links})  # fmt: skip


@require_safe
@at_desk(DESK, PURPOSE)
def sojourners(request: HttpRequest) -> HttpResponse:
    """Residents without a card here: those who live here for a while."""
    unit = unit_of(request, DESK)
    found, links = paged(request, register.people(area=unit.area_code).filter(residency=2), ("name_search", "id"))
    register.listed(found, purpose=PURPOSE)
    return render(request, "siap_pak_rt/desk_sojourners.html", {"rows": found, "unit": unit, **links})


@require_safe
@at_desk(DESK, PURPOSE)
def card(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """One family in words, what was reported of it, and what can be done."""
    home = families.card(family_id, purpose=PURPOSE)
    day = today()
    marital = register.code_names("status_kawin")
    members = [
        (one, age_on(one.person.birth_date, day), marital.get(one.person.marital_status, "").capitalize())
        for one in home.members
    ]
    people = [one.person.pk for one in home.members]
    context = {
        "home": home, "members": members, "place": places.label(home.rt_code),
        "head": home.members[0].person.name if home.members else home.family.number,
        "reports": [(one, kind_name(one.kind), STATES[one.state]) for one in desk.about(people)],
        "fresh": home.family.verified_on is not None and home.family.verified_on >= a_year_ago(day),
        "can_verify": may(request, VERIFY, home.rt_code), "can_report": may(request, "siap_pak_rt.report", home.rt_code),
        "today": day,
    }  # fmt: skip
    return render(request, "siap_pak_rt/desk_card.html", context)


@require_POST
@at_desk(VERIFY, PURPOSE)
def verify(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Still so: the card counts as looked at today."""
    home = families.card(family_id, purpose=PURPOSE)
    act_at(request, VERIFY, home.rt_code)
    civil.verify_family(family_id, purpose=PURPOSE)
    messages.success(request, _("Tercatat: data keluarga ini masih benar hari ini."))
    return redirect("siap_pak_rt:desk_card", family_id=family_id)
