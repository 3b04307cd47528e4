"""Entering a file, taking it back, dropping it: each asked once more, with what will happen in numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pasti.civil.queries import files as queries
from pasti.civil.services import imports
from pasti.civil.web.files import PERMISSION, PURPOSE
from pasti.civil.web.files_desk import desk
from pasti.kernel.errors import Refused

ACTS: dict[str, tuple[Callable[[UUID], Any], tuple[str, ...]]] = {
    "masukkan": (imports.commit, ("ready",)),
    "batalkan": (imports.undo, ("committed",)),
    "buang": (imports.discard, ("ready", "failed", "undone")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@desk(PERMISSION, PURPOSE)
def act(request: HttpRequest, batch_id: UUID, verb: str) -> HttpResponse:
    """Ask once more, then do it. Pressing twice is pressing once."""
    if verb not in ACTS:
        raise Http404
    service, states = ACTS[verb]
    if request.method == "POST":
        return _done(request, batch_id, verb, service)
    batch = queries.batch(batch_id)
    context = {"batch": batch, "verb": verb, "possible": batch.state in states, "counts": batch.counts,
               "decisions": queries.decisions(batch)}  # fmt: skip
    return render(request, "civil/files_act.html", context)


def _done(request: HttpRequest, batch_id: UUID, verb: str, service: Callable[[UUID], Any]) -> HttpResponse:
    try:
        service(batch_id)
    except Refused as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, refusal.message)
    else:
        if verb == "buang":
            messages.success(request, _("Berkas dibuang. Data penduduk tidak berubah."))
            return redirect("civil:files")
    return redirect("civil:files_batch", batch_id=batch_id)
