"""What a holder handed over at a counter, for the form of another system that is filled instead of typed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from pasti.identity.queries import verifying
from pasti.identity.rules import oid4vp
from pasti.kernel.accounts.models import User
from pasti.kernel.errors import NotFound


@dataclass(frozen=True)
class Question:
    """A question on a page of another system: what its code says, until when, whether it is over and what was shown."""

    link: str
    until: dt.datetime
    over: bool
    shown: dict[str, Any]


def question(user: User, pk: UUID, purposes: tuple[str, ...]) -> Question:
    """The user's own question for one of these. Raises NotFound for any other."""
    found = verifying.result(user, pk)
    asked = found.asked
    if asked.purpose_id not in purposes:
        raise NotFound
    link = oid4vp.request_link(asked.client_id, f"{settings.PASTI_BASE_URL}/id/oid4vp/request/{pk}")
    return Question(link, asked.expires_at, found.over, {} if asked.cause else found.shown)


def handed_over(user: User, question: str, purposes: tuple[str, ...]) -> dict[str, Any]:
    """The claims shown in answer to the user's own question for one of these; empty when it is none, open or over."""
    try:
        found = verifying.result(user, UUID(question))
    except (ValueError, NotFound):
        return {}
    return found.shown if found.asked.purpose_id in purposes and not found.asked.cause else {}


def asked_at(user: User, purposes: tuple[str, ...], back: str, shown: dict[str, Any]) -> dict[str, Any]:
    """What `identity/wallet_ask.html` shows on a form: the offer to ask for a card where the user has that desk, or that one
    filled the form."""
    return {
        "purpose": next((one for one in purposes if verifying.desk_of(user, one)), ""),
        "back": back,
        "filled": bool(shown),
    }
