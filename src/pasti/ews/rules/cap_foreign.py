"""What a message of another agency means for us: which of its languages to show, where it holds, what it replaces."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from shapely.geometry.base import BaseGeometry

from pasti.ews.rules import cap_geometry
from pasti.ews.rules.cap_compose import GEOCODE
from pasti.ews.rules.cap_message import Alert, Info, MsgType, Reference, Scope, Status, references_of

DEFAULT_LANGUAGE = "en-US"  # CAP 1.2, 3.2.2: where none is named
DEFAULT_LIFE = dt.timedelta(hours=24)  # of a message that does not say when it expires


def info_for(alert: Alert, language: str) -> Info | None:
    """The info to show who reads `language`: theirs, else English, else the first."""
    return min(alert.infos, key=lambda info: _distance(info, language), default=None)


def languages(alert: Alert) -> tuple[str, ...]:
    """The languages it speaks, in its order, each once ("id", "en")."""
    return tuple(dict.fromkeys(_primary(info) for info in alert.infos))


def expires(alert: Alert) -> dt.datetime:
    """When its last info expires; a day after it was sent where none says."""
    known = [info.expires for info in alert.infos if info.expires]
    return max(known) if known else alert.sent + DEFAULT_LIFE


def for_people(alert: Alert) -> bool:
    """True for what may be shown to the public: real, public, and telling something."""
    return alert.status == Status.ACTUAL and alert.scope == Scope.PUBLIC and bool(alert.infos)


def replaced(alert: Alert) -> tuple[Reference, ...]:
    """The earlier messages that an update or a cancellation takes the place of: its sender's own, and earlier ones."""
    if alert.msg_type not in (MsgType.UPDATE, MsgType.CANCEL):
        return ()
    try:
        named = references_of(alert.references)
    except ValueError:
        return ()
    return tuple(one for one in named if one.sender == alert.sender and one.sent <= alert.sent)


def shapes(alert: Alert) -> list[BaseGeometry]:
    """What its areas cover; what crosses itself is made whole. Infos of other languages that draw the same add nothing."""
    areas = [area for info in alert.infos for area in info.areas]
    return cap_geometry.shapes_of(
        dict.fromkeys(text for area in areas for text in area.polygons),
        dict.fromkeys(text for area in areas for text in area.circles),
    )


def named_codes(alert: Alert, codes: Iterable[str]) -> tuple[str, ...]:
    """Those of our places' codes that its geocodes name, or name an area around ("35" is all of the province)."""
    given = {
        code.value
        for info in alert.infos
        for area in info.areas
        for code in area.geocodes
        if code.name == GEOCODE and code.value
    }
    return tuple(code for code in codes if any(code == one or code.startswith(f"{one}.") for one in given))


def summary(alert: Alert) -> dict[str, Any]:
    """What lists and pages show, by language, without opening the message again."""
    return {
        "status": alert.status,
        "msg_type": alert.msg_type,
        "scope": alert.scope,
        "infos": {language: _shown(info_for(alert, language)) for language in languages(alert)},
    }


def _shown(info: Info | None) -> dict[str, Any]:
    assert info is not None
    begin = info.onset or info.effective
    return {
        "event": info.event,
        "headline": info.headline or info.event,
        "description": info.description,
        "instruction": info.instruction,
        "severity": info.severity,
        "urgency": info.urgency,
        "certainty": info.certainty,
        "sender_name": info.sender_name,
        "web": info.web if info.web.startswith(("https://", "http://")) else "",
        "contact": info.contact,
        "begins": begin.isoformat() if begin else "",
        "areas": [area.description for area in info.areas],
    }


def _distance(info: Info, language: str) -> int:
    return [language, "en", _primary(info)].index(_primary(info))


def _primary(info: Info) -> str:
    return (info.language or DEFAULT_LANGUAGE).split("-")[0].casefold()
