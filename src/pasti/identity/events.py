"""What happened around identity that others may care about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True)
class SignedOutThere:
    """A session at an application is over: the person signed out, or it was taken away."""

    name: ClassVar[str] = "identity.SignedOutThere"
    session_id: UUID
    application_id: int
    why: str
