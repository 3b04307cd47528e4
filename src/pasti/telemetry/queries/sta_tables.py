"""Where the entities of SensorThings stand in the database: the one place that knows columns and links.

In the texts `{a}` is the alias of the row itself; in links `{k}` is the id of the row at the other end.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A table, what is joined to it for some of its properties, its key, and the columns of each property."""

    name: str
    columns: dict[str, tuple[str, ...]]
    key: tuple[str, ...] = ("{a}.id",)
    beside: str = ""

    def source(self, alias: str) -> str:
        """The table under an alias, for FROM."""
        return f"{self.name} {alias}"

    def joined(self, alias: str) -> str:
        """The joins that some columns need."""
        return self.beside.replace("{a}", alias)

    def keys(self, alias: str) -> tuple[str, ...]:
        """The columns of the key."""
        return tuple(one.replace("{a}", alias) for one in self.key)

    def of(self, name: str, alias: str) -> tuple[str, ...]:
        """The columns of a property."""
        return tuple(one.replace("{a}", alias) for one in self.columns[name])


def _plain(**columns: str) -> dict[str, tuple[str, ...]]:
    return {name: (f"{{a}}.{column}",) for name, column in columns.items()}


_DESCRIBED = {"name": "name", "description": "description", "properties": "properties"}
TABLES = {
    "Things": Table("telemetry_thing", _plain(**_DESCRIBED)),
    "Locations": Table(
        "telemetry_location", _plain(**_DESCRIBED, encodingType="encoding_type", location="location")
    ),
    "HistoricalLocations": Table("telemetry_historicallocation", _plain(time="time")),
    "Datastreams": Table(
        "telemetry_datastream",
        _plain(**_DESCRIBED, unitOfMeasurement="unit", observationType="observation_type", observedArea="observed_area")
        | {
            "phenomenonTime": ("{a}l.begins", "{a}l.ends"),
            "resultTime": ("{a}l.result_begins", "{a}l.result_ends"),
        },
        beside=" LEFT JOIN telemetry_latest {a}l ON {a}l.datastream_id = {a}.id",
    ),
    "Sensors": Table("telemetry_sensor", _plain(**_DESCRIBED, encodingType="encoding_type", metadata="metadata")),
    "ObservedProperties": Table("telemetry_observedproperty", _plain(**_DESCRIBED, definition="definition")),
    "Observations": Table(
        "telemetry_observation",
        {
            "phenomenonTime": ("{a}.phenomenon_time", "coalesce({a}.phenomenon_end, {a}.phenomenon_time)"),
            "result": ("{a}.result", "{a}.result_json"),
            "resultTime": ("{a}.result_time",),
            # What the sender said of the quality; else what our own tests found (QARTOD flag 2 is: not evaluated).
            "resultQuality": (
                "coalesce({a}.result_quality, CASE WHEN {a}.flag <> 2 THEN jsonb_build_object('qartod', {a}.flag) END)",
            ),
            "validTime": ("{a}.valid_begin", "{a}.valid_end"),
            "parameters": ("{a}.parameters",),
        },
        key=("{a}.datastream_id", "{a}.phenomenon_time"),
    ),
    "FeaturesOfInterest": Table(
        "telemetry_featureofinterest", _plain(**_DESCRIBED, encodingType="encoding_type", feature="feature")
    ),
}  # fmt: skip

# An observation that came by another way than this API names no feature: it is the one of where its thing stands.
_FEATURE = (
    "coalesce({a}.feature_id, (SELECT f.id FROM telemetry_datastream s"
    " JOIN telemetry_thing_locations tl ON tl.thing_id = s.thing_id"
    " JOIN telemetry_featureofinterest f ON f.of_location_id = tl.location_id"
    " WHERE s.id = {a}.datastream_id ORDER BY f.id LIMIT 1))"
)
ONE = {  # the id of the one at the other end
    ("HistoricalLocations", "Thing"): "{a}.thing_id",
    ("Datastreams", "Thing"): "{a}.thing_id",
    ("Datastreams", "Sensor"): "{a}.sensor_id",
    ("Datastreams", "ObservedProperty"): "{a}.observed_property_id",
    ("Observations", "Datastream"): "{a}.datastream_id",
    ("Observations", "FeatureOfInterest"): _FEATURE,
}
MANY = {  # which rows {a} of the other end belong to the row of id {k}
    ("Things", "Locations"): "{a}.id IN (SELECT location_id FROM telemetry_thing_locations WHERE thing_id = {k})",
    ("Things", "HistoricalLocations"): "{a}.thing_id = {k}",
    ("Things", "Datastreams"): "{a}.thing_id = {k}",
    ("Locations", "Things"): "{a}.id IN (SELECT thing_id FROM telemetry_thing_locations WHERE location_id = {k})",
    ("Locations", "HistoricalLocations"): (
        "{a}.id IN (SELECT historicallocation_id FROM telemetry_historicallocation_locations WHERE location_id = {k})"
    ),
    ("HistoricalLocations", "Locations"): (
        "{a}.id IN (SELECT location_id FROM telemetry_historicallocation_locations WHERE historicallocation_id = {k})"
    ),
    ("Datastreams", "Observations"): "{a}.datastream_id = {k}",
    ("Sensors", "Datastreams"): "{a}.sensor_id = {k}",
    ("ObservedProperties", "Datastreams"): "{a}.observed_property_id = {k}",
    # Observations have no index by feature; the few streams that ever saw it are known.
    ("FeaturesOfInterest", "Observations"): (
        "{a}.datastream_id IN (SELECT datastream_id FROM telemetry_featurestream WHERE feature_id = {k}"
        " UNION SELECT s.id FROM telemetry_datastream s JOIN telemetry_thing_locations tl ON tl.thing_id = s.thing_id"
        " JOIN telemetry_featureofinterest f ON f.of_location_id = tl.location_id WHERE f.id = {k})"
        f" AND {_FEATURE} = {{k}}"
    ),
}


def one(entity: str, relation: str, alias: str) -> str:
    """The id of the one entity at the other end of a row's relation."""
    return ONE[entity, relation].replace("{a}", alias)


def many(entity: str, relation: str, alias: str, key: str) -> str:
    """The condition under which a row `alias` is at the other end of the relation of the row of id `key`."""
    return MANY[entity, relation].replace("{a}", alias).replace("{k}", key)
