"""Bringing files of people in: the list, the sending, the report of what would happen."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from pasti.civil.models import ImportBatch
from pasti.civil.queries import files as queries
from pasti.civil.rules import layout_rows, layouts
from pasti.civil.services import codes, export_files, imports, workbooks
from pasti.civil.web import files_words
from pasti.civil.web.files_desk import desk, paged, user_of
from pasti.kernel.errors import Refused

PERMISSION, PURPOSE = "civil.import", imports.PURPOSE
MEGABYTES = imports.MAX_BYTES // (1024 * 1024)


class FileForm(forms.Form):
    """One file, and whose people are in it."""

    area = forms.ChoiceField(label=gettext_lazy("Untuk wilayah"))
    file = forms.FileField(
        label=gettext_lazy("Berkas"), help_text=gettext_lazy("XLSX atau CSV, paling besar 100 MB."),
        widget=forms.FileInput(attrs={"accept": f".xlsx,.csv,{workbooks.XLSX},{workbooks.CSV}"}), allow_empty_file=True,
    )  # fmt: skip

    def __init__(self, *given: Any, areas: list[tuple[str, str]], **more: Any):
        super().__init__(*given, **more)
        self.fields["area"].choices = areas  # type: ignore[attr-defined]


@require_safe
@desk(PERMISSION, PURPOSE)
def listing(request: HttpRequest) -> HttpResponse:
    """Files of my area, the newest first."""
    page = paged(request, queries.batches(), ("-created_at", "-id"))
    page["rows"] = [(one, files_words.STATES[one.state]) for one in page["rows"]]
    return render(request, "civil/files_list.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(PERMISSION, PURPOSE)
def new(request: HttpRequest) -> HttpResponse:
    """Send a file."""
    areas = queries.areas()
    form = FileForm(request.POST or None, request.FILES or None, areas=areas)
    if request.method == "POST" and form.is_valid():
        key = request.POST.get("idempotency_key", "")
        try:
            made = imports.receive(form.cleaned_data["file"], form.cleaned_data["area"], user_of(request), key=key)
            return redirect("civil:files_batch", batch_id=made.pk)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    context = {"form": form, "key": request.POST.get("idempotency_key", ""), "layouts": files_words.LAYOUTS}
    return render(request, "civil/files_new.html", context, status=422 if form.errors else 200)


@require_safe
@desk(PERMISSION, PURPOSE)
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Where a file stands: its progress, or the report of what would happen or has happened."""
    found = queries.batch(batch_id)
    if request.headers.get("X-Poll"):
        return _progress(request, found)
    return render(request, "civil/files_batch.html", _report(found))


def _progress(request: HttpRequest, found: ImportBatch) -> HttpResponse:
    answer = render(request, "civil/files_progress.html", _moving(found))
    if found.state not in queries.WORKING:
        answer["X-Done"] = "1"
    answer["Cache-Control"] = "no-store"
    return answer


def _moving(found: ImportBatch) -> dict[str, Any]:
    return {
        "batch": found, "state": files_words.STATES[found.state], "working": found.state in queries.WORKING,
        "percent": min(100, 100 * found.done // found.total) if found.total else 0,
    }  # fmt: skip


def _report(found: ImportBatch) -> dict[str, Any]:
    counts = found.counts
    shown = [(kind, files_words.OUTCOMES[kind], counts[kind]) for kind in ("new", "same", "differs", "error")
             if kind in counts]  # fmt: skip
    return _moving(found) | {
        "outcomes": shown, "groups": files_words.groups(found), "counts": counts,
        "layout": files_words.LAYOUTS.get(found.layout, ""),
        "decisions": queries.decisions(found) if found.state == "ready" else {},
    }  # fmt: skip


@require_safe
@desk(PERMISSION, PURPOSE)
def example(request: HttpRequest, layout: str, form: str) -> HttpResponseBase:
    """An empty file of a layout with one made-up line, to be filled in."""
    if layout not in layouts.LAYOUTS or form not in ("xlsx", "csv"):
        raise Http404
    target = io.BytesIO()
    heads = layouts.HEADERS[layout]
    numbers = [layouts.LAYOUTS[layout].get(head) in export_files.NUMBERS for head in heads]
    with export_files.opened(target, form, layout_rows.header(layout), numbers) as line:
        made_up = layout_rows.writer(layout, codes.labels(), specific=False)(layout_rows.MADE_UP)
        line(made_up)
    return table_answer(target, f"contoh-{layout}.{form}", form)


def table_answer(target: io.BytesIO, name: str, form: str) -> FileResponse:
    """A table as a download that no browser opens inside our pages."""
    target.seek(0)
    kind = workbooks.XLSX if form == "xlsx" else workbooks.CSV
    answer = FileResponse(target, as_attachment=True, filename=name, content_type=kind)
    answer["Cache-Control"] = "private, no-store"
    return answer
