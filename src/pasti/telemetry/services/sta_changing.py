"""Changing entities: PATCH (what is given), PUT (everything), JSON Patch (as PUT of the outcome)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from pasti.kernel.audit.services import record_change
from pasti.telemetry.models import FeatureOfInterest, FeatureStream
from pasti.telemetry.rules.sta_bodies import Body
from pasti.telemetry.rules.sta_model import ENTITIES, OBSERVATIONS, Entity, Key, Kind
from pasti.telemetry.rules.sta_unfit import Unfit, missing
from pasti.telemetry.services import sta_observation_changing, sta_places
from pasti.telemetry.services.sta_creating import PURPOSE
from pasti.telemetry.services.sta_features import measure_area
from pasti.telemetry.services.sta_tables import ONE, fields, linked, rows

_SETS = {"Locations": "locations", "HistoricalLocations": "historical_locations"}


@transaction.atomic
def change(key: Key, body: Body, *, whole: bool = False) -> None:
    """Set what the body says; with `whole`, properties it does not name become empty. Raises Unfit.

    Relations are changed by links to what is there; none is made along (18-088, 10.3).
    """
    entity = body.entity
    links = _only_links(body)
    if entity is OBSERVATIONS:
        sta_observation_changing.change(str(key), body.values, links, whole=whole)
    else:
        _set(entity, int(key), _values(body, whole), links)
    record_change(
        None, "telemetry.entity.changed", purpose=PURPOSE, fields=[*body.values, *body.links],
        object_type=entity.singular, object_id=key,
    )  # fmt: skip


def _only_links(body: Body) -> dict[str, list[Key]]:
    for name, items in body.links.items():
        if any(isinstance(one, Body) for one in items):
            raise Unfit(f"{name}: a change links to what is there by its @iot.id, and makes nothing new")
    return {name: [one for one in items if not isinstance(one, Body)] for name, items in body.links.items()}


def _values(body: Body, whole: bool) -> dict[str, Any]:
    if not whole:
        return body.values
    empty = {one.name: "" if one.kind is Kind.TEXT else None for one in body.entity.properties.values() if not one.kept}
    return empty | body.values


def _set(entity: Entity, key: int, values: dict[str, Any], links: dict[str, list[Key]]) -> None:
    row = rows(entity).select_for_update().filter(pk=key).first()
    if row is None:
        raise missing(f"{entity.singular} of id {key}")
    changed = fields(values)
    for name, keys in links.items():
        relation = entity.relations[name]
        if relation.many:
            _link_many(entity, key, name, keys)
        else:
            changed[ONE[name]] = linked(ENTITIES[relation.target], keys[0])
    for field, value in changed.items():
        setattr(row, field, value)
    if changed:
        row.save(update_fields=list(changed))
    if entity.plural == "Locations" and "location" in values:
        # Observations so far were of where it was; the next ones get a feature of where it is.
        FeatureOfInterest.objects.filter(of_location=row).update(of_location=None)
    if entity.plural == "FeaturesOfInterest" and "feature" in values:
        for stream in _streams_of(key):
            measure_area(stream)


def _streams_of(feature: int) -> list[int]:
    return list(FeatureStream.objects.filter(feature_id=feature).values_list("datastream_id", flat=True))


def _link_many(entity: Entity, key: int, name: str, keys: list[Key]) -> None:
    relation = entity.relations[name]
    target = ENTITIES[relation.target]
    if target is OBSERVATIONS:
        raise Unfit("an Observation cannot be moved to another Datastream or feature this way")
    ids = [linked(target, one) for one in keys]
    if (entity.plural, name) == ("Things", "Locations"):
        sta_places.place(key, ids)
    elif (entity.plural, name) == ("Locations", "Things"):
        for thing in ids:
            sta_places.place(thing, [key])
    elif relation.back in ONE:
        rows(target).filter(pk__in=ids).update(**{ONE[relation.back]: key})
    else:
        getattr(rows(entity).get(pk=key), _SETS[name]).set(ids)
