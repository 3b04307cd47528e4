"""The rows of a file: what is wrong with each, and what the register says beside it."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pasti.civil.models import ImportRow
from pasti.civil.queries import files as queries
from pasti.civil.rules.layouts import PASTI, harmless
from pasti.civil.services import export_files, imports
from pasti.civil.web import files_words
from pasti.civil.web.files import PERMISSION, PURPOSE, table_answer
from pasti.civil.web.files_desk import desk, paged
from pasti.kernel.errors import Refused


@require_safe
@desk(PERMISSION, PURPOSE)
def rows(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Rows by what became of them, or by one kind of problem."""
    batch = queries.batch(batch_id)
    kind, problem = request.GET.get("jenis", "problem"), request.GET.get("masalah", "")
    if kind not in files_words.OUTCOMES:
        raise Http404
    keep = urlencode({"masalah": problem} if problem else {"jenis": kind})
    page = paged(request, queries.rows(batch, kind, problem), ("number",), keep)
    shown = queries.compared([row for row in page["rows"] if row.person_id])
    page["rows"] = [(row, _problems(row)) for row in page["rows"]]
    field, _dot, code = problem.partition(".")
    context = page | {
        "batch": batch, "title": files_words.OUTCOMES[kind], "recorded": len(shown),
        "problem": problem and (files_words.FIELDS.get(field, field), *files_words.words(field, code)),
    }  # fmt: skip
    return render(request, "civil/files_rows.html", context)


def _problems(row: ImportRow) -> list[dict[str, Any]]:
    found = []
    for field, code, value, stops in row.problems:
        text, advice = files_words.words(field, code)
        found.append({"field": files_words.FIELDS.get(field, field), "text": text, "advice": advice, "value": value,
                      "stops": stops})  # fmt: skip
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@desk(PERMISSION, PURPOSE)
def differences(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The register and the file side by side, and what shall be taken over: whole fields, or row by row."""
    batch = queries.batch(batch_id)
    if request.method == "POST":
        return _decide(request, batch_id)
    page = paged(request, queries.rows(batch, "differs"), ("number",))
    shown = queries.compared(page["rows"])
    page["rows"] = _side_by_side(shown, set(batch.counts.get("accepted_fields", ())))
    fields = [
        (one.field, files_words.FIELDS.get(one.field, one.field), one.rows) for one in queries.differing_fields(batch)
    ]
    accepted = batch.counts.get("accepted_fields", [])
    context = page | {
        "batch": batch, "fields": fields, "accepted": accepted, "decisions": queries.decisions(batch),
        "open": batch.state == "ready", "here": request.GET.get("setelah", ""),
    }  # fmt: skip
    return render(request, "civil/files_differences.html", context)


def _decide(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    chosen = {
        name.removeprefix("baris-"): value for name, value in request.POST.dict().items() if name.startswith("baris-")
    }
    rows = {
        int(number): {"ya": True, "tidak": False}.get(value) for number, value in chosen.items() if number.isdigit()
    }
    fields = request.POST.getlist("isian") if "isian-tampil" in request.POST else None
    try:
        imports.decide(batch_id, accept=fields, rows=rows)
        messages.success(request, _("Pilihan disimpan."))
    except Refused as refusal:
        messages.error(request, refusal.message)
    after = request.POST.get("setelah", "")
    answer = redirect("civil:files_differences", batch_id=batch_id)
    if after:
        answer["Location"] += f"?{urlencode({'setelah': after})}"
    return answer


def _side_by_side(shown: list[ImportRow], accepted: set[str]) -> list[dict[str, Any]]:
    values = {(name, one) for row in shown for name, pair in row.differences.items() for one in pair if one is not None}
    labels = queries.code_words({(name, one) for name, one in values if isinstance(one, int)})
    labels |= {("rt_code", code): text for code, text in
               queries.place_words({str(one) for name, one in values if name == "rt_code"}).items()}  # fmt: skip
    found = []
    for row in shown:
        lines = [
            {"field": files_words.FIELDS.get(name, name), "taken": name in accepted,
             "here": labels.get((name, here), here), "there": labels.get((name, there), there)}
            for name, (here, there) in row.differences.items()
        ]  # fmt: skip
        choice = "" if row.accepted is None else "ya" if row.accepted else "tidak"
        found.append({"row": row, "lines": lines, "choice": choice})
    return found


@require_safe
@desk(PERMISSION, PURPOSE)
def problem_file(request: HttpRequest, batch_id: UUID, form: str) -> HttpResponseBase:
    """The rows with problems as a file in our own layout: to be mended and sent again."""
    batch, target = queries.batch(batch_id), io.BytesIO()
    if form not in ("xlsx", "csv"):
        raise Http404
    heads = [_("baris"), _("masalah"), *PASTI]
    numbers = [head in export_files.NUMBERS for head in heads]
    houses = export_files.Houses(batch.area)
    with export_files.opened(target, form, heads, numbers) as line:
        for row in queries.every_problem(batch):
            line(_mendable(row, houses))
    return table_answer(target, f"masalah-{batch.pk.hex[:8]}.{form}", form)


def _mendable(row: ImportRow, houses: export_files.Houses) -> list[str]:
    """A row's cells; where something was wrong, what stood there."""
    stood = {field: value for field, _code, value, _stops in row.problems if value}
    content = houses.of(row.content.get("rt_code", "")) | row.content | {"rt": stood.pop("rt", None)}
    content["rt"] = content["rt"] or houses.of(row.content.get("rt_code", ""))["rt"]
    texts = [f"{files_words.FIELDS.get(field, field)} {files_words.words(field, code)[0]}"
             for field, code, _value, _stops in row.problems]  # fmt: skip
    cells = [content.get(name) if content.get(name) not in (None, "") else stood.get(name, "") for name in PASTI]
    return [str(row.content.get("line", row.number)), "; ".join(texts), *(harmless(str(cell)) for cell in cells)]
