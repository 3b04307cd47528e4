"""The kiosk in the hall: scan or type the code, type the NIK, or show the card; check in; take the ticket.

Elsewhere than on a device a clerk has set up the page does nothing, so nobody checks in from home and nobody tries out
NIK from afar. On the kiosk tries are limited as well, a NIK alone shows nothing of anybody, and each page goes back to
the start by itself for the next in line.
"""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pasti.identity.queries import wallet as cards
from pasti.kernel.accounts.addresses import address_of
from pasti.kernel.api.limits import TokenBucket
from pasti.kernel.clock import today
from pasti.kernel.context import acting_as
from pasti.kernel.errors import NotFound, Refused
from pasti.purut import queries, services
from pasti.purut.models import Antrean
from pasti.purut.queries import day as day_queries
from pasti.purut.rules.states import WAITING, State
from pasti.purut.rules.words import initials
from pasti.purut.web.forms import KioskBirthForm, KioskForm
from pasti.purut.web.kiosk_device import KIOSK, clerk_of, on_kiosk
from pasti.purut.web.wording import STATES, priorities

CARD = ("rsud-loket/tiba-di-anjungan",)  # the question a card is asked here: the NIK, nothing else
CLAIMED = ("", "hamil", "disabilitas")  # what one may say of oneself; an emergency goes to the nurse
HERE = WAITING | {State.ADMISSION, State.ADMITTING}
_tries = TokenBucket(rate=0.5, burst=20)


@require_http_methods(["GET", "POST"])
@on_kiosk
def kiosk(request: HttpRequest) -> HttpResponse:
    """Find today's registrations by code, or by NIK and birth date; shows numbers and initials only."""
    form = KioskForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _start(request, form)
    asked = form.cleaned_data["asked"]
    if asked.isdecimal() and len(asked) == 16:
        return _by_nik(request, asked)
    if _too_often(request, form):
        return _start(request, form)
    try:
        one = queries.by_code(asked)
    except NotFound:
        form.add_error("asked", _("Kode itu tidak dikenal. Periksa lagi, atau silakan ke loket."))
        return _start(request, form)
    if why := why_not(one):
        form.add_error("asked", why)
        return _start(request, form)
    return found(request, [one])


@require_http_methods(["GET", "POST"])
@on_kiosk
def check_in(request: HttpRequest, code: str) -> HttpResponse:
    """Check in and show the ticket, which prints by itself. Once more is the same ticket again."""
    if request.method != "POST":
        return redirect("purut:kiosk")
    try:
        one = queries.by_code(code)
    except NotFound:
        return _refused(request, _("Kode itu tidak dikenal."), 404)
    before = one.state
    claimed = request.POST.get("priority", "")
    with acting_as(KIOSK):
        try:
            services.arrive(one, claimed if claimed in claims_of(one) else "")
        except Refused as refusal:
            why = refusal.message if refusal.code in ("belum-dibuka", "sesi-selesai") else ""
            return _refused(request, why_not(one) or why or _standing(one), refusal.status)
    context = {
        "antrean": one, "label": queries.label_of(one), "window": queries.window_of(one), "again": before in HERE,
        "name": queries.poli_name(one.poli), "new": one.state in (State.ADMISSION, State.ADMITTING), "printed": True,
    }  # fmt: skip
    return render(request, "purut/kiosk_ticket.html", context)


def found(request: HttpRequest, rows: list[Antrean]) -> HttpResponse:
    """The registrations somebody has today, each with what can be done now."""
    words = priorities()
    shown = [
        (one, queries.label_of(one), queries.poli_name(one.poli), initials(one.patient.name), _standing(one),
         [(key, words[key]) for key in claims_of(one)])
        for one in rows
    ]  # fmt: skip
    context = {"rows": shown, "here": HERE}
    return render(request, "purut/kiosk_found.html", context)


def claims_of(one: Antrean) -> tuple[str, ...]:
    """What this patient may say of oneself: a man is not pregnant."""
    return tuple(key for key in CLAIMED if key != "hamil" or one.patient.sex == "P")


def nothing(request: HttpRequest) -> HttpResponse:
    """Nobody known here, or nothing for today: the answer is the same."""
    return _refused(request, _("Tidak ada antrean hari ini untuk itu."), 404)


def why_not(one: Antrean) -> str:
    """Why this registration is not for the kiosk now; empty when it is."""
    if one.state in (State.CANCELLED, State.NO_SHOW):
        return _("Antrean ini sudah dibatalkan.")
    if one.date > today():
        return _("Antrean ini untuk %(day)s. Datanglah pada hari itu.") % {"day": date_format(one.date, "l, j F Y")}
    if one.date < today():
        return _("Antrean ini untuk %(day)s, sudah lewat.") % {"day": date_format(one.date, "l, j F Y")}
    if one.state == State.HELD:
        return _("Tempat ini baru ditawarkan. Terima dulu di halaman antrean Anda.")
    return ""


def _by_nik(request: HttpRequest, nik: str) -> HttpResponse:
    """The birth date is asked whether or not the NIK is known; who has both wrong learns nothing."""
    form = KioskBirthForm(request.POST if "birth_date" in request.POST else None, initial={"asked": nik})
    if form.is_valid() and not _too_often(request, form):
        with acting_as(KIOSK):
            rows = day_queries.today_of_nik(nik, form.cleaned_data["birth_date"])
        return found(request, rows) if rows else nothing(request)
    status = 422 if form.errors else 200
    return render(request, "purut/kiosk_birth.html", {"form": form, "asked": nik}, status=status)


def _start(request: HttpRequest, form: KioskForm) -> HttpResponse:
    clerk = clerk_of(request)
    card = cards.asked_at(clerk, CARD, request.path, {}) if clerk else {}
    status = 422 if form.errors else 200
    return render(request, "purut/kiosk.html", {"form": form, "card": card}, status=status)


def _refused(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return render(request, "purut/kiosk_refused.html", {"why": why}, status=status)


def _too_often(request: HttpRequest, form: Any) -> bool:
    if not _tries.take(address_of(request), time.monotonic()):
        return False
    form.add_error(None, _("Terlalu banyak percobaan. Tunggu sebentar atau ke loket."))
    return True


def _standing(one: Antrean) -> str:
    """The state in words, and the room for who is called."""
    if one.state == State.CALLED:
        return _("Dipanggil, silakan ke %(room)s") % {"room": one.room}
    return STATES[State(one.state)]
