"""Taking files of people out: ask with a reason, wait, download within a day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from pasti.civil.models import Export
from pasti.civil.queries import files as queries
from pasti.civil.services import exports, workbooks
from pasti.civil.web import files_words
from pasti.civil.web.files_desk import desk, paged, user_of
from pasti.kernel.accounts.access import can
from pasti.kernel.accounts.freshness import fresh_required
from pasti.kernel.errors import Refused

PERMISSION, PURPOSE = "civil.export", exports.PURPOSE
STATES = {"waiting": _("Sedang disiapkan"), "ready": _("Siap diunduh"), "failed": _("Tidak dapat dibuat"),
          "gone": _("Sudah dihapus")}  # fmt: skip


class WishForm(forms.Form):
    """Which people, in which columns, what for."""

    area = forms.ChoiceField(label=_("Penduduk wilayah"))
    layout = forms.ChoiceField(
        label=_("Susunan kolom"), widget=forms.RadioSelect, initial="opensid",
        choices=[("opensid", _("OpenSID (43 kolom)")), ("siak", _("SIAK (37 kolom)")), ("pasti", _("PASTI"))],
    )  # fmt: skip
    form = forms.ChoiceField(
        label=_("Jenis berkas"), widget=forms.RadioSelect, initial="xlsx",
        choices=[("xlsx", _("XLSX, untuk dibuka di Excel")), ("csv", _("CSV, untuk program lain"))],
    )  # fmt: skip
    living = forms.ChoiceField(
        label=_("Siapa saja"), widget=forms.RadioSelect, initial="1",
        choices=[("1", _("Yang hidup dan tinggal di sini")), ("0", _("Semua, juga yang meninggal dan pindah"))],
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Untuk apa?"), max_length=200, min_length=5,
        help_text=_("Dicatat, dan dapat dilihat oleh setiap warga yang datanya ada di berkas ini."),
    )  # fmt: skip

    def __init__(self, *given: Any, areas: list[tuple[str, str]], **more: Any):
        super().__init__(*given, **more)
        self.fields["area"].choices = areas  # type: ignore[attr-defined]


@require_safe
@desk(PERMISSION, PURPOSE)
def listing(request: HttpRequest) -> HttpResponse:
    """The files I asked for, the newest first."""
    page = paged(request, queries.exports(user_of(request)), ("-created_at", "-id"))
    words = queries.place_words({one.area for one in page["rows"]})
    page["rows"] = [
        (one, STATES[one.state], words.get(one.area, ""), files_words.LAYOUTS[one.layout]) for one in page["rows"]
    ]
    return render(request, "civil/files_exports.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(PERMISSION, PURPOSE)
@fresh_required
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a file."""
    user, key = user_of(request), request.POST.get("idempotency_key", "")
    form = WishForm(request.POST or None, areas=queries.areas())
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        wish = exports.Wish(**(asked | {"living": asked["living"] == "1"}))
        try:
            return redirect("civil:files_export", export_id=exports.ask(wish, user, key=key).pk)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    context = {"form": form, "key": key, "specific": can(user, exports.SPECIFIC)}
    return render(request, "civil/files_export_new.html", context, status=422 if form.errors else 200)


@require_safe
@desk(PERMISSION, PURPOSE)
def one(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """How far a file is, and where to take it."""
    made = exports.own(export_id, user_of(request))
    context = _shown(made)
    if not request.headers.get("X-Poll"):
        return render(request, "civil/files_export.html", context)
    answer = render(request, "civil/files_export_progress.html", context)
    if made.state != "waiting":
        answer["X-Done"] = "1"
    answer["Cache-Control"] = "no-store"
    return answer


def _shown(made: Export) -> dict[str, Any]:
    return {
        "export": made, "state": STATES[made.state], "layout": files_words.LAYOUTS[made.layout],
        "area": queries.place_words({made.area}).get(made.area, ""), "until": made.finished_at and made.finished_at + exports.KEPT,
        "percent": min(100, 100 * made.done // made.total) if made.total else 0,
    }  # fmt: skip


@require_safe
@desk(PERMISSION, PURPOSE)
@fresh_required
def download(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    """The file itself, for who asked for it and still may; streamed."""
    made = exports.own(export_id, user_of(request))
    try:
        source = made.path.open("rb") if made.state == "ready" else None
    except FileNotFoundError:
        source = None
    if source is None:
        raise Http404
    exports.taken(made)
    kind = workbooks.XLSX if made.form == "xlsx" else workbooks.CSV
    answer = FileResponse(source, as_attachment=True, filename=made.file_name, content_type=kind)
    answer["Cache-Control"] = "private, no-store"
    return answer
