"""Home, search, catalogue, and the staff's home."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pasti.kernel.accounts.access import can, roles_of, signed_in
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.roles import ROLES
from pasti.kernel.publish.registry import registry
from pasti.portal import queries
from pasti.portal.web.public import public_page

DIMENSIONS = ("governance", "branding", "economy", "living", "society", "environment")


@require_safe
@public_page
def home(request: HttpRequest) -> HttpResponse:
    """Search, what waits for me, services by life event."""
    context: dict[str, Any] = {
        "events": queries.life_events(),
        "services": queries.services(),
        "notices": queries.notices(),
    }
    if request.COOKIES.get("sessionid") and request.user.is_authenticated:
        context["tasks"] = queries.tasks(request.user, staff=False)[:6]
    return render(request, "portal/home.html", context)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """One box over everything the systems can find."""
    query = request.GET.get("q", "")[:80].strip()
    groups = queries.search(query, request.user) if query else []
    return render(request, "portal/search.html", {"query": query, "groups": groups, "events": queries.life_events()})


@require_safe
@public_page
def services(request: HttpRequest) -> HttpResponse:
    """The catalogue, by life event or dimension."""
    event, dimension = request.GET.get("peristiwa", ""), request.GET.get("dimensi", "")
    names = {d: _dimension(d) for d in DIMENSIONS if any(d in s.dimensions for s in registry().services.values())}
    context = {
        "services": queries.services(life_event=event, dimension=dimension), "events": queries.life_events(),
        "dimensions": list(names.items()), "event": event, "dimension": dimension,
    }  # fmt: skip
    return render(request, "portal/services.html", context)


@require_safe
@public_page
def service(request: HttpRequest, code: str) -> HttpResponse:
    """One service: who, what is needed, cost, time, and the start."""
    found = registry().services.get(code)
    if found is None:
        raise Http404
    facts = {
        name: queries.local(found, name)
        for name in ("name", "purpose", "audience", "requirements", "promised_time", "cost")
    }
    return render(request, "portal/service.html", {"service": found, **facts})


@require_safe
@signed_in
def staff(request: HttpRequest) -> HttpResponse:
    """The officer's work queue across systems, and the rooms the roles open."""
    user = cast(User, request.user)
    held = {code: unit for code, unit in roles_of(user).items() if code != "warga"}
    if not held:
        return redirect("portal:home")
    rooms = [
        (queries.local(room, "name"), room.url) for room in registry().rooms.values() if can(user, room.permission)
    ]
    named = [(queries.local(ROLES[code], "name"), unit) for code, unit in held.items() if code in ROLES]
    return render(
        request, "portal/staff.html", {"tasks": queries.tasks(user, staff=True), "rooms": rooms, "roles": named}
    )


def _dimension(code: str) -> str:
    return {
        "governance": _("Tata kelola"), "branding": _("Jenama"), "economy": _("Ekonomi"), "living": _("Kehidupan"),
        "society": _("Masyarakat"), "environment": _("Lingkungan"),
    }[code]  # fmt: skip
