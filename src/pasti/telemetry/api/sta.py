"""Reading: the landing page, sets, entities, properties, links."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from pasti.telemetry.api.sta_edge import base, pairs, respond
from pasti.telemetry.queries import sta_reading as reading
from pasti.telemetry.rules.sta_ast import Options, Path
from pasti.telemetry.rules.sta_conformance import BY_MQTT, CONFORMANCE
from pasti.telemetry.rules.sta_model import ENTITIES, OBSERVATIONS
from pasti.telemetry.rules.sta_options import options
from pasti.telemetry.rules.sta_path import path
from pasti.telemetry.rules.sta_unfit import Unfit

PARTS = {"$select", "$expand"}  # what an address of one entity takes


def landing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The sets there are, and what of the standard holds."""
    sets = [{"name": name, "url": f"{base()}/{name}"} for name in ENTITIES]
    told: dict[str, Any] = {"conformance": [*CONFORMANCE]}
    broker = urlsplit(settings.PASTI_MQTT_URL)
    if broker.hostname:
        told["conformance"].append(BY_MQTT)
        told[BY_MQTT] = {"endpoints": [f"{broker.scheme}://{broker.hostname}:{broker.port or 1883}"]}
    return respond({"value": sets, "serverSettings": told})


def read(request: HttpRequest, rest: str) -> HttpResponse:
    """Whatever an address names. Raises Unfit."""
    found = path(rest)
    asked = options(found.entity, pairs(request))
    _fits(found, asked)
    with reading.patient():
        if found.inside:
            return _inside(found)
        if not found.one:
            address = f"{base()}/{rest.strip('/')}"
            return respond(reading.collection(found, asked, base(), address))
        if found.ref:
            return respond(reading.single(found, Options(select=("@iot.selfLink",)), base()))
        return respond(reading.single(found, asked, base()))


def _fits(found: Path, asked: Options) -> None:
    """Raises Unfit for options that say nothing at this address."""
    if found.inside and asked.text:
        raise Unfit("a property takes no query options")
    if found.one and (others := set(asked.text) - PARTS):
        raise Unfit(f"one entity takes $select and $expand, not {min(others)}")
    if asked.data_array and (found.entity is not OBSERVATIONS or found.one or asked.expand or found.ref):
        raise Unfit("$resultFormat=dataArray is for sets of Observations, without $expand")


def _inside(found: Path) -> HttpResponse:
    value = reading.inside(found, base())
    if value is None:
        return HttpResponse(status=204)
    if not found.raw:
        return respond({found.inside[-1]: value})
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
