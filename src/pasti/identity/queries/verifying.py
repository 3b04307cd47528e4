"""What desks and the register of verifiers show. A desk sees its own questions only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from pasti.identity.models import PresentationRequest, Shown, Verifier, VerifierPurpose
from pasti.identity.rules import verifying as rules
from pasti.kernel.accounts.access import held_for
from pasti.kernel.accounts.models import Assignment, User
from pasti.kernel.clock import now
from pasti.kernel.errors import NotFound

VERIFY = "identity.verify"


@dataclass(frozen=True)
class Desk:
    """One thing a user may ask for, and the unit in whose name."""

    purpose: VerifierPurpose
    unit_code: str
    unit_name: str
    place: str


@dataclass(frozen=True)
class Result:
    """A question and what became of it; `shown` is empty once it is forgotten."""

    asked: PresentationRequest
    shown: dict[str, Any]
    colour: str
    over: bool


def desks(user: User) -> list[Desk]:
    """All that the user may ask for today: purposes of approved verifiers whose desk is the user's."""
    held = held_for(user, VERIFY)
    purposes = (
        VerifierPurpose.objects.filter(
            verifier__state=Verifier.State.APPROVED, verifier__roles__overlap=[one.role for one in held]
        )
        .select_related("verifier")
        .order_by("verifier__name", "key")
    )
    found = ((purpose, _held_at(purpose.verifier, held)) for purpose in purposes)
    return [Desk(one, at.unit_code, at.unit_name, at.area_code) for one, at in found if at is not None]


def desk_of(user: User, purpose_key: str) -> Desk | None:
    """The user's desk for this purpose; None when it is not theirs."""
    return next((one for one in desks(user) if one.purpose.key == purpose_key), None)


def _held_at(verifier: Verifier, held: list[Assignment]) -> Assignment | None:
    fits = (one for one in held if one.role in verifier.roles and verifier.unit_code in ("", one.unit_code))
    return next(fits, None)


def result(user: User, request_id: UUID) -> Result:
    """The user's own question. Raises NotFound for anybody else's."""
    asked = (
        PresentationRequest.objects.select_related("purpose__verifier").filter(pk=request_id, asked_by=user.pk).first()
    )
    if asked is None:
        raise NotFound
    shown = Shown.objects.filter(request=asked, until__gt=now()).values_list("claims", flat=True).first()
    over = asked.state != PresentationRequest.State.OPEN or asked.expires_at <= now()
    return Result(asked, shown or {}, rules.colour(asked.cause, shown or {}), over)


def recent(user: User, limit: int = 10) -> list[PresentationRequest]:
    """The last questions of this desk, without what was shown."""
    rows = PresentationRequest.objects.select_related("purpose__verifier").filter(asked_by=user.pk)
    return list(rows.order_by("-asked_at")[:limit])


def register() -> QuerySet[Verifier]:
    """All verifiers."""
    return Verifier.objects.order_by("name", "code")


def verifier(code: str) -> Verifier:
    """One verifier with its purposes. Raises NotFound."""
    found = Verifier.objects.prefetch_related("purposes").filter(pk=code).first()
    if found is None:
        raise NotFound
    return found
