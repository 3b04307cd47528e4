"""`/api/v1/siap-pak-rt/letters`: letters within the caller's scope; asking and deciding."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from pasti.kernel.accounts.access import can
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.api.auth import bearer
from pasti.kernel.api.idempotency import idempotent
from pasti.kernel.api.paging import page_of
from pasti.kernel.api.problems import PROBLEMS
from pasti.siap_pak_rt.models import Letter
from pasti.siap_pak_rt.queries import letters as queries
from pasti.siap_pak_rt.queries import letters_access as access
from pasti.siap_pak_rt.services import letters as services

router = Router()
EITHER = bearer(access.ASK, access.DECIDE)


class LetterShown(Schema):
    """A letter: its kind, for whom, where it stands, who has it and until when."""

    id: UUID
    kind: str
    subject_id: UUID
    subject_name: str
    rt_code: str
    state: str
    version: int = Field(description="Send it back as `seen_version` with a decision")
    fields: dict[str, str]
    asked_at: dt.datetime
    promised_on: dt.date
    step_due_at: dt.datetime
    number: str
    issued_at: dt.datetime | None
    paper_id: UUID | None


class LettersPage(Schema):
    """One page of letters."""

    items: list[LetterShown]
    next: str | None


class LettersWanted(Schema):
    """Which letters: all of the scope by age, or those that wait for the caller by urgency."""

    area: str = Field("", max_length=40)
    state: str = Field("", max_length=12)
    kind: str = Field("", max_length=40)
    waiting: bool = False
    limit: int = 50
    cursor: str | None = None


class LetterGiven(Schema):
    """A letter asked for. Without `subject_id` it is for the caller."""

    kind: str = Field(max_length=40)
    subject_id: UUID | None = None
    fields: dict[str, str] = Field(default_factory=dict)
    attachments: list[UUID] = Field(default_factory=list, max_length=10)


class Decision(Schema):
    """A verdict on the version that was seen."""

    verdict: Literal["approve", "refuse", "meet"]
    seen_version: int = Field(ge=1, le=100_000)
    reason: str = Field("", max_length=600)


@router.get("/letters", response={200: LettersPage, **PROBLEMS}, auth=EITHER, summary="Surat dalam lingkup pemanggil")
def listing(request: HttpRequest, wanted: Query[LettersWanted]) -> Any:
    """Letters of the scope, newest first; with `waiting` those the caller can decide now, the most urgent first."""
    user = cast(User, request.user)
    with scoped(access.scope_for(user)):
        if wanted.waiting:
            held = access.authorities(user) if can(user, access.DECIDE) else []
            rows, order = queries.pending(held, kind_code=wanted.kind), ("step_due_at", "id")
        else:
            rows, order = (
                queries.within(wanted.area, state=wanted.state, kind_code=wanted.kind),
                ("-recorded_at", "-id"),
            )
        page = page_of(rows, wanted.cursor, wanted.limit, order)
        page["items"] = [_shown(one) for one in queries.listed(page["items"])]
        return page


@router.get("/letters/{letter_id}", response={200: LetterShown, **PROBLEMS}, auth=EITHER, summary="Satu surat")
def one(request: HttpRequest, letter_id: UUID) -> Any:
    """One letter of the scope; 404 outside of it."""
    with scoped(access.scope_for(cast(User, request.user))):
        return _shown(queries.letter(letter_id))


@router.post("/letters", response={201: LetterShown, **PROBLEMS}, auth=bearer(access.ASK, access.ASK_FOR),
             summary="Minta surat")  # fmt: skip
@idempotent
def ask(request: HttpRequest, given: LetterGiven) -> tuple[int, Any]:
    """Ask for a letter. 422 names the first wrong field."""
    user = cast(User, request.user)
    key = request.headers.get("Idempotency-Key", "")
    wanted = services.LetterAsked(
        kind=given.kind, subject_id=given.subject_id or user.person_id or UUID(int=0), fields=given.fields,
        attachments=tuple(given.attachments), channel="api",
    )  # fmt: skip
    return 201, _shown(services.request_letter(wanted, client_id=f"api:{key[:90]}" if key else None))


@router.post("/letters/{letter_id}/decide", response={200: LetterShown, **PROBLEMS}, auth=bearer(access.DECIDE),
             summary="Putuskan")  # fmt: skip
@idempotent
def decide(request: HttpRequest, letter_id: UUID, given: Decision) -> tuple[int, Any]:
    """Approve, refuse or ask to meet. 409 `sudah-diputus` when somebody else moved the letter on meanwhile."""
    key = request.headers.get("Idempotency-Key", "")
    done = services.decide(
        letter_id, given.verdict, reason=given.reason, seen_version=given.seen_version,
        client_id=f"api:{key[:90]}" if key else None,
    )  # fmt: skip
    return 200, _shown(done)


def _shown(one: Letter) -> LetterShown:
    return LetterShown(
        id=one.pk, kind=one.kind_id, subject_id=one.subject_id, subject_name=one.subject_name, rt_code=one.rt_code,
        state=one.state, version=one.version, fields=one.fields, asked_at=one.occurred_at, promised_on=one.promised_on,
        step_due_at=one.step_due_at, number=one.number, issued_at=one.issued_at, paper_id=one.paper_id,
    )  # fmt: skip
