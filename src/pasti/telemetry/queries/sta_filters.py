"""`$filter` and `$orderby` in SQL: names become columns, relations joins, calls conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from pasti.telemetry.queries import sta_geo
from pasti.telemetry.queries.sta_functions import applied
from pasti.telemetry.queries.sta_sql import Sql, joined, put
from pasti.telemetry.queries.sta_tables import TABLES, many, one
from pasti.telemetry.queries.sta_values import EMPTY, Value, compared, literal, to
from pasti.telemetry.rules.sta_ast import Call, Expression, Literal, Name, Order
from pasti.telemetry.rules.sta_expressions import COMPARISONS
from pasti.telemetry.rules.sta_model import ENTITIES, IDS, OBSERVATIONS, Entity, Kind
from pasti.telemetry.rules.sta_unfit import Unfit

MOST_JOINS = 10


@dataclass
class Conditions:
    """Makes SQL for one row `alias` of `entity`; the joins it needs gather in `joins`."""

    entity: Entity
    alias: str
    prefix: str = "j"
    joins: list[str] = field(default_factory=list)
    to_many: bool = False
    _known: dict[tuple[str, ...], tuple[Entity, str]] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=count)

    def filter(self, expression: Expression) -> Sql:
        """The condition of a filter."""
        condition = self._truth(expression)
        if not self.to_many:
            return condition
        # A set on the way: there is a row of it for which the whole filter holds.
        inner = "".join(self.joins)
        self.joins = []
        return put(f"EXISTS (SELECT 1 FROM (SELECT 1) AS {self.prefix}0{inner} WHERE {{0}})", condition)

    def order(self, key: Order) -> Sql:
        """What to sort by; nothing comes after everything, whichever way."""
        value = self.value(key.by)
        if self.to_many:
            raise Unfit("a set cannot be ordered by what many others say")
        if value.kind in ("shape", "null"):
            raise Unfit(f"a {value.kind} gives no order")
        way = "DESC NULLS LAST" if key.descending else "ASC NULLS LAST"
        if value.kind == "result":
            return put(f"{{0}} {way}, {{1}} {way}", value.sql, to("text", value).sql)
        if value.kind == "key":
            return put(f"{{0}} {way}, {{1}} {way}", value.sql, value.end)
        return put(f"{{0}} {way}", value.sql)

    def value(self, expression: Expression) -> Value:
        """The value of an expression. Raises Unfit with the place of what has no meaning."""
        if isinstance(expression, Literal):
            return literal(expression)
        try:
            return self._name(expression) if isinstance(expression, Name) else self._call(expression)
        except Unfit as error:
            if error.at is None and error.status == 400:
                raise Unfit(error.words, at=expression.at) from error
            raise

    def _truth(self, expression: Expression) -> Sql:
        value = to("bool", self.value(expression))
        return Sql("FALSE") if value.kind == "null" else value.sql

    def _call(self, call: Call) -> Value:
        if call.name in ("and", "or"):
            parts = [self._truth(one) for one in call.arguments]
            return Value("bool", put("({0})", joined(f" {call.name.upper()} ", parts)))
        if call.name == "not":
            return Value("bool", put("(NOT coalesce({0}, FALSE))", self._truth(call.arguments[0])))
        arguments = [self.value(one) for one in call.arguments]
        if call.name in COMPARISONS:
            return Value("bool", compared(call.name, *arguments))
        if sta_geo.is_geo(call.name):
            return sta_geo.computed(call.name, arguments)
        return applied(call.name, arguments)

    def _name(self, name: Name) -> Value:
        entity, alias = self.entity, self.alias
        walked: tuple[str, ...] = ()
        steps = list(name.steps)
        while len(steps) > 1 and steps[0] in entity.relations:
            relation = entity.relations[steps[0]]
            if not relation.many and steps[1] in IDS and relation.target != OBSERVATIONS.plural:
                return Value("number", Sql(one(entity.plural, relation.name, alias)))
            walked = (*walked, steps.pop(0))
            entity, alias = self._join(walked, entity, alias)
        return _column(entity, alias, steps)

    def _join(self, walked: tuple[str, ...], entity: Entity, alias: str) -> tuple[Entity, str]:
        if walked not in self._known:
            if len(self._known) >= MOST_JOINS:
                raise Unfit(f"more than {MOST_JOINS} relations in a filter")
            relation = entity.relations[walked[-1]]
            target, there = ENTITIES[relation.target], f"{self.prefix}{next(self._numbers) + 1}"
            table = TABLES[target.plural]
            if relation.many:
                self.to_many = True
                link = many(entity.plural, relation.name, there, f"{alias}.id")
            else:
                link = f"{table.keys(there)[0]} = {one(entity.plural, relation.name, alias)}"
            self.joins.append(f" LEFT JOIN {table.source(there)} ON {link}{table.joined(there)}")
            self._known[walked] = (target, there)
        return self._known[walked]


_KINDS = {Kind.TEXT: "text", Kind.TIME: "time", Kind.INTERVAL: "period", Kind.JSON: "json", Kind.RESULT: "result"}


def _column(entity: Entity, alias: str, steps: list[str]) -> Value:
    table, name = TABLES[entity.plural], steps[0]
    if name in IDS and len(steps) == 1:
        keys = [Sql(one) for one in table.keys(alias)]
        return Value("key", keys[0], keys[1]) if len(keys) == 2 else Value("number", keys[0])
    if name not in entity.properties:
        raise Unfit(f"{entity.singular} has no {name[:40]!r}")
    kind = entity.properties[name].kind
    columns = [Sql(one) for one in table.of(name, alias)]
    if len(steps) > 1:
        if kind not in (Kind.JSON, Kind.GEOMETRY, Kind.RESULT):
            raise Unfit(f"{name} of {entity.singular} has nothing inside")
        return Value("json", Sql(f"({columns[-1].text} #> %s::text[])", (steps[1:],)))
    if kind is Kind.GEOMETRY:
        return Value("json", columns[0], of=(entity.plural, name, alias))
    return Value(_KINDS[kind], columns[0], columns[-1] if len(columns) > 1 else EMPTY)
