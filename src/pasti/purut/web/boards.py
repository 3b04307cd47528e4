"""The boards in the waiting rooms: numbers and rooms, never names. Public."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_safe

from pasti.kernel.errors import NotFound
from pasti.purut import queries
from pasti.purut.models import Poli
from pasti.purut.services.steps import topic

KEPT = 10  # seconds an event's rendering is kept: until all boards have fetched it


@require_safe
def boards(request: HttpRequest) -> HttpResponse:
    """All clinics of today; each cell leads to the clinic's own board. The cells alone when the page itself asks again."""
    cells = [(cell, queries.poli_name(cell.poli)) for cell in queries.board()]
    template = "purut/boards_cells.html" if request.headers.get("X-Live") else "purut/boards.html"
    return render(request, template, {"cells": cells, "hospital": queries.hospital()})


@require_safe
def board(request: HttpRequest, code: str) -> HttpResponse:
    """One clinic's board; the live part alone when the page itself asks for it.

    Hundreds of boards ask after one event: who names the event gets what was rendered for the first that did.
    """
    try:
        poli = queries.poli(code)
    except NotFound:
        raise Http404 from None
    if not request.headers.get("X-Live"):
        context = _cells(poli) | {
            "poli": poli, "name": queries.poli_name(poli), "after": queries.board_position(poli.pk),
            "topic": topic(poli.pk),
        }  # fmt: skip
        return render(request, "purut/board.html", context)
    return HttpResponse(_part(request, poli, request.GET.get("peristiwa", "")))


def _part(request: HttpRequest, poli: Poli, seen: str) -> str:
    key = f"purut.papan:{poli.pk}:{translation.get_language()}:{seen}"
    named = seen.isdecimal() and len(seen) < 19
    kept = cache.get(key) if named else None
    if kept is not None:
        return str(kept)
    # Of an event that is still to come nothing is kept: it would hide the event when it comes.
    known = named and int(seen) <= queries.board_position(poli.pk)
    part = render_to_string("purut/board_cells.html", _cells(poli), request)
    if known:
        cache.set(key, part, KEPT)
    return part


def _cells(poli: Poli) -> dict[str, Any]:
    return {"cells": [(cell, queries.poli_name(cell.poli)) for cell in queries.board(poli.pk)]}
