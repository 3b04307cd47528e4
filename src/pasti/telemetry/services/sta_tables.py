"""Which model and which field keeps what of SensorThings."""

from __future__ import annotations

from typing import Any

from django.db import models

from pasti.telemetry.models import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)
from pasti.telemetry.rules.sta_model import Entity, Key
from pasti.telemetry.rules.sta_unfit import Unfit

MODELS: dict[str, type[models.Model]] = {
    "Things": Thing, "Locations": Location, "HistoricalLocations": HistoricalLocation, "Datastreams": Datastream,
    "Sensors": Sensor, "ObservedProperties": ObservedProperty, "FeaturesOfInterest": FeatureOfInterest,
}  # fmt: skip
FIELDS = {"encodingType": "encoding_type", "unitOfMeasurement": "unit", "observationType": "observation_type"}
ONE = {"Thing": "thing_id", "Sensor": "sensor_id", "ObservedProperty": "observed_property_id"}


def fields(values: dict[str, Any]) -> dict[str, Any]:
    """Values by the fields that keep them."""
    return {FIELDS.get(name, name): value for name, value in values.items()}


def rows(entity: Entity) -> models.QuerySet[Any]:
    """All rows of an entity set."""
    return MODELS[entity.plural]._default_manager.all()


def linked(entity: Entity, key: Key) -> int:
    """The id, when there is such an entity. Raises Unfit."""
    if not rows(entity).filter(pk=key).exists():
        raise Unfit(f"there is no {entity.singular} of id {str(key)[:40]} to link to")
    return int(key)
