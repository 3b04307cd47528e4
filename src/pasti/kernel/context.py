"""Who acts, and in which request: the only ambient state of the program besides the scope."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """Who does something, in which role, for which unit. `user_id` is None for the system itself."""

    user_id: uuid.UUID | None
    name: str
    role: str
    unit: str


SYSTEM = Actor(None, "PASTI", "sistem", "")
ANONYMOUS = Actor(None, "", "anonim", "")

_actor: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)
_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_actor() -> Actor:
    """The actor of this request or job; the system itself outside of any."""
    return _actor.get()


def request_id() -> str:
    """The id of this request, the same in logs, audit and the answer's `X-Request-Id`; empty outside."""
    return _request_id.get()


@contextmanager
def acting_as(actor: Actor, request: str = "") -> Iterator[None]:
    """Do the block in the name of `actor`; both values are put back afterwards."""
    actor_token = _actor.set(actor)
    request_token = _request_id.set(request or _request_id.get())
    try:
        yield
    finally:
        _actor.reset(actor_token)
        _request_id.reset(request_token)


def become(actor: Actor) -> None:
    """From here to the end of the enclosing `acting_as` block the actor is `actor` (a token was accepted)."""
    _actor.set(actor)
