"""Pages about the devices: all of them with their health, one of them, and messages nobody could read."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pasti.kernel.accounts.access import permission_required
from pasti.kernel.api.paging import page_of
from pasti.kernel.api.problems import Problem
from pasti.kernel.clock import city_zone, now
from pasti.kernel.errors import NotFound
from pasti.telemetry.models import Datastream, Device
from pasti.telemetry.queries import devices as queries
from pasti.telemetry.queries.latest import LatestReading, latest
from pasti.telemetry.queries.readings import COUNTS
from pasti.telemetry.queries.series import series
from pasti.telemetry.web import wording

PAGE = 30
PERMISSION = "telemetry.devices"
POINTS = 96  # of a chart of a day: a quarter of an hour each


@require_safe
@permission_required(PERMISSION)
def listing(request: HttpRequest) -> HttpResponse:
    """Devices by code with their health, found by words or by what is wrong with them."""
    words, only = request.GET.get("q", "")[:100], request.GET.get("hanya", "")
    only = only if only in queries.FILTERS else ""
    page = _page(queries.devices(words, only), request, ("code",))
    context = page | {
        "rows": queries.health(page["items"]), "q": words, "only": only, "filters": wording.filters(),
        "counts": queries.counts(),
    }  # fmt: skip
    return render(request, "telemetry/devices.html", context)


@require_safe
@permission_required(PERMISSION)
def refused(request: HttpRequest) -> HttpResponse:
    """Messages that could not be stored, and why."""
    page = _page(queries.refused(), request, ("-id",))
    page["rows"] = [
        (one, wording.refusal(one), bytes(one.payload)[:400].decode("utf-8", "backslashreplace"))
        for one in page["items"]
    ]
    return render(request, "telemetry/refused.html", page)


@require_safe
@permission_required(PERMISSION)
def device(request: HttpRequest, device_id: int) -> HttpResponse:
    """One device: how it is, its streams of the last day, its log, its calibrations."""
    return shown(request, found(device_id))


def found(device_id: int) -> Device:
    """The device, or a 404."""
    try:
        return queries.device(device_id)
    except NotFound:
        raise Http404 from None


def shown(request: HttpRequest, one: Device, *, key: str = "", status: int = 200) -> HttpResponse:
    """The page of one device; with `key` just made, this once."""
    streams = queries.streams_of(one.pk)
    newest = latest(stream.pk for stream in streams)
    doubts = queries.doubts_of(streams, now() - queries.DAY)
    page = _page(queries.log_of(one.pk), request, ("-occurred_at", "-id"))
    context = page | {
        "device": one, "health": queries.health([one])[0], "key": key, "state": wording.states()[one.state],
        "decoder": wording.decoder(one.decoder), "calibrations": queries.calibrations_of(one.pk),
        "doubtful": sum(one.readings for found in doubts.values() for one in found),
        "streams": [_of_stream(stream, newest.get(stream.pk), doubts.get(stream.pk, [])) for stream in streams],
        "log": [(note, wording.kinds()[note.kind]) for note in page["items"]],
    }  # fmt: skip
    answer = render(request, "telemetry/device.html", context, status=status)
    if key:
        answer["Cache-Control"] = "no-store"
    return answer


def _of_stream(stream: Datastream, newest: LatestReading | None, doubts: list[queries.Doubt]) -> dict[str, Any]:
    """A stream with its newest reading, and in words what was doubted since yesterday."""
    points, unit = _chart(stream)
    return {
        "stream": stream, "newest": newest, "points": points, "unit": unit,
        "doubted": newest is not None and newest.flag not in COUNTS,
        "doubts": [(wording.doubts(one.reasons), one.readings, one.newest) for one in doubts],
    }  # fmt: skip


def _chart(stream: Datastream) -> tuple[list[tuple[str, Any]], str]:
    """Points of the last day with the hour they stand for, and the unit."""
    ends = now()
    run = series(stream.pk, ends - dt.timedelta(days=1), ends, POINTS)
    zone = city_zone()
    unit = stream.unit.get("symbol") or "" if isinstance(stream.unit, dict) else ""
    return [(one.begins.astimezone(zone).strftime("%H.%M"), one.mean) for one in run.buckets], unit


def _page(rows: Any, request: HttpRequest, order: tuple[str, ...]) -> dict[str, Any]:
    cursor = request.GET.get("setelah")
    try:
        page = page_of(rows, cursor, PAGE, order)
    except Problem:
        raise Http404 from None
    kept = {name: request.GET[name][:100] for name in ("q", "hanya") if request.GET.get(name)}
    following = "?" + urlencode(kept | {"setelah": page["next"]}) if page["next"] else ""
    return {"items": page["items"], "next_url": following, "prev_url": "?" + urlencode(kept) if cursor else ""}
