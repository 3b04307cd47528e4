"""What officers do with devices: one form, or one button, each."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pasti.kernel.accounts.access import permission_required
from pasti.kernel.errors import Refused
from pasti.telemetry.models import Device
from pasti.telemetry.queries import devices as queries
from pasti.telemetry.services import devices as services
from pasti.telemetry.web import wording
from pasti.telemetry.web.devices import PERMISSION, found, shown
from pasti.telemetry.web.forms import CalibrationForm, DeviceForm, NoteForm, moment_of


@require_http_methods(["GET", "POST"])
@permission_required(PERMISSION)
def register(request: HttpRequest) -> HttpResponse:
    """A new device; its key is on the page that answers, and never again."""
    form = DeviceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, key = services.register(form.wanted())
            messages.success(request, _("Alat terdaftar."))
            return shown(request, made, key=key, status=201)
        except Refused as refusal:
            _said(form, refusal)
    return _form(request, form, _("Daftarkan alat"), None)


@require_http_methods(["GET", "POST"])
@permission_required(PERMISSION)
def change(request: HttpRequest, device_id: int) -> HttpResponse:
    """Change a device's description and where its fields go."""
    device = found(device_id)
    form = DeviceForm(request.POST or None, device=device, initial=DeviceForm.kept(device))
    if request.method == "POST" and form.is_valid():
        try:
            services.change(device.pk, form.wanted())
            return redirect("telemetry:device", device_id=device.pk)
        except Refused as refusal:
            _said(form, refusal)
    return _form(request, form, _("Ubah keterangan"), device)


@require_http_methods(["GET", "POST"])
@permission_required(PERMISSION)
def note(request: HttpRequest, device_id: int) -> HttpResponse:
    """Write down maintenance, a fault, a part."""
    device, form = found(device_id), NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        when = moment_of(form, "occurred_at")
        try:
            services.note(device.pk, given["kind"], given["text"], part=given["part"], occurred_at=when)
            return redirect("telemetry:device", device_id=device.pk)
        except Refused as refusal:
            _said(form, refusal)
    return _form(request, form, _("Tambah catatan"), device)


@require_http_methods(["GET", "POST"])
@permission_required(PERMISSION)
def calibrate(request: HttpRequest, device_id: int) -> HttpResponse:
    """Put a stream's values right from a moment on."""
    device = found(device_id)
    streams = [(one.pk, one.name) for one in queries.streams_of(device.pk)]
    form = CalibrationForm(request.POST or None, streams=streams)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.calibrate(
                queries.own_stream(device.pk, given["datastream"]).pk, valid_from=moment_of(form, "valid_from"),
                scale=given["scale"], offset=given["offset"], reference=given["reference"],
            )  # fmt: skip
            return redirect("telemetry:device", device_id=device.pk)
        except Refused as refusal:
            _said(form, refusal)
    return _form(request, form, _("Catat kalibrasi"), device)


@require_POST
@permission_required(PERMISSION)
def renew_key(request: HttpRequest, device_id: int) -> HttpResponse:
    """A new key, shown this once; the old one ends."""
    device = found(device_id)
    try:
        key = services.renew_key(device.pk)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("telemetry:device", device_id=device.pk)
    return shown(request, device, key=key)


@require_POST
@permission_required(PERMISSION)
def set_state(request: HttpRequest, device_id: int) -> HttpResponse:
    """To repair, back to work, or out of service."""
    device, state = found(device_id), request.POST.get("state", "")
    try:
        if state not in wording.states():
            raise Refused("keadaan", _("Pilih keadaan alat."))
        services.set_state(device.pk, state)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("telemetry:device", device_id=device.pk)


def _said(form: Form, refusal: Refused) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)


def _form(request: HttpRequest, form: Form, title: str, device: Device | None) -> HttpResponse:
    context = {"form": form, "title": title, "device": device}
    return render(request, "telemetry/form.html", context, status=422 if form.errors else 200)
