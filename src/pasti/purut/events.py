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


@dataclass(frozen=True)
class PlaceOffered:
    """A place became free and is kept for a patient of the waiting list until `held_until`."""

    name: ClassVar[str] = "purut.PlaceOffered"
    code: str
    label: str
    poli: str
    date: dt.date
    held_until: dt.datetime


@dataclass(frozen=True)
class OfferLapsed:
    """Nobody accepted an offered place in time, so it was given back; `code` is of the offer."""

    name: ClassVar[str] = "purut.OfferLapsed"
    code: str
    poli: str
    date: dt.date


@dataclass(frozen=True)
class SessionCalledOff:
    """A registration lost its place; `other` is the code of the one kept instead, empty when there is none."""

    name: ClassVar[str] = "purut.SessionCalledOff"
    code: str
    label: str
    poli: str
    date: dt.date
    reason: str
    other: str
    other_starts: dt.datetime | None
    held_until: dt.datetime | None


@dataclass(frozen=True)
class SessionMoved:
    """A registration kept its number in a session that is held at other hours."""

    name: ClassVar[str] = "purut.SessionMoved"
    code: str
    label: str
    poli: str
    date: dt.date
    reason: str
    window_begins: dt.datetime
    window_ends: dt.datetime


@dataclass(frozen=True)
class WaitingEnded:
    """The session somebody waited for is not held."""

    name: ClassVar[str] = "purut.WaitingEnded"
    tunggu: int
    poli: str
    date: dt.date
    reason: str
