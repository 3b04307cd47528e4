"""The watch's log and handover, and the street reports that wait for an officer."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pasti.ews.queries import episodes
from pasti.ews.services import photos, reporting, shifts
from pasti.ews.web.desk_forms import ConfirmForm, HandoverForm, ReasonForm, TextForm
from pasti.ews.web.pages import desk, found_or_404, officer, page, tried
from pasti.kernel.accounts.access import permission_required
from pasti.kernel.audit.services import record_read
from pasti.kernel.documents.web.handing_out import handed_out
from pasti.kernel.errors import Refused


@require_safe
@permission_required("ews.watch")
def shift(request: HttpRequest) -> HttpResponse:
    """The watch that is on, its log, and the notes of those before."""
    return _shift(request, TextForm(), HandoverForm())


@require_POST
@permission_required("ews.watch")
def take_over(request: HttpRequest) -> HttpResponse:
    """Begin a watch."""
    return tried(request, lambda: shifts.take_over(officer(request)), _("Anda sekarang jaga."), "ews:shift")


@require_POST
@permission_required("ews.watch")
def write(request: HttpRequest) -> HttpResponse:
    """One line into the log."""
    form = TextForm(request.POST)
    if form.is_valid() and _done(form, lambda: shifts.write(officer(request), form.cleaned_data["text"])):
        return redirect("ews:shift")
    return _shift(request, form, HandoverForm())


@require_POST
@permission_required("ews.watch")
def hand_over(request: HttpRequest) -> HttpResponse:
    """End the watch with a note."""
    form = HandoverForm(request.POST)
    if form.is_valid() and _done(form, lambda: shifts.hand_over(officer(request), form.cleaned_data["handover"])):
        messages.success(request, _("Jaga diserahkan."))
        return redirect("ews:shift")
    return _shift(request, TextForm(), form)


@require_safe
@permission_required("ews.watch")
def reports(request: HttpRequest) -> HttpResponse:
    """Street reports, newest first; those that wait when asked."""
    waiting = request.GET.get("lihat", "") == "menunggu"
    rows, following = page(episodes.reports(waiting), request)
    more = f"{following}&lihat=menunggu" if following and waiting else following
    return desk(request, "reports.html", rows=rows, next_url=more, waiting=waiting)


@require_safe
@permission_required("ews.watch")
@found_or_404
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """One report with the telephone number of who sent it: a read that is recorded."""
    return _report(request, report_id, ReasonForm())


@require_POST
@permission_required("ews.watch")
@found_or_404
def answer(request: HttpRequest, report_id: int, verb: str) -> HttpResponse:
    """Confirm, counting it to a river; or say that it is not so, and why."""
    form = ConfirmForm(request.POST) if verb == "benar" else ReasonForm(request.POST)
    if verb not in ("benar", "salah"):
        raise Http404
    by = officer(request)
    if form.is_valid():
        asked = form.cleaned_data
        act = (
            (lambda: reporting.confirm(report_id, by=by, river=asked["river"])) if verb == "benar"
            else (lambda: reporting.reject(report_id, by=by, reason=asked["reason"]))
        )  # fmt: skip
        return tried(request, act, _("Tersimpan."), "ews:street", report_id)
    return _report(request, report_id, form if isinstance(form, ReasonForm) else ReasonForm(), 422)


@require_safe
@permission_required("ews.watch")
@found_or_404
def photo(request: HttpRequest, report_id: int) -> HttpResponse:
    """The photo of a report."""
    found = episodes.report(report_id)
    if found.photo is None:
        raise Http404
    return cast(HttpResponse, handed_out(photos.opened(found.photo), found.photo, inline=True))


def _report(request: HttpRequest, report_id: int, form: ReasonForm, status: int = 200) -> HttpResponse:
    found = episodes.report(report_id)
    subject = found.reporter.person_id if found.reporter else None
    record_read(subject, "ews.report.read", purpose="ews.laporan", fields=["phone", "name"], object_type="ews_report",
                object_id=found.pk)  # fmt: skip
    guess = reporting.river_near([found.place_code] if found.place_code else [], (found.lat, found.lon))
    confirm = ConfirmForm(initial={"river": found.episode.river_id if found.episode else guess})
    return desk(request, "street.html", status, report=found, form=form, confirm=confirm)


def _shift(request: HttpRequest, note: TextForm, handover: HandoverForm) -> HttpResponse:
    running = episodes.shift()
    entries = list(running.entries.select_related("by").order_by("-at", "-pk")[:100]) if running else []
    past, following = page(episodes.past_shifts(), request, size=10)
    status = 422 if note.errors or handover.errors else 200
    return desk(
        request,
        "shift.html",
        status,
        shift=running,
        entries=entries,
        past=past,
        next_url=following,
        note=note,
        handover=handover,
    )


def _done(form: TextForm | HandoverForm, act: Callable[[], object]) -> bool:
    try:
        act()
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    return True
