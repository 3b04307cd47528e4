"""Reports as they are looked at: the RT's list, the kelurahan's queue, one report with its steps, the ledger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pasti.civil import queries as register
from pasti.civil import services as civil
from pasti.civil.queries import families
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.models import Laporan
from pasti.siap_pak_rt.queries import attachments as proofs
from pasti.siap_pak_rt.queries import desk
from pasti.siap_pak_rt.services import desk_reports as reports
from pasti.siap_pak_rt.web.desk_access import act_at, at_desk, may, paged, unit_of
from pasti.siap_pak_rt.web.desk_words import STATES, STEPS, clock_of, kind_name, member_rows, told_rows

DESK, REPORT, DECIDE, DUKCAPIL = "siap_pak_rt.desk", "siap_pak_rt.report", "siap_pak_rt.decide", "siap_pak_rt.dukcapil"
# What can be done with a report, the right it needs, and what is said afterwards.
ACTS = {
    "sahkan": (DECIDE, lambda one, post: reports.confirm(one, seen_version=_version(post))),
    "kembalikan": (
        DECIDE,
        lambda one, post: reports.send_back(one, post.get("reason", ""), seen_version=_version(post)),
    ),
    "batalkan": (DECIDE, lambda one, post: reports.reverse(one, post.get("reason", ""))),
    "tarik": (REPORT, lambda one, post: reports.withdraw(one, post.get("reason", ""))),
}


@require_safe
@at_desk(DESK, desk.PURPOSE)
def listing(request: HttpRequest) -> HttpResponse:
    """The unit's reports, newest first, of one state or all."""
    unit, state = unit_of(request, DESK), request.GET.get("keadaan", "")
    rows = desk.reports(area=unit.area_code, states=[state] if state in STATES else [])
    found, links = paged(request, rows, ("-recorded_at", "id"))
    chips = [(code, name, code == state) for code, (name, _band) in STATES.items()]
    context = {"rows": _shown(found), "unit": unit, "chips": chips, "state": state, **links}
    return render(request, "siap_pak_rt/desk_reports.html", context)


@require_safe
@at_desk(DECIDE, desk.PURPOSE)
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for the kelurahan, the oldest sending first."""
    unit = unit_of(request, DECIDE)
    rows = desk.reports(area=unit.area_code, states=["submitted"])
    found, links = paged(request, rows, ("sent_at", "id"))
    return render(request, "siap_pak_rt/desk_queue.html", {"rows": _shown(found), "unit": unit, **links})


@require_safe
@at_desk(DESK, desk.PURPOSE)
def report(request: HttpRequest, laporan_id: UUID) -> HttpResponse:
    """One report: what is told, the proof, the clock, its steps, and what this reader can do."""
    return _page(request, desk.report(laporan_id))


@require_POST
@at_desk(DESK, desk.PURPOSE)
def act(request: HttpRequest, laporan_id: UUID, verb: str) -> HttpResponse:
    """One act on a report. Pressing twice is pressing once."""
    if verb not in ACTS:
        raise Http404
    permission, service = ACTS[verb]
    laporan = _allowed(request, laporan_id, permission)
    try:
        service(laporan.pk, request.POST)
    except NotFound:
        raise
    except Refused as refusal:
        return _page(request, desk.report(laporan.pk), refusal, verb)
    messages.success(request, _("Tersimpan."))
    following = "siap_pak_rt:desk_queue" if verb in ("sahkan", "kembalikan") and "lanjut" in request.POST else ""
    return redirect(following) if following else redirect("siap_pak_rt:desk_report", laporan_id=laporan.pk)


@require_POST
@at_desk(DUKCAPIL, desk.PURPOSE)
def dukcapil(request: HttpRequest, laporan_id: UUID) -> HttpResponse:
    """How far the event has come at Disdukcapil."""
    laporan = _allowed(request, laporan_id, DUKCAPIL)
    if laporan.peristiwa_id is None:
        raise Http404
    state, document = request.POST.get("state", ""), request.POST.get("document", "")
    try:
        civil.mark_dukcapil(laporan.peristiwa_id, state, purpose=desk.PURPOSE, document=document)
    except NotFound:
        raise
    except Refused as refusal:
        return _page(request, desk.report(laporan.pk), refusal, "dukcapil")
    messages.success(request, _("Tersimpan."))
    return redirect("siap_pak_rt:desk_report", laporan_id=laporan.pk)


@require_safe
@at_desk(DESK, desk.PURPOSE)
def ledger(request: HttpRequest) -> HttpResponse:
    """All steps of the unit, whoever headed it then: what a new head finds."""
    unit = unit_of(request, DESK)
    found, links = paged(request, desk.ledger(unit.area_code), ("-id",), limit=30)
    names = {one.pk: name for one, name in desk.reports_listed([step.laporan for step in found])}
    rows = [
        (step, STEPS.get(step.step, step.step), kind_name(step.laporan.kind), names[step.laporan_id]) for step in found
    ]
    return render(request, "siap_pak_rt/desk_ledger.html", {"rows": rows, "unit": unit, **links})


def _page(request: HttpRequest, laporan: Laporan, refusal: Refused | None = None, verb: str = "") -> HttpResponse:
    place, event = laporan.rt_code, desk.event_of(laporan)
    context = {
        "laporan": laporan, "name": kind_name(laporan.kind), "who": _who(laporan), "told": told_rows(laporan),
        "members": member_rows(laporan), "state": STATES[laporan.state], "clock": clock_of(laporan, event), "event": event,
        "steps": [(step, STEPS.get(step.step, step.step)) for step in desk.steps(laporan)], "place": places.label(place),
        "proofs": proofs.of(f"laporan:{laporan.pk}"), "refusal": refusal, "verb": verb,
        "reason": request.POST.get("reason", ""), "document": request.POST.get("document", ""),
        "can_decide": may(request, DECIDE, place), "can_report": may(request, REPORT, place),
        "can_mark": event is not None and may(request, DUKCAPIL, place) and laporan.state == "confirmed",
    }  # fmt: skip
    return render(request, "siap_pak_rt/desk_report.html", context, status=refusal.status if refusal else 200)


def _who(laporan: Laporan) -> str:
    if laporan.person_id:
        found = register.people(living=False).filter(pk=laporan.person_id).values_list("name", flat=True).first()
        if found:
            return str(found)
    return str(laporan.told.get("name") or desk.first_name(laporan.told))


def _allowed(request: HttpRequest, laporan_id: UUID, permission: str) -> Laporan:
    """The report, when the right is held at its very place; else there is none."""
    laporan = desk.report(laporan_id)
    if not may(request, permission, laporan.rt_code):
        raise Http404
    act_at(request, permission, laporan.rt_code)
    return laporan


def _shown(rows: list[Laporan]) -> list[dict[str, Any]]:
    """Reports for a list: names, states and clocks in as many statements as one row needs."""
    events = families.happened([row.peristiwa_id for row in rows if row.peristiwa_id])
    return [
        {"laporan": one, "who": who, "name": kind_name(one.kind), "state": STATES[one.state],
         "clock": clock_of(one, events.get(one.peristiwa_id) if one.peristiwa_id else None)}
        for one, who in desk.reports_listed(rows)
    ]  # fmt: skip


def _version(post: Any) -> int | None:
    seen = post.get("version", "")
    return int(seen) if seen.isdecimal() and len(seen) < 5 else None
