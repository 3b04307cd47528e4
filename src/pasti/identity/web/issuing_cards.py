"""Stopping a card: by the officer on the telephone or at the counter, by the holder from any browser."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.identity.models import Card
from pasti.identity.queries import issuing_desk as queries
from pasti.identity.services import issuing_cards as services
from pasti.identity.services.issuing_facts import PURPOSE
from pasti.identity.services.levels import SEEN
from pasti.identity.web import issuing_words as words
from pasti.identity.web.issuing_desk import counter
from pasti.identity.web.issuing_forms import RevokeForm
from pasti.kernel.accounts.access import actor_for, level_required, signed_in
from pasti.kernel.accounts.freshness import fresh_required
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.context import become
from pasti.kernel.errors import NotFound, Refused


@require_POST
@counter
def suspend(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """The person says on the telephone that the device is lost: at once."""
    card = services.suspend(card_id)
    messages.success(request, _("Ditangguhkan. Mulai sekarang setiap pemeriksa melihat kartu itu tidak berlaku."))
    return redirect("identity:issuing_person", person_id=card.person_id)


@require_POST
@counter
def resume(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """The person came back with the device."""
    card = services.get(card_id)
    try:
        services.resume(card.pk)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Kartu berlaku lagi."))
    return redirect("identity:issuing_person", person_id=card.person_id)


@require_http_methods(["GET", "HEAD", "POST"])
@counter
def revoke(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """Say why, then the card has ended."""
    card, form = services.get(card_id), RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.revoke(card.pk, form.cleaned_data["why"])
        messages.success(request, _("Kartu dicabut."))
        return redirect("identity:issuing_person", person_id=card.person_id)
    return render(
        request, "identity/issuing_revoke.html", {"card": card, "form": form}, status=422 if form.errors else 200
    )


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """Kartu Warga Digital saya: devices, state, what happened, and the button for a loss."""
    cards = queries.own(cast(User, request.user))
    rows = [(card, *words.state(card), [(one, words.step(one)) for one in card.steps.all()]) for card in cards]
    context = {"rows": rows, "valid": [one for one in cards if one.state == Card.State.VALID],
               "known": cast(User, request.user).person_id is not None}  # fmt: skip
    response = render(request, "identity/issuing_mine.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@signed_in
def lost(request: HttpRequest) -> HttpResponse:
    """A device of mine is lost, or all: suspended at once."""
    holder = _holder(request)
    with scoped(Scope.of_person(holder, PURPOSE)):
        wished = request.POST.get("kartu", "")
        try:
            services.report_loss(holder, UUID(wished) if wished else None)
        except ValueError:
            raise Http404 from None
    messages.success(request, _("Kartu ditangguhkan saat ini juga. Ketemu lagi? Datang ke kelurahan dengan KTP-el; petugas "
                                "memberlakukannya kembali."))  # fmt: skip
    return redirect("identity:issuing_mine")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def give_up(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """I want a card of mine to end."""
    with scoped(Scope.of_person(_holder(request), PURPOSE)):
        try:
            card = services.get(card_id)
        except NotFound:
            raise Http404 from None
        return _ended(request, card)


@level_required(SEEN)
@fresh_required
def _ended(request: HttpRequest, card: Card) -> HttpResponse:
    """For good: not for an account that somebody else could have made online, nor on a telephone left lying about."""
    if request.method == "POST":
        services.revoke(card.pk, Card.Why.OWN_WISH)
        messages.success(request, _("Kartu dicabut."))
        return redirect("identity:issuing_mine")
    return render(request, "identity/issuing_revoke.html", {"card": card, "own": True})


def _holder(request: HttpRequest) -> UUID:
    """Who the signed-in resident is in the register; from here on acting as a resident, even when an officer too."""
    user = cast(User, request.user)
    if user.person_id is None:
        raise Http404
    become(actor_for(user, "warga"))
    return user.person_id
