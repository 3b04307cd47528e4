"""A CAP 1.2 message as values (OASIS Common Alerting Protocol 1.2, section 3).

Times are aware. Geometry and references stay the text that stands in the message, so that reading and writing lose
nothing; `cap_geometry` and `references_of` understand them. An empty text means: the element is not there.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
OLDER = ("urn:oasis:names:tc:emergency:cap:1.1", "http://www.incident.com/cap/1.0")
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
MEDIA_TYPE = "application/cap+xml"


class Status(StrEnum):
    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class MsgType(StrEnum):
    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


class Scope(StrEnum):
    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class Category(StrEnum):
    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENV = "Env"
    TRANSPORT = "Transport"
    INFRA = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class ResponseType(StrEnum):
    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"
    NONE = "None"


class Urgency(StrEnum):
    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(StrEnum):
    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


@dataclass(frozen=True)
class Parameter:
    """A named value: an eventCode, a parameter or a geocode."""

    name: str
    value: str


@dataclass(frozen=True)
class Resource:
    """A file that goes with the message: picture, sound."""

    description: str
    mime_type: str
    size: int | None = None
    uri: str = ""
    deref_uri: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Area:
    """Where: polygons "lat,lon lat,lon ...", circles "lat,lon km", codes; altitude and ceiling in feet above sea level."""

    description: str
    polygons: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    geocodes: tuple[Parameter, ...] = ()
    altitude: Decimal | None = None
    ceiling: Decimal | None = None


@dataclass(frozen=True)
class Info:
    """What is told, in one language. Without `effective` it is in effect from when the message was sent."""

    event: str
    categories: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    language: str = ""
    responses: tuple[str, ...] = ()
    audience: str = ""
    event_codes: tuple[Parameter, ...] = ()
    effective: dt.datetime | None = None
    onset: dt.datetime | None = None
    expires: dt.datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Parameter, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True)
class Alert:
    """One message; (sender, identifier, sent) names it for ever."""

    identifier: str
    sender: str
    sent: dt.datetime
    status: str
    msg_type: str
    scope: str
    source: str = ""
    restriction: str = ""
    addresses: str = ""
    codes: tuple[str, ...] = ()
    note: str = ""
    references: str = ""
    incidents: str = ""
    infos: tuple[Info, ...] = ()


@dataclass(frozen=True)
class Reference:
    """The name of an earlier message."""

    sender: str
    identifier: str
    sent: dt.datetime


def references_of(text: str) -> tuple[Reference, ...]:
    """The messages that a `references` element names. Raises ValueError when it is not "sender,identifier,sent ..."."""
    return tuple(_reference(one) for one in text.split())


def _reference(text: str) -> Reference:
    parts = text.split(",")
    if len(parts) != 3 or not all(parts):
        raise ValueError(text)
    sent = dt.datetime.fromisoformat(parts[2])
    if sent.tzinfo is None:
        raise ValueError(text)
    return Reference(parts[0], parts[1], sent)


def time_text(moment: dt.datetime) -> str:
    """A time as the standard wants it: whole seconds, numeric zone, UTC as -00:00, never Z (section 3.3.2)."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a time without a zone")
    text = moment.replace(microsecond=0).isoformat()
    return f"{text[:19]}-00:00" if not offset else text


def reference_text(*messages: Reference) -> str:
    """The `references` element that names these messages."""
    return " ".join(f"{one.sender},{one.identifier},{time_text(one.sent)}" for one in messages)
