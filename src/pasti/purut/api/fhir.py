"""`/fhir/R4/`: metadata, reading and searching every type of the table in `rules/fhir_table.py`."""

from __future__ import annotations

from functools import partial
from importlib.metadata import version
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from pasti.kernel.accounts.models import User
from pasti.kernel.api.paging import page_of
from pasti.purut.api.fhir_edge import FORM, base, caller, prefers_strict, respond
from pasti.purut.queries import fhir as reads
from pasti.purut.queries.fhir_public import around
from pasti.purut.rules.fhir_answers import bundle
from pasti.purut.rules.fhir_capability import capability
from pasti.purut.rules.fhir_search import Unfit, count
from pasti.purut.rules.fhir_table import CONTROLS, LARGEST_PAGE, PAGE, Kind

Given = list[tuple[str, str]]


def metadata(request: HttpRequest) -> HttpResponse:
    """What this server does."""
    hospital = around(base()).hospital
    told = capability(base(), hospital.name, version("pasti"), hospital.changed_at.date())
    return respond(request, told, public=True)


def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address that is none of ours."""
    raise Unfit("not-supported", "no such resource type or interaction here", status=404)


def read(kind: Kind, request: HttpRequest, fhir_id: str | int) -> HttpResponse:
    """One resource."""
    user = _caller(kind, request)
    return respond(request, reads.one(kind.name, str(fhir_id), user, around(base())), public=kind.public)


def search(kind: Kind, request: HttpRequest) -> HttpResponse:
    """One page of those that fit."""
    user = _caller(kind, request)
    given = [(name, text) for name, texts in request.GET.lists() for text in texts]
    return _searched(kind, request, user, given)


def search_by_post(kind: Kind, request: HttpRequest) -> HttpResponse:
    """The same with the parameters in a form, which no log keeps."""
    user = _caller(kind, request)
    if request.content_type != FORM:
        raise Unfit("not-supported", f"send {FORM}", status=415)
    sent = (*request.GET.lists(), *request.POST.lists())
    return _searched(kind, request, user, [(name, text) for name, texts in sent for text in texts])


def understood(kind: Kind, given: Given, *, strict: bool) -> Given:
    """The parameters that choose. Raises Unfit for a modifier that is not known, and when strict for any other."""
    filters, kept = reads.SOURCES[kind.name].filters, []
    for name, text in given:
        if name in filters:
            kept += [(name, text)] if text else []
        elif ":" in name:
            raise Unfit("not-supported", f"the modifier of {name[:60]!r} is not known here", at=name.split(":")[0][:40])
        elif strict and name not in CONTROLS:
            raise Unfit("not-supported", f"the parameter {name[:60]!r} is not known here")
    if kind.required and not any(name == kind.required for name, _ in kept):
        raise Unfit("required", f"a search of {kind.name} takes {kind.required}", at=kind.required)
    return kept


def _searched(kind: Kind, request: HttpRequest, user: User | None, given: Given) -> HttpResponse:
    chosen, controls = understood(kind, given, strict=prefers_strict(request)), dict(given)
    size, shared = count(controls.get("_count", ""), PAGE, LARGEST_PAGE), around(base())
    rows = reads.matching(kind.name, chosen, user, shared)
    address = partial(_address, kind, chosen, size)
    if size == 0:
        told = bundle(shared.base, [], self_url=address(""), total=rows.count())
        return respond(request, told, public=kind.public)
    cursor = controls.get("_cursor", "")
    page = _page(kind, rows, cursor, size)
    resources = reads.found(kind.name, page["items"], user, shared)
    following = address(page["next"]) if page["next"] else ""
    told = bundle(shared.base, resources, self_url=address(cursor), next_url=following)
    return respond(request, told, public=kind.public)


def _page(kind: Kind, rows: Any, cursor: str, size: int) -> dict[str, Any]:
    try:
        return page_of(rows, cursor, size, reads.SOURCES[kind.name].order)
    except (TypeError, ValueError, OverflowError, ValidationError) as error:  # a cursor with values of another kind
        raise Unfit("invalid", "the cursor is not from a page before", at="_cursor") from error


def _address(kind: Kind, chosen: Given, size: int, cursor: str) -> str:
    more = [("_count", str(size))] + ([("_cursor", cursor)] if cursor else [])
    return f"{base()}/{kind.name}?{urlencode(chosen + more)}"


def _caller(kind: Kind, request: HttpRequest) -> User | None:
    return None if kind.public else caller(request)
