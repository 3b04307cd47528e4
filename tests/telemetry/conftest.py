"""A river gauge with a device, as the tests of telemetry need it."""

from __future__ import annotations

import datetime as dt

import pytest

from pasti.kernel.clock import now
from pasti.telemetry.models import Datastream, Device, ObservedProperty, Sensor, Thing
from pasti.telemetry.services import rows

UNIT = {"name": "centimetre", "symbol": "cm", "definition": "http://unitsofmeasure.org/ucum.html#para-30"}
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


def stream(code: str = "", device: Device | None = None, **more: object) -> Datastream:
    """A datastream of water levels with a thing, sensor and property of its own."""
    thing = Thing.objects.create(name="Rumah alat")
    sensor = Sensor.objects.create(name="Radar", encoding_type="text/html", metadata="https://example.org/radar")
    seen = ObservedProperty.objects.create(name="Tinggi air", definition="https://example.org/level")
    return Datastream.objects.create(
        code=code, name="Tinggi air", observation_type=MEASUREMENT, unit=UNIT, thing=thing, sensor=sensor,
        observed_property=seen, device=device, **more,
    )  # fmt: skip


def device(code: str = "alat-1") -> Device:
    """A device that may send."""
    return Device.objects.create(code=code, name=code, created_at=now())


@pytest.fixture
def noon() -> dt.datetime:
    """Some moment, so that tests do not depend on the day they run."""
    return dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _no_month_is_known_yet() -> None:
    """The partitions a process knows of are those of the database it works in; here that changes."""
    rows._months.clear()
