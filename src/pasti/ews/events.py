"""What happens in early warning that others may care about. Ids and codes only: subscribers look up the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class WarningProposed:
    """A rule or street reports propose a warning; officers are to answer. `status` is actual or exercise."""

    name: ClassVar[str] = "ews.WarningProposed"
    proposal: int
    episode: int
    river: str
    stage: int
    status: str


@dataclass(frozen=True)
class WarningIssued:
    """The first warning of an episode is in force. `areas` are place codes; `status` is actual or exercise."""

    name: ClassVar[str] = "ews.WarningIssued"
    warning: int
    episode: int
    river: str
    stage: int
    status: str
    areas: list[str]


@dataclass(frozen=True)
class WarningUpdated:
    """A warning replaced the one in force: `warning` is the new one, `replaced` the old."""

    name: ClassVar[str] = "ews.WarningUpdated"
    warning: int
    replaced: int
    episode: int
    river: str
    stage: int
    status: str
    areas: list[str]


@dataclass(frozen=True)
class WarningCancelled:
    """A warning was taken back as mistaken: `warning` is the message that cancels, `replaced` what it cancels."""

    name: ClassVar[str] = "ews.WarningCancelled"
    warning: int
    replaced: int
    episode: int
    river: str
    status: str
    areas: list[str]


@dataclass(frozen=True)
class WarningEnded:
    """A warning is over: `all_clear` with a message `warning` that says so, or `expired`, where `warning` is itself."""

    name: ClassVar[str] = "ews.WarningEnded"
    warning: int
    replaced: int
    episode: int
    river: str
    status: str
    how: str
    areas: list[str]


@dataclass(frozen=True)
class StreetReported:
    """Somebody reported water in a street."""

    name: ClassVar[str] = "ews.StreetReported"
    report: int


@dataclass(frozen=True)
class DeskChanged:
    """Something on the officers' desk changed that is neither a proposal nor a warning: a draft waits, a report came."""

    name: ClassVar[str] = "ews.DeskChanged"
    what: str
