"""Gauges as other programs and pages see them."""

from __future__ import annotations

from pasti.ews.models import Gauge
from pasti.telemetry.queries.latest import latest


def streams() -> dict[str, int]:
    """The datastream of each gauge, by the gauge's code."""
    return dict(Gauge.objects.values_list("code", "datastream_id"))


def streams_without_readings() -> dict[str, int]:
    """The same, of gauges that never sent anything."""
    all_ = streams()
    heard = latest(all_.values())
    return {code: pk for code, pk in all_.items() if pk not in heard}
