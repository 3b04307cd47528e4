"""What makes a small network of gauges through the SensorThings API."""

from __future__ import annotations

from typing import Any

UNIT = {"name": "centimetre", "symbol": "cm", "definition": "http://unitsofmeasure.org/ucum.html#cm"}
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


def point(lon: float, lat: float) -> dict[str, Any]:
    """A Location's GeoJSON with its encoding."""
    return {"encodingType": "application/geo+json", "location": {"type": "Point", "coordinates": [lon, lat]}}


def thing(name: str, lon: float = 112.9, lat: float = -7.65, **properties: Any) -> dict[str, Any]:
    """A gauge house with one place and one datastream, for deep insert."""
    return {
        "name": name, "description": f"Rumah alat {name}", "properties": properties,
        "Locations": [{"name": f"Tempat {name}", "description": "", **point(lon, lat)}],
        "Datastreams": [stream(name)],
    }  # fmt: skip


def stream(name: str, **more: Any) -> dict[str, Any]:
    """A datastream with its sensor and property."""
    return {
        "name": f"Tinggi air {name}", "description": "", "observationType": MEASUREMENT, "unitOfMeasurement": UNIT,
        "Sensor": {"name": "Radar", "description": "", "encodingType": "text/html", "metadata": "https://example.org"},
        "ObservedProperty": {"name": "Tinggi air", "definition": "https://example.org/level", "description": ""},
        **more,
    }  # fmt: skip
