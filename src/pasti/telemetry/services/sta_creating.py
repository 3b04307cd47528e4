"""Making entities, with everything that comes along (deep insert), in one transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.telemetry.models import Device
from pasti.telemetry.rules.sta_bodies import Body
from pasti.telemetry.rules.sta_model import ENTITIES, OBSERVATIONS, Entity, Key, Relation
from pasti.telemetry.rules.sta_unfit import Unfit
from pasti.telemetry.services import sta_places
from pasti.telemetry.services.sta_observations import Made, reading, record
from pasti.telemetry.services.sta_tables import MODELS, ONE, fields, linked, rows

PURPOSE = "telemetry.operation"
Given = dict[str, Key]  # by relation: whose set it was posted to


@transaction.atomic
def create(body: Body, given: Given | None = None, *, device: Device | None = None) -> Key:
    """Make the entity of a body; `given` are relations its address says. Returns its id. Raises Unfit, and makes nothing.

    A device may make observations of its own streams, nothing else (403).
    """
    if body.entity is OBSERVATIONS:
        return _observations([body], given or {}, device)[0]
    if device is not None:
        raise Unfit("a device may only write observations", status=403)
    key = _make(body, given or {})
    record_change(None, "telemetry.entity.created", purpose=PURPOSE, object_type=body.entity.singular, object_id=key)
    return key


def _make(body: Body, given: Given) -> int:
    entity = body.entity
    values: dict[str, Any] = fields(body.values)
    for relation in entity.relations.values():
        if not relation.many:
            values[ONE[relation.name]] = _one(body, given, relation)
    row = MODELS[entity.plural]._default_manager.create(**values)
    key = int(row.pk)
    places = {name: _several(body, given, entity.relations[name]) for name in _PLACES.get(entity.plural, ())}
    _settle(entity, row, places)
    for name, items in body.links.items():
        relation = entity.relations[name]
        if relation.many and name not in places:
            _follow(relation, key, items)
    return key


_PLACES = {
    "Things": ("Locations",),
    "Locations": ("Things", "HistoricalLocations"),
    "HistoricalLocations": ("Locations",),
}


def _one(body: Body, given: Given, relation: Relation) -> int:
    if relation.name in given:
        return int(given[relation.name])
    item = body.links[relation.name][0]
    return _make(item, {}) if isinstance(item, Body) else linked(ENTITIES[relation.target], item)


def _several(body: Body, given: Given, relation: Relation) -> list[int]:
    """Ids at the other end of a relation between many and many; those made along link back by themselves."""
    items = body.links.get(relation.name, [])
    found = [_make(one, {}) if isinstance(one, Body) else linked(ENTITIES[relation.target], one) for one in items]
    return [*found, *([int(given[relation.name])] if relation.name in given else [])]


def _settle(entity: Entity, row: Any, places: dict[str, list[int]]) -> None:
    """Link things, places and history, and write the history that follows."""
    if entity.plural == "Things" and places["Locations"]:
        sta_places.place(row.pk, places["Locations"])
    elif entity.plural == "Locations":
        for thing in places["Things"]:
            sta_places.place(thing, [row.pk])
        if places["HistoricalLocations"]:
            row.historical_locations.add(*places["HistoricalLocations"])
    elif entity.plural == "HistoricalLocations":
        sta_places.remember(row, places["Locations"])


def _follow(relation: Relation, key: int, items: list[Key | Body]) -> None:
    """Make or link those of whom this is the one at the other end."""
    target = ENTITIES[relation.target]
    made = [one for one in items if isinstance(one, Body)]
    if target is OBSERVATIONS:
        if len(made) < len(items):
            raise Unfit("an Observation cannot be moved to another Datastream or feature this way")
        _observations(made, {relation.back: key}, None)
        return
    for one in made:
        _make(one, {relation.back: key})
    for other in items:
        if not isinstance(other, Body):
            rows(target).filter(pk=linked(target, other)).update(**{ONE[relation.back]: key})


def _observations(bodies: list[Body], given: Given, device: Device | None) -> list[str]:
    moment = now()
    readings = []
    for body in bodies:
        stream = _stream(body, given, device)
        readings.append(reading(stream, body.values, _feature(body, given, device), moment))
    made: list[Made] = record(readings, device=device)
    for one in made:
        if not one.key:
            raise Unfit(one.words, status=one.status)
    return [one.key for one in made]


def _stream(body: Body, given: Given, device: Device | None) -> int:
    if "Datastream" in given:
        return int(given["Datastream"])
    item = body.links["Datastream"][0]
    if isinstance(item, Body):
        if device is not None:
            raise Unfit("a device may only write observations", status=403)
        return _make(item, {})
    return int(item)


def _feature(body: Body, given: Given, device: Device | None) -> int | None:
    if "FeatureOfInterest" in given:
        return int(given["FeatureOfInterest"])
    items = body.links.get("FeatureOfInterest")
    if not items:
        return None
    if isinstance(items[0], Body):
        if device is not None:
            raise Unfit("a device may only write observations", status=403)
        return _make(items[0], {})
    return int(items[0])
