"""Booking and cancelling by FHIR: create, update and patch of Appointment."""

from __future__ import annotations

import json
from typing import Any, cast
from urllib.parse import parse_qsl

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from pasti.civil import queries as register
from pasti.kernel.accounts.access import can
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.api.idempotency import idempotent
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.transactions import apart
from pasti.purut import services
from pasti.purut.api.fhir import understood
from pasti.purut.api.fhir_edge import base, body_of, caller, respond
from pasti.purut.models import Antrean
from pasti.purut.queries import fhir as reads
from pasti.purut.queries.fhir_public import around
from pasti.purut.rules import fhir_appointments as rules
from pasti.purut.rules.fhir_answers import encoded, etag
from pasti.purut.rules.fhir_resources import Resource
from pasti.purut.rules.fhir_search import Unfit
from pasti.purut.rules.fhir_table import JSON_PATCH, JSON_TYPES, kind_of

APPOINTMENT = kind_of("Appointment")


def create(request: HttpRequest) -> HttpResponse:
    """Take a place. 201 with the booking; 200 with the one that is there already (If-None-Exist); 409 when full.

    Sent again with the same Idempotency-Key it is answered again, not done again.
    """
    user = caller(request)
    if not (can(user, "purut.book") or can(user, "purut.register")):
        raise PermissionDenied
    request.user = user
    status, made = _told(_create(request))
    answer = respond(request, made, status=status)
    answer["Location"] = f"{base()}/Appointment/{made['id']}"
    return answer


def update(request: HttpRequest, fhir_id: str) -> HttpResponse:
    """Cancel by sending the Appointment with status cancelled."""
    user, found, known = _known(request, fhir_id)
    return _changed(request, user, found, rules.cancels(body_of(request, *JSON_TYPES), known))


def patch(request: HttpRequest, fhir_id: str) -> HttpResponse:
    """Cancel by a JSON Patch of the status."""
    user, found, known = _known(request, fhir_id)
    return _changed(request, user, found, rules.patch_cancels(body_of(request, JSON_PATCH), known))


@idempotent
def _create(request: HttpRequest) -> tuple[int, Any]:
    user = cast(User, request.user)
    if there := _existing(request, user):
        return 200, there
    wanted = rules.wanted(body_of(request, *JSON_TYPES), base())
    try:
        with apart():
            made = _book(user, wanted)
        return 201, reads.shown(made, around(base()))
    except Refused as refusal:  # of two who send the same at once the second learns what the first made
        there = _existing(request, user) if refusal.code == "sudah-terdaftar" else None
        if there is None:
            raise
        return 200, there


def _book(user: User, wanted: rules.Wanted) -> Antrean:
    with scoped(register.scope_for(user, "purut.registration")):
        try:
            made = services.book(
                sesi_id=wanted.slot, patient=reads.patient_for(user, wanted), payer=wanted.payer, channel="api",
                visit_kind=wanted.visit_kind, referral_no=wanted.referral_no,
            )  # fmt: skip
        except NotFound as missing:  # what the body names, not the address
            raise Unfit("not-found", "no such Slot, or no such Patient for this caller", status=422) from missing
    return reads.appointment(user, made.code)


def _existing(request: HttpRequest, user: User) -> Resource | None:
    """What `If-None-Exist` finds among the caller's. Raises Unfit 412 when it is more than one."""
    asked = request.headers.get("If-None-Exist")
    if asked is None:
        return None
    given = understood(APPOINTMENT, parse_qsl(asked.removeprefix("?"), keep_blank_values=True), strict=True)
    if not given:
        raise Unfit("invalid", "If-None-Exist takes search parameters")
    shared = around(base())
    rows = list(reads.matching("Appointment", given, user, shared)[:2])
    if len(rows) > 1:
        raise Unfit("multiple-matches", "If-None-Exist finds more than one", status=412)
    return reads.found("Appointment", rows, user, shared)[0] if rows else None


def _told(answer: Any) -> tuple[int, Resource]:
    """What `idempotent` gives back: the pair itself, or with a key the kept answer."""
    if isinstance(answer, HttpResponse):
        return answer.status_code, json.loads(answer.content)
    status, made = answer
    return status, made


def _known(request: HttpRequest, fhir_id: str) -> tuple[User, Antrean, Resource]:
    user = caller(request)
    found = reads.appointment(user, fhir_id)
    known = reads.found("Appointment", [found], user, around(base()))[0]
    expected = request.headers.get("If-Match")
    if expected and etag(encoded(known)) not in (expected, f"W/{expected}"):
        raise Unfit("conflict", "the Appointment is another by now", status=412)
    return user, found, known


def _changed(request: HttpRequest, user: User, found: Antrean, cancels: bool) -> HttpResponse:
    own = found.booked_by == user.pk or found.patient.person_id in reads.people_of(user)
    if not (can(user, "purut.register") or (own and can(user, "purut.book"))):
        raise PermissionDenied
    if cancels:
        services.cancel(found)
    return respond(request, reads.shown(reads.appointment(user, found.code), around(base())))
