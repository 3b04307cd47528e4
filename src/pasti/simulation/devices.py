"""The devices of a demo's gauges: registered as an officer would, and sending as a device does."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Iterable, Mapping

from pasti.kernel.clock import now
from pasti.simulation.rivers import Sample
from pasti.telemetry.queries import devices as queries
from pasti.telemetry.services.devices import DeviceWanted, register
from pasti.telemetry.services.incoming import Incoming, Taken, take

FIELD = "nilai"
SILENT_AFTER = 15 * 60  # seconds: fifteen readings missed
WEAK = "petung"  # the river whose gauges have an old battery, so that an officer sees what one looks like


def code_of(gauge: str) -> str:
    """The device of a gauge."""
    return f"alat-{gauge.lower()}"


def install(streams: Mapping[str, int]) -> int:
    """A device for each gauge whose stream has none; returns how many were made. Their keys are told to nobody."""
    free = dict(queries.free_streams(None))
    missing = {gauge: pk for gauge, pk in streams.items() if pk in free}
    for gauge, pk in sorted(missing.items()):
        name = f"Alat {free[pk].partition(',')[0]}"
        register(DeviceWanted(code_of(gauge), name, silent_after=SILENT_AFTER, fields={FIELD: pk}))
    return len(missing)


def send(samples: Iterable[Sample]) -> Taken:
    """The samples as their devices' messages, as the broker would bring them."""
    moment = now()
    return take([Incoming(f"pas/{code_of(one.gauge)}/up", _message(one, moment), moment) for one in samples])


def _message(one: Sample, moment: dt.datetime) -> bytes:
    kind = zlib.crc32(one.gauge.encode())  # always the same for one gauge
    battery = 11 + kind % 8 if WEAK in one.gauge else 62 + kind % 35
    said = {
        "ts": one.at.isoformat(),
        "values": {FIELD: one.value},
        "battery": battery,
        "rssi": -70 - (kind + moment.minute) % 35,
    }
    return json.dumps(said).encode()
