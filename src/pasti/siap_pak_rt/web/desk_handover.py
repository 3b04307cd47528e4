"""The kelurahan's roster: who heads each RT and RW, who stands in, and handing an office over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from pasti.civil import queries as register
from pasti.identity.services.levels import is_seen
from pasti.kernel.accounts import queries as roster
from pasti.kernel.accounts.models import User
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.services import desk_deputies, desk_handover
from pasti.siap_pak_rt.web.desk_access import act_at, at_desk, may, paged, unit_of
from pasti.siap_pak_rt.web.desk_forms import day_field

HAND_OVER, PURPOSE = "siap_pak_rt.hand_over", "siap_pak_rt.serah_terima"
SHORTEST = 3


class DeputyForm(forms.Form):
    """Who stands in, from when until when."""

    user = forms.UUIDField(widget=forms.HiddenInput)
    starts = day_field(gettext_lazy("Mulai"))
    ends = day_field(gettext_lazy("Hari terakhir"))


@require_safe
@at_desk(HAND_OVER, PURPOSE)
def overview(request: HttpRequest) -> HttpResponse:
    """RW by RW: each unit with its head, or that it has none."""
    unit = unit_of(request, HAND_OVER)
    held: dict[str, list[Any]] = {}
    for role in ("ketua_rt", "ketua_rw"):
        for one in roster.holders_within(unit.area_code, role, today()):
            held.setdefault(one.unit_code, []).append(one)
    wished = request.GET.get("rw", "")
    rws = list(places.within(unit.area_code, "rw"))
    rw = next((one for one in rws if one.code == wished), rws[0] if rws else None)
    rows = [(place, held.get(place.code, [])) for place in places.within(rw.code)] if rw else []
    return render(request, "siap_pak_rt/desk_roster.html", {"unit": unit, "rws": rws, "rw": rw, "rows": rows})


@require_safe
@at_desk(HAND_OVER, PURPOSE)
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """One unit: its head, deputies and all who held it; and finding who comes next by name or NIK."""
    return _page(request, code, DeputyForm(initial={"starts": today()}))


@require_POST
@at_desk(HAND_OVER, PURPOSE)
def hand_over(request: HttpRequest, code: str) -> HttpResponse:
    """The office passes to this user now."""
    _here(request, code)
    try:
        given = desk_handover.hand_over(code, _user(request))
    except NotFound:
        raise
    except Refused as refusal:
        form = DeputyForm({"user": request.POST.get("user", ""), "starts": today(), "ends": today()})
        form.add_error(None, refusal.message)
        return _page(request, code, form)
    messages.success(request, _("%(name)s sekarang mengetuai wilayah ini.") % {"name": given.user.name})
    return redirect("siap_pak_rt:desk_unit", code=code)


@require_POST
@at_desk(HAND_OVER, PURPOSE)
def vacate(request: HttpRequest, code: str) -> HttpResponse:
    """The office ends now; nobody holds it."""
    _here(request, code)
    desk_handover.vacate(code)
    messages.success(request, _("Jabatan berakhir saat ini juga."))
    return redirect("siap_pak_rt:desk_unit", code=code)


@require_POST
@at_desk(HAND_OVER, PURPOSE)
def appoint(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody stands in for the head from a day to a day."""
    _here(request, code)
    form = DeputyForm(request.POST)
    if form.is_valid():
        try:
            asked = form.cleaned_data
            desk_deputies.appoint(code, _user(request), starts=asked["starts"], ends=asked["ends"])
            messages.success(request, _("Pengganti ditetapkan."))
            return redirect("siap_pak_rt:desk_unit", code=code)
        except NotFound:
            raise
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return _page(request, code, form)


@require_POST
@at_desk(HAND_OVER, PURPOSE)
def dismiss(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """The deputy's days end now."""
    desk_deputies.dismiss(assignment_id)
    messages.success(request, _("Masa pengganti berakhir saat ini juga."))
    back = request.POST.get("kembali", "")
    return redirect(back if back.startswith("/siap-pak-rt/") else "/siap-pak-rt/")


def _page(request: HttpRequest, code: str, form: DeputyForm) -> HttpResponse:
    _here(request, code)
    role, query = desk_deputies.unit_role(code), (request.GET.get("q") or request.POST.get("q", ""))[:80].strip()
    holders = roster.holders(code, today(), role)
    past, links = paged(request, roster.history(code, role), ("-starts", "-id"))
    context = {
        "code": code, "place": places.label(code), "heads": [one for one in holders if not one.deputy],
        "deputies": [one for one in [*holders, *roster.coming(code, today(), role)] if one.deputy],
        "past": past, "query": query, "found": _candidates(query), "short": 0 < len(query) < SHORTEST, "form": form,
        "today": today(), **links,
    }  # fmt: skip
    return render(request, "siap_pak_rt/desk_unit.html", context, status=422 if form.errors else 200)


def _candidates(query: str) -> list[tuple[Any, User | None, bool]]:
    """Residents of the kelurahan by name or NIK, with their account if they have one, and whether they were seen."""
    if len(query) < SHORTEST:
        return []
    found = register.search(query, limit=10, purpose=PURPOSE)
    users = {
        user.person_id: user for user in User.objects.filter(person_id__in=[one.pk for one in found], is_active=True)
    }
    return [(one, user, user is not None and is_seen(user)) for one in found for user in [users.get(one.pk)]]


def _user(request: HttpRequest) -> User:
    """The account chosen; only of a resident within the scope, as the search offers them."""
    try:
        wished = UUID(request.POST.get("user", ""))
    except ValueError:
        raise Http404 from None
    user = User.objects.filter(pk=wished, is_active=True, person_id__isnull=False).first()
    if user is None or user.person_id is None or not register.people().filter(pk=user.person_id).exists():
        raise Http404
    return user


def _here(request: HttpRequest, code: str) -> None:
    if not may(request, HAND_OVER, code):
        raise Http404
    act_at(request, HAND_OVER, code)
