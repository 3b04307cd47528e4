"""What the parsers of resource paths and query options make: frozen trees, with the place in the text for messages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from pasti.telemetry.rules.sta_model import Entity, Key, Relation


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time; an instant begins and ends at once."""

    begin: dt.datetime
    end: dt.datetime


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry in well-known text (longitude before latitude)."""

    wkt: str


Value = str | float | bool | None | dt.datetime | dt.date | dt.time | dt.timedelta | Period | Shape


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the expression."""

    value: Value
    at: int = 0


@dataclass(frozen=True, slots=True)
class Name:
    """A property by its path: relations to walk, then a property, then keys inside of its JSON."""

    steps: tuple[str, ...]
    at: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or a function with its arguments; operators are named as in the standard: `eq`, `and`, `add`."""

    name: str
    arguments: tuple[Expression, ...]
    at: int = 0


Expression = Literal | Name | Call


@dataclass(frozen=True, slots=True)
class Order:
    """One key of `$orderby`."""

    by: Expression
    descending: bool


@dataclass(frozen=True, slots=True)
class Expand:
    """One relation of `$expand`, with options of its own. `text` is what stood in its parentheses, by option."""

    relation: Relation
    options: Options


@dataclass(frozen=True, slots=True)
class Options:
    """The query options of one level. `top` None is the default of the server; `text` keeps the words for next links."""

    select: tuple[str, ...] = ()
    expand: tuple[Expand, ...] = ()
    filter: Expression | None = None
    order: tuple[Order, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    data_array: bool = False
    after: str = ""
    text: dict[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One entity set or entity on the way of a path: by a relation (None for the first), with a key when given."""

    entity: Entity
    relation: Relation | None
    key: Key | None


@dataclass(frozen=True, slots=True)
class Path:
    """A resource path. `ref` is `/$ref`; `inside` are a property and keys of its JSON; `raw` is `/$value`."""

    steps: tuple[Step, ...]
    inside: tuple[str, ...] = ()
    ref: bool = False
    raw: bool = False

    @property
    def entity(self) -> Entity:
        """The type of what is asked for."""
        return self.steps[-1].entity

    @property
    def one(self) -> bool:
        """Whether a single entity (or something of it) is asked for, not a set."""
        last = self.steps[-1]
        return last.key is not None or (last.relation is not None and not last.relation.many)
