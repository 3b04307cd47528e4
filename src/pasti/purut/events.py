"""What happens at the hospital that others may care about. No names: subscribers look up what they may see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True)
class AntreanBooked:
    """A place was taken."""

    name: ClassVar[str] = "purut.AntreanBooked"
    code: str
    label: str
    poli: str
    date: dt.date
    window_begins: dt.datetime
    window_ends: dt.datetime
    booked_by: UUID | None


@dataclass(frozen=True)
class AntreanCalled:
    """A patient was called to a room."""

    name: ClassVar[str] = "purut.AntreanCalled"
    code: str
    label: str
    poli: str
    room: str
    booked_by: UUID | None


@dataclass(frozen=True)
class AntreanMoved:
    """Any other change of a registration's state that boards show."""

    name: ClassVar[str] = "purut.AntreanMoved"
    code: str
    label: str
    poli: str
    state: str
