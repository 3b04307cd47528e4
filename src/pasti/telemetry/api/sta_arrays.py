"""`POST /CreateObservations`: data arrays."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from pasti.telemetry.api.sta_edge import JSON, base, respond
from pasti.telemetry.api.sta_writers import writer
from pasti.telemetry.rules.sta_bodies import key
from pasti.telemetry.rules.sta_model import ENTITIES
from pasti.telemetry.rules.sta_unfit import Unfit
from pasti.telemetry.services.sta_arrays import Array, record_arrays


class _Link(msgspec.Struct):
    id: int | str = msgspec.field(name="@iot.id")


class _Array(msgspec.Struct):
    Datastream: _Link
    components: list[str]
    dataArray: list[Any]  # noqa: N815 (the standard's name)


_decoder = msgspec.json.Decoder(list[_Array])


def create_observations(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Make many observations. 201 with a self link for each, or the word `error` for one that was refused."""
    device = writer(request)
    if request.content_type != JSON:
        raise Unfit(f"send {JSON}", status=415)
    try:
        sent = _decoder.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unfit(f"the body is no list of data arrays: {str(error)[:200]}") from error
    streams = ENTITIES["Datastreams"]
    arrays = [Array(int(key(streams, one.Datastream.id)), one.components, one.dataArray) for one in sent]
    made = record_arrays(arrays, device=device)
    link = f"{base()}/Observations('"
    return respond([f"{link}{one.key}')" if one.key else "error" for one in made], 201)
