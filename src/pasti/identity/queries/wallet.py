"""What a holder handed over at a counter, for the form of another system that is filled instead of typed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pasti.identity.queries import verifying
from pasti.kernel.accounts.models import User
from pasti.kernel.errors import NotFound


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
