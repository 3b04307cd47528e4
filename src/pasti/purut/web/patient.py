"""Pages of the patient: find a clinic, book, see the number."""

from __future__ import annotations

import itertools
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pasti.civil import queries as register
from pasti.kernel.accounts.access import can, permission_required
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound, Refused
from pasti.purut import queries, services
from pasti.purut.models import Antrean, Poli, Tunggu
from pasti.purut.queries import day as day_queries
from pasti.purut.queries.line import TO_CALL
from pasti.purut.rules.states import State
from pasti.purut.services.steps import topic
from pasti.purut.web.forms import BookingForm
from pasti.purut.web.once import once
from pasti.purut.web.wording import STATES, kind_of_resep

PURPOSE = "purut.registration"
PAGE = 20


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Find a clinic by daily words, or from the list."""
    query = request.GET.get("q", "")[:80].strip()
    found = [one for one, _score in queries.find_polis(query)] if query else queries.polis()
    context = {
        "query": query,
        "polis": [(one, queries.poli_name(one)) for one in found],
        "hospital": queries.hospital(),
    }
    return render(request, "purut/home.html", context)


@require_safe
def poli(request: HttpRequest, code: str) -> HttpResponse:
    """A clinic's coming sessions, day by day, with the places left."""
    one = _found(code)
    rows = queries.offers(queries.sessions(poli_code=one.pk)[:60])
    days = [(day, list(group)) for day, group in itertools.groupby(rows, key=lambda offer: offer.sesi.date)]
    return render(request, "purut/poli.html", {"poli": one, "name": queries.poli_name(one), "days": days})


@require_http_methods(["GET", "POST"])
@permission_required("purut.book")
def book(request: HttpRequest, sesi_id: int) -> HttpResponse:
    """Choose for whom and book. Sending the form again shows the booking made the first time."""
    user = cast(User, request.user)
    try:
        offer = queries.offer(sesi_id)
    except NotFound:
        raise Http404 from None
    with scoped(register.scope_for(user, PURPOSE)):
        household = register.household(user.person_id, purpose=PURPOSE) if user.person_id else None
        people = _people(user, household)
        form = BookingForm(request.POST or None, people=people)
        if request.method == "POST" and form.is_valid():
            if "tunggu" in request.POST:
                if _join(request, form, sesi_id):
                    return redirect("purut:mine")
            elif antrean := _book(request, form, sesi_id):
                return redirect("purut:antrean", code=antrean)
    context = {
        "offer": offer,
        "form": form,
        "name": queries.poli_name(offer.sesi.poli),
        "key": request.POST.get("idempotency_key", ""),
        "full": offer.open and not (offer.left_jkn and offer.left_nonjkn),
    }
    return render(request, "purut/book.html", context, status=422 if form.errors else 200)


@require_safe
def antrean(request: HttpRequest, code: str) -> HttpResponse:
    """The number, the window, where it stands. Whoever holds the code may see this; only the household reads whose it is."""
    one = shown_to(request, code)
    live = bool(request.headers.get("X-Live"))  # the part that is fetched again and again says no name
    context = {
        "antrean": one, "label": queries.label_of(one), "window": queries.window_of(one), "ahead": queries.ahead_of(one),
        "name": queries.poli_name(one.poli), "state": STATES[State(one.state)], "mine": is_mine(request, one),
        "can_cancel": day_queries.may_cancel(one), "url": request.build_absolute_uri(),
        "after": queries.board_position(one.poli_id), "topic": topic(one.poli_id), "to_call": TO_CALL,
        "coming": one.state in TO_CALL, "resep": _pharmacy(one), "patient": "" if live else _name_for(request, one),
    }  # fmt: skip
    template = "purut/antrean_state.html" if live else "purut/antrean.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@permission_required("purut.book")
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Give the place back, after asking once: a number that is gone does not come back."""
    one = by_code(code)
    if not is_mine(request, one):
        raise Http404
    if request.method != "POST":
        if not day_queries.may_cancel(one):
            return redirect("purut:antrean", code=one.code)
        context = {"antrean": one, "label": queries.label_of(one), "name": queries.poli_name(one.poli),
                   "patient": _name_for(request, one)}  # fmt: skip
        return render(request, "purut/cancel.html", context)
    try:
        services.cancel(one, by_patient=not can(request.user, "purut.register"))
    except Refused as refusal:
        return render(request, "purut/refused.html", {"refusal": refusal, "code": one.code}, status=refusal.status)
    return redirect("purut:antrean", code=one.code)


@require_safe
@permission_required("purut.book")
def mine(request: HttpRequest) -> HttpResponse:
    """My registrations and those of my family, newest first."""
    user = cast(User, request.user)
    people = queries.own_people(user)
    rows = queries.of_people(people, user.pk)
    before = request.GET.get("sebelum", "")
    if before.isdecimal() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    shown = list(rows.order_by("-id")[: PAGE + 1])
    more = "?" + urlencode({"sebelum": shown[PAGE - 1].pk}) if len(shown) > PAGE else ""
    queries.record_kin(user, shown[:PAGE])
    listed = [
        (one, queries.label_of(one), STATES[State(one.state)], queries.poli_name(one.poli)) for one in shown[:PAGE]
    ]
    waits = [] if before else day_queries.waiting_of(people, user.pk)
    context = {
        "rows": listed, "next_url": more, "prev_url": "?" if before else "",
        "waits": [(one, queries.poli_name(one.sesi.poli)) for one in waits],
    }  # fmt: skip
    return render(request, "purut/mine.html", context)


def _book(request: HttpRequest, form: BookingForm, sesi_id: int) -> str:
    """The code of the booking, the same for the same form; empty when refused, with the reason at its field."""
    wanted = _wanted(form.cleaned_data)
    try:
        return once(request, "purut.web.book", lambda: services.book(sesi_id=sesi_id, **wanted).code, (sesi_id, wanted))
    except Refused as refusal:
        _say(form, refusal)
        return ""


def _join(request: HttpRequest, form: BookingForm, sesi_id: int) -> bool:
    """Put the patient on the waiting list; False when refused, with the reason on the form."""
    try:
        services.join(sesi_id=sesi_id, **_wanted(form.cleaned_data))
    except Refused as refusal:
        _say(form, refusal)
        return False
    messages.success(request, _("Anda di daftar tunggu. Kami memberi tahu begitu ada tempat."))
    return True


def _wanted(asked: dict[str, Any]) -> dict[str, Any]:
    terms = {name: asked[name] for name in ("payer", "visit_kind", "referral_no")}
    return {"patient": UUID(asked["person"]), "channel": "web", **terms}


def _say(form: BookingForm, refusal: Refused) -> None:
    field = "person" if refusal.field == "patient" else refusal.field
    form.add_error(field if field in form.fields else None, refusal.message)


def _people(user: User, household: register.Household | None) -> list[tuple[UUID, str]]:
    """The user first, then the others on the family card."""
    if user.person_id is None:
        return []
    rows = [(m.person.pk, m.person.name) for m in household.members if m.person.status_dasar == 1] if household else []
    own = [(pk, _("%(name)s (saya)") % {"name": name}) for pk, name in rows if pk == user.person_id]
    return (own or [(user.person_id, user.name)]) + [row for row in rows if row[0] != user.person_id]


def is_mine(request: HttpRequest, one: Antrean | Tunggu) -> bool:
    """Whether the caller booked it, is its patient or kin on the family card, or works at the counter."""
    user = request.user
    if not user.is_authenticated:
        return False
    kin = one.patient.person_id in queries.own_people(user)
    return bool(one.booked_by == user.pk or kin or can(user, "purut.register"))


def _pharmacy(one: Antrean) -> str:
    """The number at the pharmacy in words; empty when the registration is not there."""
    resep = day_queries.pharmacy_number(one)
    return f"{kind_of_resep(resep.kind)} {resep.number}" if resep else ""


def _name_for(request: HttpRequest, one: Antrean) -> str:
    """Whose number it is, for who booked it and for the household; empty for everybody else. A look at kin is traced."""
    user = request.user
    if not user.is_authenticated or not (one.booked_by == user.pk or one.patient.person_id in queries.own_people(user)):
        return ""
    queries.record_kin(user, [one])
    return one.patient.name


def _found(code: str) -> Poli:
    try:
        return queries.poli(code)
    except NotFound:
        raise Http404 from None


def shown_to(request: HttpRequest, code: str) -> Antrean:
    """The registration for whoever holds its code; once its day is over only for whose it is, and for the hospital.

    A code tried at random then finds a visit of these weeks at most, not one of a million of the past.
    """
    one = by_code(code)
    if one.date < today() and not is_mine(request, one) and not can(request.user, "purut.queue"):
        raise Http404
    return one


def by_code(code: str) -> Antrean:
    """The registration, or the page that says there is none."""
    try:
        return queries.by_code(code)
    except NotFound:
        raise Http404 from None
