"""The endpoints of the offline workplace, and its page: a shell without anybody's data."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from pydantic import BaseModel, Field

from pasti.kernel.accounts.access import actor_where, permission_required, scope_where
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.api.problems import problem_response
from pasti.kernel.clock import now
from pasti.kernel.context import become
from pasti.kernel.errors import NotFound
from pasti.siap_pak_rt.models import Device
from pasti.siap_pak_rt.queries.sync import PURPOSE
from pasti.siap_pak_rt.services import devices, sync
from pasti.siap_pak_rt.web.sync_answers import body_of, endpoint, user_of


class Prepared(BaseModel):
    """A browser that wants to keep a copy."""

    id: UUID
    unit: str = Field(max_length=40)
    label: str = Field(default="", max_length=80)


class ActSent(BaseModel):
    """One act of the queue."""

    client_id: str = Field(min_length=8, max_length=64)
    kind: Literal["laporan", "surat"]
    data: dict[str, Any]
    base: str = Field(default="", max_length=40)
    after: str = Field(default="", max_length=64)
    made_at: str = Field(default="", max_length=40)
    sure: bool = False
    proofs: list[UUID] = Field(default=[], max_length=5)


@require_safe
def workplace(request: HttpRequest) -> HttpResponse:
    """The shell. It names nobody, so a browser may keep it; what it shows comes from the device's own store."""
    return render(request, "siap_pak_rt/sync_workplace.html")


@endpoint("GET")
def enter(request: HttpRequest) -> dict[str, Any]:
    """Who is signed in, the RT headed, the time, and the token that later requests carry."""
    user = user_of(request)
    units = [{"code": code, "name": name} for code, name in devices.units_of(user).items()]
    return {"csrf": get_token(request), "name": user.name, "units": units, "now": now()}


@endpoint("POST")
def prepare(request: HttpRequest) -> dict[str, Any]:
    """Register this browser as a device."""
    told = body_of(request, Prepared)
    made = devices.prepare(user_of(request), told.unit, told.label, told.id)
    return {"id": str(made.pk), "unit": made.unit_code}


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Whether the device `perangkat` may keep its copy: it asks so when nobody is signed in any more. 204, or 410."""
    try:
        if devices.still_may(UUID(request.GET.get("perangkat", ""))):
            return HttpResponse(status=204)
    except ValueError:
        return problem_response("isian-tidak-sah", 422)
    gone = devices.over()
    return problem_response(gone.code, gone.status, gone.message)


@endpoint("GET")
def contents(request: HttpRequest, device_id: UUID) -> dict[str, Any]:
    """What changed of the RT since `sejak`."""
    given = request.GET.get("sejak", "")
    since = int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else 0
    device = devices.in_force(device_id, user_of(request))
    with _at(device, user_of(request)):
        return sync.snapshot(device, since)


@endpoint("POST")
def act(request: HttpRequest, device_id: UUID) -> dict[str, Any]:
    """Take one act of the queue; the answer says what became of it."""
    device, told = devices.in_force(device_id, user_of(request)), body_of(request, ActSent)
    with _at(device, user_of(request)):
        return sync.hand_in(device, sync.Act(**told.model_dump() | {"proofs": tuple(told.proofs)}))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(devices.PERMISSION)
def listing(request: HttpRequest) -> HttpResponse:
    """My devices; cut one off that was lost or is not used any more."""
    user = user_of(request)
    if request.method == "POST":
        try:
            devices.cut_off(UUID(request.POST.get("device", "")), user)
        except (NotFound, ValueError):
            raise Http404 from None
        messages.success(request, _("Perangkat diputus. Datanya terhapus saat perangkat itu tersambung lagi."))
        return redirect("siap_pak_rt:sync_devices")
    rows = Device.objects.filter(user=user).order_by("-registered_at")[:20]
    return render(request, "siap_pak_rt/sync_devices.html", {"rows": rows})


def _at(device: Device, user: User) -> Any:
    become(actor_where(user, devices.PERMISSION, device.unit_code))
    return scoped(scope_where(user, devices.PERMISSION, PURPOSE))
