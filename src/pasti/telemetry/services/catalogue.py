"""Keeping the city's own things and datastreams, each by a stable code, for the systems that watch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from pasti.kernel.clock import now
from pasti.telemetry.models import Datastream, HistoricalLocation, Location, ObservedProperty, Sensor, Thing

GEOJSON = "application/geo+json"
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
UNITS = {
    "cm": {"name": "centimetre", "symbol": "cm", "definition": "http://unitsofmeasure.org/ucum.html#cm"},
    "mm": {"name": "millimetre", "symbol": "mm", "definition": "http://unitsofmeasure.org/ucum.html#mm"},
}
PROPERTIES = {
    "water_level": ("Tinggi muka air", "http://vocab.nerc.ac.uk/standard_name/water_surface_height_above_reference_datum/"),
    "rainfall": ("Curah hujan", "http://vocab.nerc.ac.uk/standard_name/thickness_of_rainfall_amount/"),
}  # fmt: skip
INSTRUMENTS = {"water_level": "Pengukur tinggi air", "rainfall": "Penakar hujan"}


@dataclass(frozen=True)
class StreamWanted:
    """A datastream a system needs, with its thing and place (degrees, WGS 84). `code` is its name for ever."""

    code: str
    name: str
    thing: str
    lon: float
    lat: float
    property_code: str
    unit: str
    quality: dict[str, Any] = field(default_factory=dict)
    interval_seconds: int | None = None
    watched: bool = False


@transaction.atomic
def ensure_stream(wanted: StreamWanted) -> int:
    """Make the datastream with everything around it, or bring it in line; returns its id. Again changes nothing."""
    name, definition = PROPERTIES[wanted.property_code]
    about, _ = ObservedProperty.objects.get_or_create(
        code=wanted.property_code, defaults={"name": name, "definition": definition}
    )
    sensor, _ = Sensor.objects.get_or_create(
        code=wanted.property_code,
        defaults={"name": INSTRUMENTS[wanted.property_code], "encoding_type": "text/html", "metadata": definition},
    )
    thing, _ = Thing.objects.update_or_create(code=wanted.code, defaults={"name": wanted.thing})
    _ensure_place(thing, wanted)
    stream, _ = Datastream.objects.update_or_create(
        code=wanted.code,
        defaults={
            "name": wanted.name, "observation_type": MEASUREMENT, "unit": UNITS[wanted.unit], "thing": thing,
            "sensor": sensor, "observed_property": about, "quality": wanted.quality,
            "interval_seconds": wanted.interval_seconds, "watched": wanted.watched,
        },
    )  # fmt: skip
    return stream.pk


def _ensure_place(thing: Thing, wanted: StreamWanted) -> None:
    point = {"type": "Point", "coordinates": [wanted.lon, wanted.lat]}
    if thing.locations.filter(code=wanted.code, location=point).exists():
        return
    place, _ = Location.objects.update_or_create(
        code=wanted.code, defaults={"name": wanted.thing, "encoding_type": GEOJSON, "location": point}
    )
    thing.locations.set([place])
    history = HistoricalLocation.objects.create(thing=thing, time=now())
    history.locations.add(place)
