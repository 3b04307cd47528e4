"""What happened around accounts that others may care about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True)
class AttemptsOutsideScope:
    """Somebody signed in asked again and again for things that are not theirs to see."""

    name: ClassVar[str] = "accounts.AttemptsOutsideScope"
    user_id: UUID
    user_name: str
    role: str
    unit: str
    attempts: int
    first_entry: int
