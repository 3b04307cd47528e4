"""A CAP message as XML, in the order of the schema."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from lxml import etree

from pasti.ews.rules.cap_message import NAMESPACE, Alert, Area, Info, Parameter, Resource, time_text


def write(alert: Alert) -> bytes:
    """The message as a UTF-8 document. Raises ValueError for a time without a zone or a character XML has no place for."""
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _put(root, "identifier", alert.identifier)
    _put(root, "sender", alert.sender)
    _put(root, "sent", alert.sent)
    _put(root, "status", alert.status)
    _put(root, "msgType", alert.msg_type)
    _put(root, "source", alert.source)
    _put(root, "scope", alert.scope)
    _put(root, "restriction", alert.restriction)
    _put(root, "addresses", alert.addresses)
    for code in alert.codes:
        _put(root, "code", code)
    _put(root, "note", alert.note)
    _put(root, "references", alert.references)
    _put(root, "incidents", alert.incidents)
    for info in alert.infos:
        _info(_child(root, "info"), info)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _info(node: Any, info: Info) -> None:
    _put(node, "language", info.language)
    for category in info.categories:
        _put(node, "category", category)
    _put(node, "event", info.event)
    for response in info.responses:
        _put(node, "responseType", response)
    _put(node, "urgency", info.urgency)
    _put(node, "severity", info.severity)
    _put(node, "certainty", info.certainty)
    _put(node, "audience", info.audience)
    _named(node, "eventCode", info.event_codes)
    _put(node, "effective", info.effective)
    _put(node, "onset", info.onset)
    _put(node, "expires", info.expires)
    _put(node, "senderName", info.sender_name)
    _put(node, "headline", info.headline)
    _put(node, "description", info.description)
    _put(node, "instruction", info.instruction)
    _put(node, "web", info.web)
    _put(node, "contact", info.contact)
    _named(node, "parameter", info.parameters)
    for resource in info.resources:
        _resource(_child(node, "resource"), resource)
    for area in info.areas:
        _area(_child(node, "area"), area)


def _resource(node: Any, resource: Resource) -> None:
    _put(node, "resourceDesc", resource.description)
    _put(node, "mimeType", resource.mime_type)
    _put(node, "size", resource.size)
    _put(node, "uri", resource.uri)
    _put(node, "derefUri", resource.deref_uri)
    _put(node, "digest", resource.digest)


def _area(node: Any, area: Area) -> None:
    _put(node, "areaDesc", area.description)
    for polygon in area.polygons:
        _put(node, "polygon", polygon)
    for circle in area.circles:
        _put(node, "circle", circle)
    _named(node, "geocode", area.geocodes)
    _put(node, "altitude", area.altitude)
    _put(node, "ceiling", area.ceiling)


def _named(node: Any, tag: str, values: tuple[Parameter, ...]) -> None:
    for one in values:
        holder = _child(node, tag)
        _put(holder, "valueName", one.name)
        _put(holder, "value", one.value, even_empty=True)


def _put(node: Any, tag: str, value: str | int | Decimal | dt.datetime | None, *, even_empty: bool = False) -> None:
    if isinstance(value, dt.datetime):
        value = time_text(value)
    elif isinstance(value, Decimal):
        value = f"{value:f}"
    if even_empty or (value is not None and value != ""):
        _child(node, tag).text = str(value)


def _child(node: Any, tag: str) -> Any:
    return etree.SubElement(node, f"{{{NAMESPACE}}}{tag}")
