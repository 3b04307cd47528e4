"""Geo functions: computed here over the few places there are, and given to the database as ids with their values."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import connection

from pasti.telemetry.queries.sta_sql import Sql
from pasti.telemetry.queries.sta_tables import TABLES
from pasti.telemetry.queries.sta_values import Value
from pasti.telemetry.rules import sta_geometry
from pasti.telemetry.rules.sta_unfit import Unfit

MOST = 20_000  # geometries looked at for one function


def is_geo(name: str) -> bool:
    """Whether a function is about geometry."""
    return name.startswith(("geo.", "st_"))


def computed(name: str, arguments: Sequence[Value]) -> Value:
    """The value of a geo function of a property, of a property and a literal, or of two properties of one entity."""
    shapes = list(arguments[: 1 if name == "geo.length" else 2])
    pattern = _pattern(arguments[2]) if name == "st_relate" else ""
    places = {one.of for one in shapes if one.of is not None}
    for one in shapes:
        if one.of is None and one.kind != "shape":
            raise Unfit(f"{name} takes geometries, not a {one.kind}")
    gives = "number" if name in sta_geometry.NUMBERS else "bool"
    cast = "float8" if gives == "number" else "boolean"
    fixed = {index: sta_geometry.of_wkt(str(one.plain)) for index, one in enumerate(shapes) if one.of is None}
    if not places:
        value = sta_geometry.computed(name, fixed[0], fixed.get(1), pattern)
        return Value(gives, Sql(f"%s::{cast}", (value,)))
    if len({(entity, alias) for entity, _, alias in places}) > 1:
        raise Unfit(f"{name} takes properties of one entity only")
    entity, _, alias = next(iter(places))
    columns = [one.of[1] for one in shapes if one.of is not None]
    ids, values = [], []
    for pk, found in _geometries(entity, columns):
        both = iter(found)
        pair = [fixed[index] if index in fixed else next(both) for index in range(len(shapes))]
        if all(one is not None for one in pair):
            ids.append(pk)
            values.append(sta_geometry.computed(name, pair[0], pair[1] if len(pair) > 1 else None, pattern))
    if gives == "bool":
        return Value("bool", Sql(f"({alias}.id = ANY(%s))", ([pk for pk, v in zip(ids, values, strict=True) if v],)))
    text = f"(SELECT g.v FROM unnest(%s::bigint[], %s::float8[]) AS g (id, v) WHERE g.id = {alias}.id)"
    return Value("number", Sql(text, (ids, values)))


def _pattern(value: Value) -> str:
    if not isinstance(value.plain, str) or len(value.plain) != 9 or set(value.plain.upper()) - set("TF*012"):
        raise Unfit("st_relate takes a pattern of nine of T F * 0 1 2")
    return value.plain.upper()


def _geometries(entity: str, properties: list[str]) -> list[tuple[int, list[sta_geometry.Geometry | None]]]:
    """Id and geometries of all rows of an entity set. Raises Unfit when they are too many to be looked at."""
    table = TABLES[entity]
    columns = ", ".join(table.of(name, "g")[0] for name in properties)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT g.id, {columns} FROM {table.source('g')} LIMIT %s", [MOST + 1])
        rows = cursor.fetchall()
    if len(rows) > MOST:
        raise Unfit(f"geo functions look at {MOST} places at most")
    return [(pk, [_read(one) for one in found]) for pk, *found in rows]


def _read(text: str | None) -> sta_geometry.Geometry | None:
    try:
        return None if text is None else sta_geometry.of_geojson(json.loads(text))
    except RecursionError:
        return None
