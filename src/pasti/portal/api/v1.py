"""`/api/v1/portal/`: the one search box for machines. Public."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from ninja import Router, Schema

from pasti.kernel.api.problems import PROBLEMS
from pasti.portal import queries

PREFIX = "portal"
router = Router()


class Found(Schema):
    """One thing found."""

    title: str
    text: str
    url: str
    kind: str


class FoundPage(Schema):
    """Everything found, the best first."""

    items: list[Found]
    next: str | None = None


@router.get("/search", response={200: FoundPage, **PROBLEMS}, summary="Cari")
def search(request: HttpRequest, q: str = "", limit: int = 20) -> Any:
    """Services, clinics, indicators by daily words."""
    groups = queries.search(q[:80], AnonymousUser(), max(1, min(limit, 50)))
    hits = [hit for _name, found in groups for hit in found]
    shown = [{"title": h.title, "text": h.text, "url": h.url, "kind": h.kind} for h in hits]
    return {"items": shown[: max(1, min(limit, 50))], "next": None}
