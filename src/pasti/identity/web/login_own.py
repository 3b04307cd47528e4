"""One's own devices, and how to become surer for the city."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pasti.identity.queries import login as queries
from pasti.identity.services import access
from pasti.kernel.accounts.access import signed_in
from pasti.kernel.accounts.models import User


@require_safe
@signed_in
def devices(request: HttpRequest) -> HttpResponse:
    """Where I am signed in."""
    rows = queries.devices(cast(User, request.user), request.session.session_key or "")
    response = render(
        request, "identity/login_devices.html", {"rows": rows, "others": any(not row.here for row in rows)}
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@signed_in
def end(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign out there."""
    if not access.end_session(cast(User, request.user), session_id):
        raise Http404
    messages.success(request, _("Perangkat itu dikeluarkan."))
    return redirect("identity:login_devices")


@require_POST
@signed_in
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    access.end_others(cast(User, request.user), request.session.session_key or "")
    messages.success(request, _("Semua perangkat lain dikeluarkan."))
    return redirect("identity:login_devices")


@require_safe
@signed_in
def level(request: HttpRequest) -> HttpResponse:
    """How sure the city is who I am, what a service needs, and how to get there."""
    wanted, back = request.GET.get("perlu", ""), request.GET.get("kembali", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = ""
    context = {
        "level": cast(User, request.user).level,
        "wanted": int(wanted) if wanted in ("2", "3") else 0,
        "back": back,
    }
    return render(request, "identity/login_level.html", context)
