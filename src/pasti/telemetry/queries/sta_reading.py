"""Answering a question of SensorThings: a set, an entity, a property, links, with everything expanded.

One query for each level of `$expand` (two with `$count`), however many entities there are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

import msgspec
from django.db import connection, transaction

from pasti.telemetry.queries.sta_places import Place, assure, of_parent, reach
from pasti.telemetry.queries.sta_rows import SELF, Row, Shape, address
from pasti.telemetry.queries.sta_sets import SetQuery, page_size
from pasti.telemetry.queries.sta_sql import Sql
from pasti.telemetry.rules.sta_ast import Expand, Options, Path
from pasti.telemetry.rules.sta_model import ENTITIES, IDS, Entity, Key
from pasti.telemetry.rules.sta_unfit import Unfit, missing

PATIENCE = 8.0  # seconds; a question that takes longer, all its levels together, is refused: anybody may ask
_ends: ContextVar[float] = ContextVar("ends", default=float("inf"))  # when several questions must be over (monotonic)


@contextmanager
def together(seconds: float) -> Iterator[Callable[[], bool]]:
    """All questions asked inside share `seconds`; what is given says whether they are used up."""
    ends = time.monotonic() + seconds
    token = _ends.set(ends)
    try:
        yield lambda: time.monotonic() >= ends
    finally:
        _ends.reset(token)


@contextmanager
def patient() -> Iterator[None]:
    """One moment of the database for all levels of an answer, and an end to questions without end."""
    clock = _Clock(min(time.monotonic() + PATIENCE, _ends.get()))
    with transaction.atomic(), connection.execute_wrapper(clock):
        yield


class _Clock:
    """Gives each statement what is left of the time; telling the database costs, so it is told each second at most."""

    def __init__(self, ends: float):
        self._ends, self._told = ends, float("inf")

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise Unfit("this question takes too long: name a datastream or a shorter time")
        if left < self._told - 1:
            context["cursor"].cursor.execute(f"SET LOCAL statement_timeout = {max(1, int(left * 1000))}")
            self._told = left
        return execute(sql, params, many, context)


def collection(path: Path, options: Options, base: str, asked: str) -> dict[str, Any]:
    """A page of a set; `asked` is its own address without options. Raises Unfit."""
    place = reach(path)
    if path.ref:
        options = replace(options, select=("id",), expand=())
    shape = Shape(place.entity, options, base)
    query = SetQuery(place.entity, options, shape, place.where)
    rows, more = query.page()
    if not rows:
        assure(place)
    answer: dict[str, Any] = {"@iot.count": query.count()} if options.count else {}
    if more:
        answer["@iot.nextLink"] = f"{asked}?{query.next_query(rows[-1])}"
    if path.ref:
        answer["value"] = [{SELF: address(base, place.entity, shape.key(row))} for row in rows]
    elif options.data_array:
        answer["value"] = _data_arrays(shape, rows, base)
    else:
        answer["value"] = _objects(shape, rows, options)
    return answer


def single(path: Path, options: Options, base: str) -> dict[str, Any]:
    """One entity. Raises Unfit 404."""
    return entity_at(reach(path), options, base)


def entity_at(place: Place, options: Options, base: str) -> dict[str, Any]:
    """The entity of a place. Raises Unfit 404."""
    shape = Shape(place.entity, options, base)
    plain = Options(select=options.select, expand=options.expand)
    rows, _ = SetQuery(place.entity, plain, shape, place.where).page()
    if not rows:
        raise missing(f"{place.entity.singular} of id {str(place.key)[:60]!r}")
    return _objects(shape, rows[:1], options)[0]


def inside(path: Path, base: str) -> Any:
    """The value of a property, or what is inside of it; None when it is empty. Raises Unfit 404."""
    name, *keys = path.inside
    options = Options(select=("id" if name in IDS else name,))
    found = single(Path(path.steps), options, base)["@iot.id" if name in IDS else name]
    if not keys:
        return found
    value = msgspec.json.decode(found) if isinstance(found, msgspec.Raw) else found
    for key in keys:
        value = _within(value, key)
    return value


def _within(value: Any, key: str) -> Any:
    if isinstance(value, dict) and key in value:
        return value[key]
    if isinstance(value, list) and key.isascii() and key.isdigit() and len(key) < 9 and int(key) < len(value):
        return value[int(key)]
    raise missing(f"{key[:60]!r} there")


def _objects(shape: Shape, rows: Sequence[Row], options: Options) -> list[dict[str, Any]]:
    made = [shape.built(row) for row in rows]
    for each in options.expand:
        if each.relation.many:
            _expand_many(shape, rows, made, each)
        else:
            _expand_one(shape, rows, made, each)
    return made


def _expand_one(shape: Shape, rows: Sequence[Row], made: list[dict[str, Any]], each: Expand) -> None:
    """Put the one entity at the other end into each object."""
    at, name = shape.places[each.relation.name], each.relation.name
    wanted = sorted({row[at] for row in rows if row[at] is not None})
    target = ENTITIES[each.relation.target]
    found = _by_key(target, wanted, each.options, shape.base) if wanted else {}
    for row, one in zip(rows, made, strict=True):
        one[name] = found.get(row[at])


def _by_key(entity: Entity, keys: list[int], options: Options, base: str) -> dict[Key, dict[str, Any]]:
    plain = Options(select=options.select, expand=options.expand)
    shape = Shape(entity, plain, base)
    found: dict[Key, dict[str, Any]] = {}
    for begin in range(0, len(keys), 1000):
        where = [Sql("a.id = ANY(%s)", (keys[begin : begin + 1000],))]
        rows, _ = SetQuery(entity, replace(plain, top=1000), shape, where).page()
        found |= zip((shape.key(row) for row in rows), _objects(shape, rows, plain), strict=True)
    return found


def _expand_many(shape: Shape, rows: Sequence[Row], made: list[dict[str, Any]], each: Expand) -> None:
    """Put the page of the other end into each object, with its count and next link where there are some."""
    target, options, name = ENTITIES[each.relation.target], each.options, each.relation.name
    inner = Shape(target, options, shape.base)
    query = SetQuery(target, options, inner, [of_parent(shape.entity, each.relation, Sql("k.id"))])
    parents = [row[0] for row in rows]
    wanted = list(dict.fromkeys(parents))  # the same one may stand in several places
    found = query.pages(wanted) if wanted else {}
    counts = query.counts(wanted) if options.count and wanted else {}
    size = page_size(options)
    flat = [row for parent in parents for row in found.get(parent, [])[:size]]
    objects = iter(_objects(inner, flat, options))
    for parent, one in zip(parents, made, strict=True):
        mine = found.get(parent, [])
        if options.count:
            one[f"{name}@iot.count"] = counts.get(parent, 0)
        one[name] = [next(objects) for _ in mine[:size]]
        if len(mine) > size:
            own = address(shape.base, shape.entity, parent)
            one[f"{name}@iot.nextLink"] = f"{own}/{name}?{query.next_query(mine[size - 1])}"


def _data_arrays(shape: Shape, rows: Sequence[Row], base: str) -> list[dict[str, Any]]:
    """Observations as arrays, one for each datastream (18-088, 12.2)."""
    names = ["id", *(name for name, _ in shape.properties)]
    readers = [shape.key, *(read for _, read in shape.properties)]
    arrays: dict[int, list[list[Any]]] = {}
    for row in rows:
        arrays.setdefault(row[0], []).append([read(row) for read in readers])
    return [
        {
            "Datastream@iot.navigationLink": f"{base}/Datastreams({stream})",
            "components": names,
            "dataArray@iot.count": len(values),
            "dataArray": values,
        }
        for stream, values in arrays.items()
    ]
