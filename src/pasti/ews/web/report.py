"""Telling of water in a street: signed in, or with a telephone number."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pasti.ews.queries import episodes
from pasti.ews.queries.moment import now
from pasti.ews.services import reporting
from pasti.ews.services.reporting import Seen
from pasti.ews.web import limits
from pasti.ews.web.pages import shown
from pasti.ews.web.report_forms import ReportForm
from pasti.kernel.accounts.models import User
from pasti.kernel.api.retries import done_before, remember
from pasti.kernel.errors import Refused

NAMESPACE = uuid.UUID("5f4fd7d0-6f2e-4a5e-9d59-7cf6b6a2a1c5")


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form; sending it twice is one report. During a drill it may be marked as part of it."""
    user = _user(request)
    form = ReportForm(request.POST or None, request.FILES or None, signed_in=user is not None)
    drill = episodes.running_drill()
    posted = request.method == "POST" and form.is_valid()
    if posted and not _too_many(request, form, user) and _sent(request, form, user):
        return redirect("ews:reported")
    context = {"form": form, "key": request.POST.get("idempotency_key", ""), "drill": drill}
    return shown(request, "report.html", status=422 if form.errors else 200, **context)


@require_safe
def reported(request: HttpRequest) -> HttpResponse:
    """Thanks, and what happens with it."""
    return shown(request, "reported.html")


def _sent(request: HttpRequest, form: ReportForm, user: User | None) -> bool:
    """Keep it; False when refused, with the reason at its field."""
    asked, key = form.cleaned_data, request.POST.get("idempotency_key", "")
    seen = Seen(
        asked["lon"], asked["lat"], asked["depth_cm"], now() - form.seen_ago(), asked["words"], asked["place_code"]
    )
    marked = request.POST.get("latihan", "")
    drill = int(marked) if marked.isdecimal() and len(marked) < 18 else None
    try:
        phone = asked.get("phone", "")
        caller = user.pk if user else uuid.uuid5(NAMESPACE, reporting.reporter_key(None, phone))
        with transaction.atomic():
            if not done_before(caller, key, "ews.web.report"):
                made = reporting.report(seen, user=user, phone=phone, photo=asked.get("photo"), drill=drill)
                remember(caller, key, str(made.pk))
    except Refused as refusal:
        field = "photo" if refusal.field == "file" else refusal.field
        form.add_error(field if field in form.fields else None, refusal.message)
        return False
    return True


def _too_many(request: HttpRequest, form: ReportForm, user: User | None) -> bool:
    """Whether strangers behind this address sent too many photos. The report itself is never held back."""
    if user is not None or not form.cleaned_data.get("photo") or not limits.wait(limits.PHOTOS, request):
        return False
    form.add_error(
        "photo", _("Terlalu banyak foto dari jaringan Anda. Kirim laporan tanpa foto, atau tunggu sebentar.")
    )
    return True


def _user(request: HttpRequest) -> User | None:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    return request.user
