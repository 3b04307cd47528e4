"""A whole family moves in: one guided form, the head first, members added row by row; no field is lost on an error."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pasti.siap_pak_rt.models import Laporan
from pasti.siap_pak_rt.queries import attachments as proofs
from pasti.siap_pak_rt.rules.laporan import MOST_MEMBERS
from pasti.siap_pak_rt.services.desk_reports import ReportAsked
from pasti.siap_pak_rt.web.desk_access import at_desk, unit_of
from pasti.siap_pak_rt.web.desk_forms import NewFamilyForm, NewMemberForm, codes
from pasti.siap_pak_rt.web.desk_reports import PURPOSE, REPORT, draw, keep_proof, send

TEMPLATE = "siap_pak_rt/desk_move_in.html"
FIRST_ROWS = 2


@require_http_methods(["GET", "POST"])
@at_desk(REPORT, PURPOSE)
def move_in(request: HttpRequest) -> HttpResponse:
    """Report a new family. "Tambah anggota" adds a row and keeps what was typed."""
    return _guided(request, unit_of(request, REPORT).area_code, None)


def mend_family(request: HttpRequest, laporan: Laporan) -> HttpResponse:
    """The same form over a report that came back."""
    return _guided(request, laporan.rt_code, laporan)


def _guided(request: HttpRequest, rt_code: str, laporan: Laporan | None) -> HttpResponse:
    told = laporan.told if laporan else {}
    initial = dict(told) | ({"occurred_on": laporan.occurred_on} if laporan else {})
    posted = request.POST if request.method == "POST" else None
    rows = _rows(request, len(told.get("members", [])))
    members = _members(posted, rows, told.get("members", []))
    adding = bool(posted and "tambah" in posted)
    form = NewFamilyForm(
        None if adding else posted, request.FILES or None, initial=posted.dict() if adding and posted else initial
    )
    kept = keep_proof(request, form, rt_code, None)
    context: dict[str, Any] = {"members": members, "rows": rows, "most": MOST_MEMBERS, "laporan": laporan,
                               "template": TEMPLATE, "there": proofs.of(f"laporan:{laporan.pk}") if laporan else []}  # fmt: skip
    if adding or posted is None:
        return draw(
            request,
            form,
            kept,
            context | {"members": _members(posted, rows, told.get("members", []), check=not adding)},
        )
    whole = [form.is_valid(), *(member.is_valid() for member in members)]
    made = all(whole) and send(request, form, _asked(form, members, rt_code, kept), laporan)
    if not made:
        if not form.errors:
            form.add_error(None, _("Periksa isian anggota keluarga yang ditandai"))
        return draw(request, form, kept, context)
    messages.success(request, _("Laporan terkirim ke kelurahan."))
    return redirect("siap_pak_rt:desk_report", laporan_id=made.pk)


def _asked(form: NewFamilyForm, members: list[NewMemberForm], rt_code: str, kept: list[Any]) -> ReportAsked:
    rows = [member.told() for member in members if member.has_changed()]
    return ReportAsked(
        kind="move_in", rt_code=rt_code, occurred_on=form.cleaned_data["occurred_on"],
        told=form.told() | {"members": rows}, proofs=tuple(kept), sure=bool(form.cleaned_data.get("sure")),
    )  # fmt: skip


def _rows(request: HttpRequest, known: int) -> int:
    wished = request.POST.get("baris", "")
    rows = int(wished) if wished.isdecimal() and len(wished) < 3 else max(FIRST_ROWS, known)
    return min(MOST_MEMBERS, rows + 1 if "tambah" in request.POST else rows)


def _members(posted: Any, rows: int, told: list[dict[str, Any]], *, check: bool = True) -> list[NewMemberForm]:
    """A form for each row; those just being added to are filled but not yet checked."""
    lists = {name: codes(name) for name in ("relation", "religion", "marital_status")}
    found = []
    for at in range(rows):
        prefix = f"anggota-{at}"
        initial = dict(told[at]) if at < len(told) else {}
        if "birth_date" in initial:
            initial["birth_date"] = dt.date.fromisoformat(initial["birth_date"])
        if posted is not None and not check:
            initial = {name: posted.get(f"{prefix}-{name}", "") for name in NewMemberForm.base_fields}
        data = posted if check else None
        found.append(NewMemberForm(data, prefix=prefix, initial=initial, lists=lists, head=at == 0))
    return found
