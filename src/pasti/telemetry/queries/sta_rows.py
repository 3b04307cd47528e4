"""From rows to the objects of SensorThings: control information, properties, links."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from pasti.telemetry.queries.sta_tables import TABLES, one
from pasti.telemetry.rules.sta_ast import Options
from pasti.telemetry.rules.sta_model import OBSERVATIONS, Entity, Key, Kind, Property
from pasti.telemetry.rules.sta_times import observation_key, written, written_period

Row = tuple[Any, ...]
Read = Callable[[Row], Any]
SELF = "@iot.selfLink"


def address(base: str, entity: Entity, key: Key) -> str:
    """The self link of an entity; an id that is text stands in quotes."""
    return f"{base}/{entity.plural}({key})" if isinstance(key, int) else f"{base}/{entity.plural}('{key}')"


class Shape:
    """Which columns are read for an entity with these options, and how a row of them becomes an object."""

    def __init__(self, entity: Entity, options: Options, base: str, alias: str = "a"):
        self.entity, self.base = entity, base
        self.wide = 2 if entity is OBSERVATIONS else 1
        table = TABLES[entity.plural]
        self.columns: list[str] = list(table.keys(alias))
        self.places: dict[str, int] = {}  # of the ids of those at the other end of expanded relations to one
        expanded = {each.relation.name for each in options.expand}
        for each in options.expand:
            if not each.relation.many:
                self.places[each.relation.name] = self._add(one(entity.plural, each.relation.name, alias))
        chosen = set(options.select)
        self._id = not chosen or "id" in chosen
        self._self = not chosen or SELF in chosen
        self._links = [
            (f"{name}@iot.navigationLink", name)
            for name in entity.relations
            if name not in expanded and (not chosen or name in chosen)
        ]
        self.properties: list[tuple[str, Read]] = [
            (name, self._reader(each, table.of(name, alias)))
            for name, each in entity.properties.items()
            if not chosen or name in chosen
        ]

    def _add(self, column: str) -> int:
        self.columns.append(column)
        return len(self.columns) - 1

    def _reader(self, each: Property, columns: Sequence[str]) -> Read:
        at = [self._add(column) for column in columns]
        return _READERS[each.kind](*at)

    def key(self, row: Row) -> Key:
        """The id of a row's entity."""
        return observation_key(row[0], row[1]) if self.wide == 2 else row[0]

    def built(self, row: Row) -> dict[str, Any]:
        """The object of a row, without what is expanded."""
        key = self.key(row)
        link = address(self.base, self.entity, key)
        made: dict[str, Any] = {}
        if self._id:
            made["@iot.id"] = key
        if self._self:
            made[SELF] = link
        for name, read in self.properties:
            made[name] = read(row)
        for name, relation in self._links:
            made[name] = f"{link}/{relation}"
        return made


def _plain(at: int) -> Read:
    return lambda row: row[at]


def _json(at: int) -> Read:
    # What is stored as JSON goes out as it is, without being taken apart and put together again.
    return lambda row: None if row[at] is None else msgspec.Raw(row[at].encode())


def _time(at: int) -> Read:
    return lambda row: None if row[at] is None else written(row[at])


def _interval(begin: int, end: int) -> Read:
    return lambda row: written_period(row[begin], row[end])


def _result(number: int, other: int) -> Read:
    def read(row: Row) -> Any:
        if row[number] is not None or row[other] is None:
            return row[number]
        return msgspec.Raw(row[other].encode())

    return read


_READERS: dict[Kind, Callable[..., Read]] = {
    Kind.TEXT: _plain,
    Kind.ID: _plain,
    Kind.JSON: _json,
    Kind.GEOMETRY: _json,
    Kind.TIME: _time,
    Kind.INTERVAL: _interval,
    Kind.RESULT: _result,
}
