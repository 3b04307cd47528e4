"""Asking to be warned without an account; the RT head's task; and, for officers, whom a warning reached."""

from __future__ import annotations

import base64
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pasti.ews.models import RtTask
from pasti.ews.queries import citizen, reach
from pasti.ews.services.reach import rt_heads, sirens, subscribing, vapid
from pasti.ews.web import limits
from pasti.ews.web.citizen import rts
from pasti.ews.web.pages import desk, found_or_404, officer, page, remembered, shown
from pasti.ews.web.reach_forms import SubscribeForm, WarnedForm
from pasti.kernel.accounts.access import permission_required, signed_in
from pasti.kernel.errors import NotFound, Refused


@require_http_methods(["GET", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Choose the kelurahan, then the RT, the way and the language. Sending it twice is one subscription."""
    asked = request.POST.get("kelurahan") or request.GET.get("kelurahan") or request.GET.get("tempat")
    asked = asked or remembered(request)
    ward = next((one for one in citizen.wards() if f"{asked[:40]}.".startswith(f"{one.code}.")), None)
    if ward is None:
        return shown(request, "subscribe.html", wards=citizen.wards())
    choices = [(ward.code, ward.name), *rts(ward.code)]
    form = SubscribeForm(
        request.POST or None, choices=choices, initial={"place": asked, "language": _language(request)}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _too_often(request, form):
            status = 429
        elif form.is_valid() and _done(form, lambda: subscribing.subscribe(form.wish())):
            return redirect(f"/ews/langganan/terkirim/?lewat={form.cleaned_data['channel']}")
    return shown(request, "subscribe.html", status, form=form, ward=ward, key=vapid.public_key())


def _too_often(request: HttpRequest, form: SubscribeForm) -> bool:
    """Whether this address has asked too often; said at the form, which keeps what was typed."""
    minutes = limits.wait(limits.SUBSCRIPTIONS, request)
    if minutes:
        text = _("Terlalu banyak pendaftaran dari jaringan Anda. Tunggu %(minutes)s menit, lalu kirim lagi.")
        form.add_error(None, text % {"minutes": minutes})
    return bool(minutes)


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """What happens next."""
    return shown(request, "subscribed.html", push=request.GET.get("lewat") == "push")


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the message. A button, so that mail programs that open links subscribe nobody."""
    return _by_link(request, "confirm", lambda: subscribing.confirm(token))


@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link at the end of every message."""
    return _by_link(request, "stop", lambda: subscribing.stop(token))


@require_safe
@signed_in
def tasks(request: HttpRequest) -> HttpResponse:
    """The RT head's own tasks, the newest first."""
    rows, following = page(reach.tasks_of(officer(request)), request)
    return shown(request, "rt_tasks.html", rows=rows, next_url=following)


@require_http_methods(["GET", "POST"])
@signed_in
@found_or_404
def task(request: HttpRequest, task_id: int) -> HttpResponse:
    """I have warned my RT: how many houses. Sent again it corrects the number."""
    head = officer(request)
    mine = get_object_or_404(RtTask.objects.select_related("warning__episode__drill"), pk=task_id, head=head)
    form = WarnedForm(request.POST or None, initial={"houses": mine.houses, "note": mine.note})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if _done(form, lambda: rt_heads.done(task_id, head, said["houses"], said["note"])):
            return redirect("ews:rt_tasks")
    return shown(request, "rt_task.html", 422 if form.errors else 200, form=form, task=mine)


@require_safe
@permission_required("ews.watch")
@found_or_404
def reached(request: HttpRequest, warning_id: int) -> HttpResponse:
    """Whom a warning reached and whom it did not."""
    key = base64.b64encode(sirens.public_key()).decode()
    return desk(request, "reached.html", reach=reach.reach(warning_id), siren_key=key)


def _by_link(request: HttpRequest, what: str, act: Callable[[], object]) -> HttpResponse:
    done, problem = False, ""
    if request.method == "POST":
        try:
            act()
            done = True
        except NotFound as refusal:
            problem = refusal.message
    return shown(request, "by_link.html", 404 if problem else 200, what=what, done=done, problem=problem)


def _done(form: SubscribeForm | WarnedForm, act: Callable[[], object]) -> bool:
    try:
        act()
    except Refused as refusal:
        if refusal.status == 404:
            raise
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    return True


def _language(request: HttpRequest) -> str:
    return "en" if getattr(request, "LANGUAGE_CODE", "id").startswith("en") else "id"
