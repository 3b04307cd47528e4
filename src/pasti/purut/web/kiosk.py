"""The kiosk in the hall: type or scan the code, or type the NIK; check in; print the ticket.

A device becomes a kiosk when a clerk sets it up; it then holds a signed cookie and no account. Elsewhere the page does
nothing, so nobody checks in from home and nobody tries out NIK from afar. On the kiosk tries are limited as well.
"""

from __future__ import annotations

import time

from django.contrib.auth import logout
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pasti.kernel.accounts.access import permission_required
from pasti.kernel.accounts.addresses import address_of
from pasti.kernel.api.limits import TokenBucket
from pasti.kernel.context import Actor, acting_as
from pasti.kernel.errors import NotFound, Refused
from pasti.purut import queries, services
from pasti.purut.models import Antrean
from pasti.purut.queries import day as day_queries
from pasti.purut.rules.states import State
from pasti.purut.rules.words import initials
from pasti.purut.web.forms import KioskForm
from pasti.purut.web.wording import STATES, priorities

COOKIE, SALT, DAYS = "purut_anjungan", "purut.anjungan", 180
KIOSK = Actor(None, "Anjungan mandiri", "sistem", "")
CLAIMED = ("", "hamil", "disabilitas")  # what one may say of oneself; an emergency goes to the nurse
_tries = TokenBucket(rate=0.5, burst=20)


@require_POST
@permission_required("purut.register")
def set_up(request: HttpRequest) -> HttpResponse:
    """Make this device a kiosk and sign the clerk out of it."""
    answer = redirect("purut:kiosk")
    logout(request)
    answer.set_signed_cookie(
        COOKIE, "1", salt=SALT, max_age=DAYS * 86400, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return answer


@require_http_methods(["GET", "POST"])
def kiosk(request: HttpRequest) -> HttpResponse:
    """Find today's registrations by code or NIK; shows numbers and initials only."""
    if not _is_kiosk(request):
        return render(request, "purut/kiosk_closed.html", status=403)
    form, found = KioskForm(request.POST or None), []
    if request.method == "POST" and form.is_valid():
        if _tries.take(address_of(request), time.monotonic()):
            form.add_error(None, _("Terlalu banyak percobaan. Tunggu sebentar atau ke loket."))
        else:
            found = _found(form.cleaned_data["asked"])
            if not found:
                form.add_error("asked", _("Tidak ada antrean hari ini untuk itu. Silakan ke loket."))
    rows = [(one, queries.label_of(one), queries.poli_name(one.poli), initials(one.patient.name),
             STATES[State(one.state)]) for one in found]  # fmt: skip
    context = {"form": form, "rows": rows, "claims": [(key, priorities()[key]) for key in CLAIMED]}
    return render(request, "purut/kiosk.html", context, status=422 if form.errors else 200)


@require_POST
def check_in(request: HttpRequest, code: str) -> HttpResponse:
    """Check in at the kiosk and show the ticket, which prints on 58 mm paper."""
    if not _is_kiosk(request):
        return render(request, "purut/kiosk_closed.html", status=403)
    try:
        one = queries.by_code(code)
    except NotFound:
        raise Http404 from None
    refused = ""
    with acting_as(KIOSK):
        try:
            services.arrive(one, request.POST.get("priority", "") if request.POST.get("priority") in CLAIMED else "")
        except Refused as refusal:
            refused = refusal.message
    context = {
        "antrean": one, "label": queries.label_of(one), "window": queries.window_of(one), "refused": refused,
        "name": queries.poli_name(one.poli), "new": one.state == State.ADMISSION,
    }  # fmt: skip
    return render(request, "purut/kiosk_ticket.html", context, status=409 if refused else 200)


def _is_kiosk(request: HttpRequest) -> bool:
    try:
        return bool(request.get_signed_cookie(COOKIE, salt=SALT, max_age=DAYS * 86400))
    except (KeyError, signing.BadSignature):
        return False


def _found(asked: str) -> list[Antrean]:
    if asked.isdecimal() and len(asked) == 16:
        with acting_as(KIOSK):
            return day_queries.today_of_nik(asked)
    try:
        one = queries.by_code(asked)
    except NotFound:
        return []
    return [one] if one.state != State.HELD and day_queries.is_today(one) else []
