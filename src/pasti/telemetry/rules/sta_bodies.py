"""What a writer sends: properties, links to what is there (`{"@iot.id": 1}`), and entities to make along (deep insert)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pasti.telemetry.rules import sta_geometry, sta_times
from pasti.telemetry.rules.sta_model import ENTITIES, OBSERVATIONS, Entity, Key, Kind, Property, Relation
from pasti.telemetry.rules.sta_unfit import Unfit

DEEPEST, MOST = 5, 1000  # levels and entities of one deep insert
LONGEST = {"name": 255, "definition": 500, "observationType": 200, "encodingType": 100, "description": 20_000}
GEOJSON = ("application/geo+json", "application/vnd.geo+json")
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Body:
    """A body that was understood: `values` by property, and by relation what is linked (a key) or made along."""

    entity: Entity
    values: dict[str, Any]
    links: dict[str, list[Key | Body]] = field(default_factory=dict)


def body(entity: Entity, raw: Any, *, whole: bool = True, without: tuple[str, ...] = ()) -> Body:
    """Understand what was sent. `whole` asks for all that must be given, but for the relations in `without`.

    `@iot.*` and what the server keeps itself (`Datastream.phenomenonTime`) are passed over. Raises Unfit.
    """
    return _body(entity, raw, whole, without, 1, [MOST])


def _body(entity: Entity, raw: Any, whole: bool, without: tuple[str, ...], depth: int, budget: list[int]) -> Body:
    budget[0] -= 1
    if depth > DEEPEST or budget[0] < 0:
        raise Unfit(f"at most {DEEPEST} levels and {MOST} entities are made at once")
    if not isinstance(raw, dict):
        raise Unfit(f"{entity.singular} is a JSON object")
    values: dict[str, Any] = {}
    links: dict[str, list[Key | Body]] = {}
    for name, value in raw.items():
        if "@iot." in name or (name in entity.properties and entity.properties[name].kept):
            continue
        if name in entity.properties:
            values[name] = _value(entity, entity.properties[name], value)
        elif name in entity.relations:
            links[name] = _links(entity.relations[name], value, depth, budget)
        else:
            raise Unfit(f"{entity.singular} has no {name[:40]!r}")
    if whole:
        _complete(entity, values, links, without)
    _fits(raw, values)
    return Body(entity, values, links)


def _complete(entity: Entity, values: dict[str, Any], links: dict[str, Any], without: tuple[str, ...]) -> None:
    lacking = [one.name for one in entity.properties.values() if one.given and one.name not in values]
    lacking += [
        one.name for one in entity.relations.values()
        if one.given and one.name not in without and not links.get(one.name)
    ]  # fmt: skip
    if lacking:
        raise Unfit(f"{entity.singular} needs {', '.join(lacking)}")


def _links(relation: Relation, value: Any, depth: int, budget: list[int]) -> list[Key | Body]:
    if relation.many != isinstance(value, list):
        raise Unfit(f"{relation.name} is {'a list' if relation.many else 'one object'}")
    target = ENTITIES[relation.target]
    made: list[Key | Body] = []
    for one in value if relation.many else [value]:
        # Whatever else stands beside an id, what is named by it is there already: clients send all they know.
        if isinstance(one, dict) and "@iot.id" in one:
            made.append(key(target, one["@iot.id"]))
        else:
            made.append(_body(target, one, True, (relation.back,), depth + 1, budget))
    return made


def key(entity: Entity, value: Any) -> Key:
    """An id from JSON, as number or text. Raises Unfit."""
    if entity is OBSERVATIONS:
        if isinstance(value, str) and sta_times.observation_parts(value):
            return value
    elif isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return key(entity, int(value))
    elif isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_ID:
        return value
    raise Unfit(f"{str(value)[:40]!r} is no id of a {entity.singular}")


def _value(entity: Entity, one: Property, value: Any) -> Any:
    try:
        return _READERS[one.kind](one, value)
    except Unfit as error:
        raise Unfit(f"{entity.singular}.{one.name}: {error.words}") from error


def _text(one: Property, value: Any) -> str:
    longest = LONGEST[one.name]
    if value is None and not one.given:
        return ""
    if not isinstance(value, str) or len(value) > longest or (one.given and not value):
        raise Unfit(f"text of 1 to {longest} characters is expected")
    return value


def _json(one: Property, value: Any) -> Any:
    if one.name in ("properties", "parameters") and not isinstance(value, dict | None):
        raise Unfit("a JSON object is expected")
    if one.name == "unitOfMeasurement" and not (
        isinstance(value, dict) and {"name", "symbol", "definition"} <= set(value)
    ):
        raise Unfit("an object with name, symbol and definition is expected")
    if one.given and value is None:
        raise Unfit("a value is expected")
    return value


def _geometry(one: Property, value: Any) -> Any:
    if not isinstance(value, dict):
        raise Unfit("a JSON object is expected")
    return value


def _time(one: Property, value: Any) -> Any:
    return None if value is None and not one.given else sta_times.instant(value)


def _interval(one: Property, value: Any) -> Any:
    return None if value is None else sta_times.period(value)


def result(value: Any) -> tuple[float | None, Any]:
    """A result as a number, or as another JSON value; both None is missing. Raises Unfit for a number beyond all."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise Unfit("the number is too large")
        return number, None
    return None, value


_READERS: dict[Kind, Callable[[Property, Any], Any]] = {
    Kind.TEXT: _text, Kind.JSON: _json, Kind.GEOMETRY: _geometry, Kind.TIME: _time, Kind.INTERVAL: _interval,
    Kind.RESULT: lambda _one, value: result(value),
}  # fmt: skip


def _fits(raw: dict[str, Any], values: dict[str, Any]) -> None:
    """GeoJSON that is said to be GeoJSON must be some."""
    for name in ("location", "feature"):
        if name in values and raw.get("encodingType") in GEOJSON and sta_geometry.of_geojson(values[name]) is None:
            raise Unfit(f"{name} is no GeoJSON")
