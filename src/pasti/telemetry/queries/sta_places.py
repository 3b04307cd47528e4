"""Walking a resource path: which set or which entity an address names, and whether it is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from pasti.telemetry.queries.sta_sets import key_is
from pasti.telemetry.queries.sta_sql import Sql, joined, put
from pasti.telemetry.queries.sta_tables import TABLES, many, one
from pasti.telemetry.rules.sta_ast import Path
from pasti.telemetry.rules.sta_model import OBSERVATIONS, Entity, Key, Relation
from pasti.telemetry.rules.sta_times import observation_key
from pasti.telemetry.rules.sta_unfit import missing


@dataclass(frozen=True)
class Place:
    """Where a path leads: conditions on alias a. `parent` is whose set it is, by which relation."""

    entity: Entity
    where: tuple[Sql, ...]
    key: Key | None = None
    parent: tuple[Entity, Key, Relation] | None = None


def reach(path: Path) -> Place:
    """Follow a path. Raises Unfit 404 when an entity on the way is not there.

    The last entity, and whose set the last set is, are not looked up: reading them tells (`assure`).
    """
    place: Place | None = None
    for step in path.steps:
        parent = None
        if place is None or step.relation is None:
            where: tuple[Sql, ...] = ()
        elif step.relation.many:
            assert place.key is not None
            parent = (place.entity, place.key, step.relation)
            if place.parent is not None:
                _assure_there(place)
            where = (of_parent(place.entity, step.relation, Sql("%s", (place.key,))),)
        else:
            key = _other_end(place, step.relation)
            place = Place(step.entity, (key_is(step.entity, key),), key)
            continue
        if step.key is not None:
            where = (*where, key_is(step.entity, step.key))
        place = Place(step.entity, where, step.key, parent)
    assert place is not None
    return place


def of_parent(entity: Entity, relation: Relation, key: Sql) -> Sql:
    """The condition on alias a to be at the other end of a relation to many."""
    return put(many(entity.plural, relation.name, "a", "{0}"), key)


def assure(place: Place) -> None:
    """Raise Unfit 404 when the parent of a set that was found empty is not there."""
    if place.parent is not None:
        entity, key, _ = place.parent
        _assure_there(Place(entity, (key_is(entity, key),), key))


def _assure_there(place: Place) -> None:
    if _row(place, "1") is None:
        raise missing(f"{place.entity.singular} of id {str(place.key)[:60]!r}")


def _other_end(place: Place, relation: Relation) -> Key:
    found = _row(place, one(place.entity.plural, relation.name, "a"))
    if found is None:
        raise missing(f"{place.entity.singular} of id {str(place.key)[:60]!r}")
    if found[0] is None:
        raise missing(f"{relation.name} of this {place.entity.singular}")
    key: Key = found[0]
    return key


def _row(place: Place, columns: str) -> tuple[Any, ...] | None:
    table = TABLES[place.entity.plural]
    query = put(f"SELECT {columns} FROM {table.source('a')} WHERE {{0}} LIMIT 1", joined(" AND ", place.where))
    with connection.cursor() as cursor:
        cursor.execute(query.text, query.params)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def key_at(path: Path) -> tuple[Entity, Key]:
    """Type and id of the one entity a path names, looked up. Raises Unfit 404."""
    place = reach(path)
    found = _row(place, ", ".join(TABLES[place.entity.plural].keys("a")))
    if found is None:
        raise missing(f"{place.entity.singular} of id {str(place.key)[:60]!r}")
    return place.entity, observation_key(*found) if place.entity is OBSERVATIONS else found[0]
