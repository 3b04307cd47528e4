"""The eight entities of SensorThings 1.1 (OGC 18-088, clause 8.2): their properties, relations, and what must be given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a property holds, which says how it is compared and written."""

    TEXT = "text"
    JSON = "json"
    GEOMETRY = "geometry"  # GeoJSON
    TIME = "time"
    INTERVAL = "interval"  # a time or two with a slash
    RESULT = "result"  # any JSON value
    ID = "id"


@dataclass(frozen=True)
class Property:
    """A property; `given` says whether a writer must give it, `kept` that the server keeps it and no writer may set it."""

    name: str
    kind: Kind
    given: bool = False
    kept: bool = False


@dataclass(frozen=True)
class Relation:
    """A navigation property to one or `many` entities of the set `target`; `back` is its name seen from there."""

    name: str
    target: str
    many: bool
    back: str
    given: bool = False


@dataclass(frozen=True)
class Entity:
    """An entity type: its set's name, its own name, properties and relations by name."""

    plural: str
    singular: str
    properties: dict[str, Property]
    relations: dict[str, Relation]


def _described(*more: Property) -> list[Property]:
    return [Property("name", Kind.TEXT, given=True), Property("description", Kind.TEXT), *more,
            Property("properties", Kind.JSON)]  # fmt: skip


def _entity(plural: str, singular: str, properties: list[Property], *relations: Relation) -> Entity:
    return Entity(plural, singular, {one.name: one for one in properties}, {one.name: one for one in relations})


_ENCODING = Property("encodingType", Kind.TEXT, given=True)
_ALL = (
    _entity(
        "Things", "Thing", _described(),
        Relation("Locations", "Locations", True, "Things"),
        Relation("HistoricalLocations", "HistoricalLocations", True, "Thing"),
        Relation("Datastreams", "Datastreams", True, "Thing"),
    ),
    _entity(
        "Locations", "Location", _described(_ENCODING, Property("location", Kind.GEOMETRY, given=True)),
        Relation("Things", "Things", True, "Locations"),
        Relation("HistoricalLocations", "HistoricalLocations", True, "Locations"),
    ),
    _entity(
        "HistoricalLocations", "HistoricalLocation", [Property("time", Kind.TIME, given=True)],
        Relation("Thing", "Things", False, "HistoricalLocations", given=True),
        Relation("Locations", "Locations", True, "HistoricalLocations", given=True),
    ),
    _entity(
        "Datastreams", "Datastream",
        _described(
            Property("unitOfMeasurement", Kind.JSON, given=True), Property("observationType", Kind.TEXT, given=True),
            Property("observedArea", Kind.GEOMETRY, kept=True), Property("phenomenonTime", Kind.INTERVAL, kept=True),
            Property("resultTime", Kind.INTERVAL, kept=True),
        ),
        Relation("Thing", "Things", False, "Datastreams", given=True),
        Relation("Sensor", "Sensors", False, "Datastreams", given=True),
        Relation("ObservedProperty", "ObservedProperties", False, "Datastreams", given=True),
        Relation("Observations", "Observations", True, "Datastream"),
    ),
    _entity(
        "Sensors", "Sensor", _described(_ENCODING, Property("metadata", Kind.JSON, given=True)),
        Relation("Datastreams", "Datastreams", True, "Sensor"),
    ),
    _entity(
        "ObservedProperties", "ObservedProperty", _described(Property("definition", Kind.TEXT, given=True)),
        Relation("Datastreams", "Datastreams", True, "ObservedProperty"),
    ),
    _entity(
        "Observations", "Observation",
        [
            Property("phenomenonTime", Kind.INTERVAL), Property("result", Kind.RESULT, given=True),
            Property("resultTime", Kind.TIME), Property("resultQuality", Kind.JSON),
            Property("validTime", Kind.INTERVAL), Property("parameters", Kind.JSON),
        ],
        Relation("Datastream", "Datastreams", False, "Observations", given=True),
        Relation("FeatureOfInterest", "FeaturesOfInterest", False, "Observations"),
    ),
    _entity(
        "FeaturesOfInterest", "FeatureOfInterest",
        _described(_ENCODING, Property("feature", Kind.GEOMETRY, given=True)),
        Relation("Observations", "Observations", True, "FeatureOfInterest"),
    ),
)  # fmt: skip
ENTITIES = {one.plural: one for one in _ALL}
OBSERVATIONS = ENTITIES["Observations"]
IDS = ("id", "@iot.id")
Key = int | str  # an observation's is text: its datastream and its time in milliseconds since 1970
