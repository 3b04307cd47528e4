"""A place kept for a patient: take it or leave it, in one tap; and leaving a waiting list."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pasti.kernel.accounts.access import permission_required, require, to_sign_in
from pasti.kernel.errors import NotFound, Refused
from pasti.purut import queries, services
from pasti.purut.models import Antrean
from pasti.purut.queries import day as day_queries
from pasti.purut.rules.states import State
from pasti.purut.web.patient import is_mine, shown_to
from pasti.purut.web.wording import STATES

ANSWERS = {"terima": services.accept, "lepas": services.refuse}


@require_http_methods(["GET", "POST"])
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """What is offered instead of what; two buttons for whose it is. It names nobody, like the number's own page."""
    one = shown_to(request, code)
    if request.method == "POST":
        return _answer(request, one)
    context = {
        "antrean": one, "label": queries.label_of(one), "window": queries.window_of(one), "state": STATES[State(one.state)],
        "name": queries.poli_name(one.poli), "open": one.state == State.HELD, "mine": is_mine(request, one),
    }  # fmt: skip
    return render(request, "purut/offer.html", context)


def _answer(request: HttpRequest, one: Antrean) -> HttpResponse:
    if not request.user.is_authenticated:
        return to_sign_in(request)
    require(request.user, "purut.book")
    answer = ANSWERS.get(request.POST.get("jawaban", ""))
    if answer is None or not is_mine(request, one):
        raise Http404
    try:
        answer(one)
    except Refused as refusal:
        return render(request, "purut/refused.html", {"refusal": refusal, "code": one.code}, status=refusal.status)
    return redirect("purut:antrean", code=one.code)


@require_POST
@permission_required("purut.book")
def leave(request: HttpRequest, tunggu_id: int) -> HttpResponse:
    """Wait no longer."""
    try:
        row = day_queries.waiting(tunggu_id)
    except NotFound:
        raise Http404 from None
    if not is_mine(request, row):
        raise Http404
    services.leave(row)
    row.refresh_from_db()
    if (
        row.antrean is not None and row.antrean.state == State.HELD
    ):  # a place was offered just now: that is to be answered
        return redirect("purut:offer", code=row.antrean.code)
    messages.info(request, _("Anda tidak lagi di daftar tunggu."))
    return redirect("purut:mine")
