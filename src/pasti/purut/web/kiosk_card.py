"""At the kiosk by the Digital Resident Card: the kiosk shows a code, the wallet on the phone answers with the NIK."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from pasti.identity.queries import wallet as cards
from pasti.identity.services import verifying
from pasti.kernel.context import acting_as
from pasti.kernel.errors import NotFound, Refused
from pasti.purut.queries import day as day_queries
from pasti.purut.web.kiosk import CARD, found, nothing
from pasti.purut.web.kiosk_device import KIOSK, clerk_of, on_kiosk


@require_POST
@on_kiosk
def ask(request: HttpRequest) -> HttpResponse:
    """A new question, in the name of the desk whose clerk set the kiosk up."""
    clerk = clerk_of(request)
    try:
        if clerk is not None:
            return redirect("purut:kiosk_card", pk=verifying.ask(clerk, CARD[0]).pk)
    except Refused:  # the clerk works elsewhere now, or the hospital may no longer ask
        pass
    return redirect("purut:kiosk")


@require_safe
@on_kiosk
def card(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The code while nobody has answered; then what its holder has here today, once: what was shown is dropped."""
    clerk = clerk_of(request)
    try:
        asked = cards.question(clerk, pk, CARD) if clerk else None
    except NotFound:
        asked = None
    if asked is None:
        return redirect("purut:kiosk")
    if request.headers.get("X-Poll"):
        answer = render(request, "purut/kiosk_waiting.html", {"asked": asked})
        if asked.over:
            answer["X-Done"] = "1"
        return answer
    if not asked.over:
        return render(request, "purut/kiosk_card.html", {"asked": asked, "pk": pk})
    nik = str(asked.shown.get("nik", ""))
    if clerk is not None:
        verifying.done(clerk, pk)
    with acting_as(KIOSK):
        rows = day_queries.today_of_nik(nik) if nik else []
    return found(request, rows) if rows else nothing(request)
