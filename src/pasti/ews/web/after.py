"""Looking back: episodes with their timeline, whether the warning came true, and drills."""

from __future__ import annotations

import csv

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.ews.queries import episodes, notes
from pasti.ews.queries.episodes import After
from pasti.ews.services import drills, reviewing
from pasti.ews.web.desk_forms import DrillForm, ReviewForm, TextForm, local
from pasti.ews.web.pages import desk, found_or_404, officer, page, tried
from pasti.kernel.accounts.access import permission_required
from pasti.kernel.errors import Refused


@require_safe
@permission_required("ews.watch")
def listing(request: HttpRequest) -> HttpResponse:
    """Episodes, newest first, and the scores over those reviewed."""
    rows, following = page(episodes.episodes(), request)
    return desk(request, "episodes.html", rows=rows, next_url=following, scores=episodes.scores())


@require_safe
@permission_required("ews.watch")
@found_or_404
def episode(request: HttpRequest, episode_id: int) -> HttpResponse:
    """One episode: timeline, warnings against what happened, verdict, lessons; `format=csv` is the timeline as a file."""
    found = episodes.after(episode_id)
    if request.GET.get("format") == "csv":
        return _file(found)
    return _episode(request, found, ReviewForm(initial=_initial(found)), TextForm())


@require_POST
@permission_required("ews.review")
@found_or_404
def review(request: HttpRequest, episode_id: int) -> HttpResponse:
    """Set down what happened and what was learned."""
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            asked = form.cleaned_data
            reviewing.review(episode_id, by=officer(request), flooded_at=form.when(), lessons=asked["lessons"])
            messages.success(request, _("Evaluasi tersimpan."))
            return redirect("ews:episode", episode_id)
        except Refused as refusal:
            if refusal.status == 404:
                raise Http404 from None
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return _episode(request, episodes.after(episode_id), form, TextForm(), 422)


@require_POST
@permission_required("ews.watch")
@found_or_404
def remark(request: HttpRequest, episode_id: int) -> HttpResponse:
    """A line of one's own on the timeline."""
    form = TextForm(request.POST)
    if form.is_valid():
        reviewing.remark(episode_id, by=officer(request), text=form.cleaned_data["text"])
        return redirect("ews:episode", episode_id)
    found = episodes.after(episode_id)
    return _episode(request, found, ReviewForm(initial=_initial(found)), form, 422)


@require_POST
@permission_required("ews.review")
def close(request: HttpRequest, episode_id: int) -> HttpResponse:
    """End an episode nothing holds open."""
    act = lambda: reviewing.close(episode_id, by=officer(request))  # noqa: E731
    return tried(request, act, _("Episode ditutup."), "ews:episode", episode_id)


@require_http_methods(["GET", "POST"])
@permission_required("ews.watch")
def drill_list(request: HttpRequest) -> HttpResponse:
    """Drills, planned and past, and planning one."""
    form = DrillForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = drills.plan(**form.cleaned_data, by=officer(request))
            return redirect("ews:drill", made.pk)
        except Refused as refusal:
            form.add_error(None, refusal.message)
    rows, following = page(episodes.drills(), request)
    return desk(request, "drills.html", 422 if form.errors else 200, rows=rows, next_url=following, form=form)


@require_safe
@permission_required("ews.watch")
@found_or_404
def drill(request: HttpRequest, drill_id: int) -> HttpResponse:
    """One drill: start, put proposals in, end with lessons, its score."""
    found = episodes.drill(drill_id)
    listed = list(found.episodes.select_related("river").order_by("pk"))
    score = found.score or (drills.score(found) if found.began_at else {})
    return desk(request, "drill.html", drill=found, episodes=listed, score=score, form=TextForm())


@require_POST
@permission_required("ews.watch")
def drill_act(request: HttpRequest, drill_id: int, verb: str) -> HttpResponse:
    """Begin, put a stage in, end."""
    by, stage = officer(request), request.POST.get("stage", "")
    acts = {
        "mulai": (lambda: drills.begin(drill_id, by=by), _("Latihan dimulai.")),
        "sisip": (lambda: drills.inject(drill_id, stage=_stage(stage), by=by), _("Sisipan dikirim ke meja jaga.")),
        "selesai": (
            lambda: drills.end(drill_id, by=by, lessons=request.POST.get("text", "")[:4000]), _("Latihan selesai dan dinilai.")
        ),
    }  # fmt: skip
    if verb not in acts:
        raise Http404
    act, said = acts[verb]
    return tried(request, act, said, "ews:drill", drill_id)


def _stage(text: str) -> int:
    if text not in ("0", "1", "2", "3"):
        raise Refused("tingkat-salah", _("Pilih tingkat 0 sampai 3"), status=422)
    return int(text)


def _initial(found: After) -> dict[str, object]:
    at = found.episode.flooded_at
    return {"flooded": "ya" if at else "tidak", "flooded_at": local(at), "lessons": found.episode.lessons}


def _episode(request: HttpRequest, found: After, form: ReviewForm, note: TextForm, status: int = 200) -> HttpResponse:
    return desk(request, "episode.html", status, after=found, form=form, note=note)


def _file(found: After) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ews-episode-{found.episode.pk}.csv"'
    response["Cache-Control"] = "no-store"
    out = csv.writer(response)
    out.writerow(["terjadi_utc", "dicatat_utc", "jenis", "isi", "oleh"])
    for one in found.notes:
        who = one.by.name if one.by else "PASTI"
        out.writerow([one.occurred_at.isoformat(), one.recorded_at.isoformat(), one.kind, _plain(notes.said(one)), who])
    return response


def _plain(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
