"""The boards in the waiting rooms: numbers and rooms, never names. Public."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pasti.kernel.errors import NotFound
from pasti.purut import queries
from pasti.purut.services.steps import topic


@require_safe
def boards(request: HttpRequest) -> HttpResponse:
    """All clinics of today; each cell leads to the clinic's own board."""
    cells = [(cell, queries.poli_name(cell.poli)) for cell in queries.board()]
    return render(request, "purut/boards.html", {"cells": cells, "hospital": queries.hospital()})


@require_safe
def board(request: HttpRequest, code: str) -> HttpResponse:
    """One clinic's board; the live part alone when the page itself asks for it."""
    try:
        poli = queries.poli(code)
    except NotFound:
        raise Http404 from None
    after = queries.board_position(poli.pk)
    cells = [(cell, queries.poli_name(cell.poli)) for cell in queries.board(poli.pk)]
    context = {
        "cells": cells,
        "poli": poli,
        "name": queries.poli_name(poli),
        "after": after,
        "topic": topic(poli.pk),
    }
    template = "purut/board_cells.html" if request.headers.get("X-Live") else "purut/board.html"
    return render(request, template, context)
