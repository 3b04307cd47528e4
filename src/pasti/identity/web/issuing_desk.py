"""The counter where cards are activated: find the person, record what was seen, show the codes."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.civil import queries as register
from pasti.civil.rules import nik
from pasti.identity.models import Activation
from pasti.identity.queries import issuing_desk as queries
from pasti.identity.rules import oid4vci
from pasti.identity.services import issuing_codes as codes
from pasti.identity.services import issuing_desk as services
from pasti.identity.services.issuing_facts import PURPOSE
from pasti.identity.web import issuing_words as words
from pasti.identity.web.issuing_forms import SeenForm
from pasti.kernel.accounts.access import held_for
from pasti.kernel.accounts.doors import at_desk
from pasti.kernel.accounts.freshness import fresh_required
from pasti.kernel.accounts.models import User
from pasti.kernel.api.retries import done_before, remember
from pasti.kernel.errors import Refused
from pasti.kernel.places import queries as places

PERMISSION = "identity.activate"
SHORTEST = 3
counter = at_desk(PERMISSION, PURPOSE)


@require_safe
@counter
def home(request: HttpRequest) -> HttpResponse:
    """Find a person; what waits for a second officer; what I have begun."""
    text, officer = request.GET.get("q", "")[:80].replace("\x00", "").strip(), cast(User, request.user)
    context: dict[str, Any] = {"query": text, "short": 0 < len(text) < SHORTEST}
    if len(text) >= SHORTEST:
        try:
            found = register.find(text, cursor=request.GET.get("sesudah", "")[:400], purpose=PURPOSE)
        except Refused:
            raise Http404 from None
        context |= {
            "searched": True,
            "rows": [(one, nik.masked(one.nik or ""), places.label(one.rt_code)) for one in found.people],
            "next_url": f"?{urlencode({'q': text, 'sesudah': found.next})}" if found.next else "",
        }
    context |= {"waiting": queries.waiting(officer.pk), "own": queries.under_way(officer.pk)}
    return _private(render(request, "identity/issuing_desk.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@counter
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person's cards, and the form that begins an activation."""
    if request.method == "POST":
        return _begin(request, person_id)
    return _person(request, person_id, SeenForm(account_to_see=queries.account_to_see(person_id) is not None))


@fresh_required
def _begin(request: HttpRequest, person_id: UUID) -> HttpResponse:
    form = SeenForm(request.POST, account_to_see=queries.account_to_see(person_id) is not None)
    made = _begun(request, person_id, form) if form.is_valid() else None
    if made is not None:
        return redirect("identity:issuing_activation", activation_id=made)
    return _person(request, person_id, form)


def _person(request: HttpRequest, person_id: UUID, form: SeenForm) -> HttpResponse:
    one = register.person(person_id, purpose=PURPOSE)
    context = {
        "person": one, "masked": nik.masked(one.nik or ""), "place": places.label(one.rt_code), "form": form,
        "cards": [(card, *words.state(card), card.steps.all()[0]) for card in queries.cards_of(one.pk)],
        "second": services.issued_lately(one.pk), "key": request.POST.get("idempotency_key", ""),
    }  # fmt: skip
    return _private(render(request, "identity/issuing_person.html", context, status=422 if form.errors else 200))


@require_safe
@counter
def activation(request: HttpRequest, activation_id: UUID) -> HttpResponse:
    """Where an activation stands; to the officer who saw the person, the QR code."""
    shown = queries.activation(activation_id)
    one = shown.activation
    if request.headers.get("X-Poll"):
        return _moved(request, one)
    mine = one.officer_id == request.user.pk
    context = {
        "one": one,
        "person": shown.person,
        "stage": words.stage(one),
        "mine": mine,
        "document": words.document(one),
    }
    if mine and context["stage"] == "offered":
        context |= _codes(one)
    return _private(render(request, "identity/issuing_activation.html", context))


@require_safe
@counter
def tx_code(request: HttpRequest, activation_id: UUID) -> HttpResponse:
    """The six digits, on a page of their own: whoever photographs the QR does not have them."""
    shown = queries.activation(activation_id)
    one = shown.activation
    if one.officer_id != request.user.pk:
        raise Http404
    if request.headers.get("X-Poll"):
        return _moved(request, one)
    if words.stage(one) != "offered":
        return redirect("identity:issuing_activation", activation_id=one.pk)
    return _digits(request, shown)


@fresh_required  # the page that waits and asks whether the card was taken is not asked itself
def _digits(request: HttpRequest, shown: queries.Shown) -> HttpResponse:
    one = shown.activation
    digits = codes.tx_code(one.pk, one.round)
    context = {"one": one, "person": shown.person, "digits": f"{digits[:3]} {digits[3:]}", "spoken": " ".join(digits)}
    return _private(render(request, "identity/issuing_code.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@counter
def confirm(request: HttpRequest, activation_id: UUID) -> HttpResponse:
    """A second officer sees the person and agrees."""
    shown = queries.activation(activation_id)
    problem = ""
    if request.method == "POST":
        try:
            services.confirm(activation_id)
        except Refused as refusal:
            problem = refusal.message
        else:
            messages.success(request, _("Disetujui. Petugas pertama kini dapat menampilkan kodenya."))
            return redirect("identity:issuing_desk")
    context = {
        "one": shown.activation, "person": shown.person, "masked": nik.masked(shown.person.nik or ""), "problem": problem,
        "place": places.label(shown.person.rt_code), "document": words.document(shown.activation),
        "open": shown.activation.state == Activation.State.WAITING and shown.activation.officer_id != request.user.pk,
    }  # fmt: skip
    return _private(render(request, "identity/issuing_confirm.html", context, status=409 if problem else 200))


@require_POST
@counter
def offer(request: HttpRequest, activation_id: UUID) -> HttpResponse:
    """A fresh offer."""
    try:
        services.offer(activation_id)
    except Refused as refusal:
        if refusal.status == 404:
            raise Http404 from None
        messages.error(request, refusal.message)
    return redirect("identity:issuing_activation", activation_id=activation_id)


@require_POST
@counter
def cancel(request: HttpRequest, activation_id: UUID) -> HttpResponse:
    """Nothing is handed over."""
    services.cancel(activation_id)
    return redirect("identity:issuing_activation", activation_id=activation_id)


def _begun(request: HttpRequest, person_id: UUID, form: SeenForm) -> str | None:
    user, key, given = cast(User, request.user), request.POST.get("idempotency_key", ""), form.cleaned_data
    unit = held_for(user, PERMISSION)[0]
    seen = services.Seen(given["document"], given["mode"], given["device"], given["note"], given.get("account", False))
    try:
        with transaction.atomic():
            made = done_before(user.pk, key, "identity.web.begin")
            if not made:
                made = str(services.begin(person_id, seen, services.Desk(unit.unit_code, unit.unit_name)).pk)
                remember(user.pk, key, made)
            return made
    except Refused as refusal:
        if refusal.status == 404:
            raise
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None


def _codes(one: Activation) -> dict[str, str]:
    """What the QR codes say: a link that a telephone's camera opens, and the standard's link for other wallets."""
    place = f"{settings.PASTI_BASE_URL}/id/oid4vci/offer/{codes.code(codes.OFFER, one.pk, one.round)}"
    link = oid4vci.offer_link(place)
    return {"link": link, "camera": f"{settings.PASTI_BASE_URL}/id/dompet/?{link.partition('?')[2]}"}


def _moved(request: HttpRequest, one: Activation) -> HttpResponse:
    """The answer to a page that waits: nothing, or that it should look again."""
    said = f"{words.stage(one)}-{one.round}"
    answer = HttpResponse(status=204)
    if said != request.GET.get("dari", ""):
        answer = HttpResponse(headers={"X-Done": "1"})
    return _private(answer)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
