"""Pages of finding people: the search, one person, one family card."""

from __future__ import annotations

from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from pasti.civil import queries
from pasti.civil.rules import nik
from pasti.civil.web.review_words import field_names, kind_names, way_names
from pasti.kernel.accounts.access import View, can, permission_required
from pasti.kernel.accounts.freshness import fresh_required
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.places import queries as places

PURPOSE = "civil.pelayanan"
SHORTEST = 3
SHOWN = ("sex", "religion", "education", "occupation", "marital_status", "blood_type", "citizenship")


class RevealForm(forms.Form):
    """Why the whole number is needed; the person reads it in Jejak Akses."""

    reason = forms.CharField(label=_("Untuk keperluan apa?"), max_length=150)


class DayForm(forms.Form):
    """A day in the past."""

    tanggal = forms.DateField(
        label=_("Keadaan pada tanggal"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def within_scope(permission: str, purpose: str = PURPOSE) -> Any:
    """A page for those with `permission`, done within their scope; what lies outside is not found."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with scoped(queries.scope_for(cast(User, request.user), purpose)):
                try:
                    return view(request, *args, **kwargs)
                except NotFound:
                    raise Http404 from None

        return permission_required(permission)(guarded)

    return decorate


@require_safe
@within_scope("civil.read")
def find(request: HttpRequest) -> HttpResponse:
    """Search people by name, number or address."""
    text = request.GET.get("q", "")[:80].replace("\x00", "").strip()
    context: dict[str, Any] = {"query": text, "short": 0 < len(text) < SHORTEST, "can_review": can(request.user, "civil.review"),
                               "can_dukcapil": can(request.user, "civil.dukcapil")}  # fmt: skip
    if len(text) >= SHORTEST:
        try:
            found = queries.find(text, cursor=request.GET.get("sesudah", "")[:400])
        except Refused:
            raise Http404 from None
        context |= {
            "rows": _rows(found.people), "searched": True,
            "odd_number": bool(found.asked.number) and len(found.asked.number) != nik.LENGTH,
            "next_url": f"?{urlencode({'q': text, 'sesudah': found.next})}" if found.next else "",
            "prev_url": f"?{urlencode({'q': text})}" if request.GET.get("sesudah") else "",
        }  # fmt: skip
    return render(request, "civil/review_people.html", context)


def _rows(people: list[Any]) -> list[tuple[Any, str, str, str]]:
    states = queries.code_names("status_dasar")
    where = {code: places.label(code) for code in {one.rt_code for one in people}}
    return [
        (one, nik.masked(one.nik or ""), where[one.rt_code], "" if one.status_dasar == 1 else states.get(one.status_dasar, ""))
        for one in people
    ]  # fmt: skip


@require_safe
@within_scope("civil.read")
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """What is known of one person, the family, what happened, and what was true on a day."""
    return _person_page(request, person_id, RevealForm())


@require_POST
@within_scope("civil.read")
@fresh_required
def reveal(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show the whole NIK once, for a reason that is recorded."""
    form = RevealForm(request.POST)
    if not form.is_valid():
        return _person_page(request, person_id, form)
    number = queries.revealed_nik(person_id, purpose=PURPOSE, reason=form.cleaned_data["reason"])
    return _person_page(request, person_id, RevealForm(), number)


def _person_page(request: HttpRequest, person_id: UUID, form: RevealForm, number: str = "") -> HttpResponse:
    one = queries.person(person_id)
    words, names = queries.words_of(one), field_names()
    day = DayForm(request.GET if request.GET.get("tanggal") else None)
    context = {
        "person": one, "masked": nik.masked(one.nik or ""), "number": number, "form": form, "day_form": day,
        "facts": [(names[field], words.get(field, "–")) for field in SHOWN],
        "place": places.label(one.rt_code), "state": "" if one.status_dasar == 1 else words.get("status_dasar", ""),
        "household": queries.household(one.pk), "happenings": queries.happenings(one), "kinds": kind_names(),
        "ways": way_names(), "then": queries.as_of(one, day.cleaned_data["tanggal"]) if day.is_valid() else None,
        "merged_from": one.pk != person_id, "today": today(), "can_dukcapil": can(request.user, "civil.dukcapil"),
        "specific": _specific(request, one.pk),
    }  # fmt: skip
    response = render(request, "civil/review_person.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


def _specific(request: HttpRequest, person_id: UUID) -> str:
    """Specific data, for the roles that need it only: an RT never sees it."""
    if not can(request.user, "civil.specific"):
        return ""
    return queries.specific_of(person_id, purpose=PURPOSE)


@require_safe
@within_scope("civil.read")
def family(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """One family card with its members."""
    household = queries.family(family_id)
    members = [(member, nik.masked(member.person.nik or "")) for member in household.members]
    context = {"household": household, "members": members, "place": places.label(household.rt_code)}
    return render(request, "civil/review_family.html", context)
