"""Reading a CAP message of anybody: careful with what is hostile, patient with what other agencies are known to do.

Patience means: the message is understood and the departure is told as a warning. Those known, each seen in alerts of real
agencies: an older namespace, a wrapper around the alert, elements in another order, elements of their own, empty
elements, `Z` or fractions in times, code words in other letters, "Very Likely" of CAP 1.0. What cannot be understood
without guessing (a code word that is none, a time without a zone, something required that is missing) is a grave fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pasti.ews.rules import cap_guard
from pasti.ews.rules.cap_fault import CapFault, CapRefused
from pasti.ews.rules.cap_message import (
    NAMESPACE,
    OLDER,
    Alert,
    Area,
    Category,
    Certainty,
    Info,
    MsgType,
    Parameter,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from pasti.ews.rules.cap_node import Node


@dataclass(frozen=True)
class Reading:
    """A message that was understood, and what was unusual about it."""

    alert: Alert
    notes: tuple[CapFault, ...]


def read(content: bytes) -> Reading:
    """The message in `content`. Raises CapRefused with every grave fault that was found."""
    return of_root(cap_guard.document(content))


def of_root(root: Any) -> Reading:
    """The message under a root element that `cap_guard` has opened. Raises CapRefused."""
    notes: list[CapFault] = []
    alert = _alert(Node(_alert_element(root, notes), "alert", notes))
    faults = tuple(note for note in notes if note.grave)
    if faults:
        raise CapRefused(*faults)
    return Reading(alert, tuple(notes))


def _alert_element(root: Any, notes: list[CapFault]) -> Any:
    known = (NAMESPACE, *OLDER)
    found = list(root.iter(*(f"{{{name}}}alert" for name in known)))
    if len(found) != 1:
        id_, en = "Berkas tidak memuat tepat satu peringatan CAP", "The file does not hold exactly one CAP alert"
        raise CapRefused(CapFault("bukan-cap", "/", id_, en, "3.2.1", root.sourceline or 0))
    alert = found[0]
    if alert is not root:
        id_, en = "Peringatan terbungkus dokumen lain", "The alert is wrapped in another document"
        notes.append(CapFault("terbungkus", "/", id_, en, "3.2.1", alert.sourceline or 0, grave=False))
    space = alert.tag[1:].split("}")[0]
    if space != NAMESPACE:
        id_, en = f"Ditulis menurut CAP lama ({space})", f"Written after an older CAP ({space})"
        notes.append(CapFault("cap-lama", "alert", id_, en, "3.2.1", alert.sourceline or 0, grave=False))
    return alert


ALERT = ("identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction", "addresses", "code", "note",
         "references", "incidents", "info")  # fmt: skip
INFO = ("language", "category", "event", "responseType", "urgency", "severity", "certainty", "audience", "eventCode",
        "effective", "onset", "expires", "senderName", "headline", "description", "instruction", "web", "contact",
        "parameter", "resource", "area")  # fmt: skip
RESOURCE = ("resourceDesc", "mimeType", "size", "uri", "derefUri", "digest")
AREA = ("areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling")


def _alert(node: Node) -> Alert:
    node.know(ALERT)
    return Alert(
        identifier=node.required("identifier"),
        sender=node.required("sender"),
        sent=node.required_time("sent"),
        status=node.word("status", Status),
        msg_type=node.word("msgType", MsgType),
        scope=node.word("scope", Scope),
        source=node.text("source"),
        restriction=node.text("restriction"),
        addresses=node.text("addresses"),
        codes=node.texts("code"),
        note=node.text("note"),
        references=node.text("references"),
        incidents=node.text("incidents"),
        infos=tuple(_info(one) for one in node.nodes("info")),
    )


def _info(node: Node) -> Info:
    node.know(INFO)
    return Info(
        event=node.required("event"),
        categories=node.words("category", Category, required=True),
        urgency=node.word("urgency", Urgency),
        severity=node.word("severity", Severity),
        certainty=node.word("certainty", Certainty),
        language=node.text("language"),
        responses=node.words("responseType", ResponseType),
        audience=node.text("audience"),
        event_codes=_named(node, "eventCode"),
        effective=node.time("effective"),
        onset=node.time("onset"),
        expires=node.time("expires"),
        sender_name=node.text("senderName"),
        headline=node.text("headline"),
        description=node.text("description"),
        instruction=node.text("instruction"),
        web=node.text("web"),
        contact=node.text("contact"),
        parameters=_named(node, "parameter"),
        resources=tuple(_resource(one) for one in node.nodes("resource")),
        areas=tuple(_area(one) for one in node.nodes("area")),
    )


def _resource(node: Node) -> Resource:
    node.know(RESOURCE)
    return Resource(
        description=node.text("resourceDesc"),
        mime_type=node.text("mimeType"),
        size=node.whole_number("size"),
        uri=node.text("uri"),
        deref_uri=node.text("derefUri"),
        digest=node.text("digest"),
    )


def _area(node: Node) -> Area:
    node.know(AREA)
    return Area(
        description=node.text("areaDesc"),
        polygons=node.texts("polygon"),
        circles=node.texts("circle"),
        geocodes=_named(node, "geocode"),
        altitude=node.decimal("altitude"),
        ceiling=node.decimal("ceiling"),
    )


def _named(node: Node, tag: str) -> tuple[Parameter, ...]:
    return tuple(Parameter(one.text("valueName"), one.text("value")) for one in node.nodes(tag))
