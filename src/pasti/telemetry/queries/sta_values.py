"""Values of expressions in SQL: what kind they are, how one kind becomes another, and how two are compared."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pasti.telemetry.queries.sta_sql import Sql, put
from pasti.telemetry.rules import sta_times
from pasti.telemetry.rules.sta_ast import Literal, Period, Shape
from pasti.telemetry.rules.sta_unfit import Unfit

_WHOLE = 2**53  # up to here every whole number is a float
EMPTY = Sql("NULL")
FALSE = Sql("FALSE")


@dataclass(frozen=True, slots=True)
class Value:
    """A value in SQL. `kind` is number, text, bool, time, period, date, clock, duration, json, result, key, shape or null.

    A period has its end, a result its JSON in `end`; a `key` (an observation's id) its time. `of` names where a geometry
    stands: entity set, property and alias. `plain` is what a literal says.
    """

    kind: str
    sql: Sql = EMPTY
    end: Sql = EMPTY
    of: tuple[str, str, str] | None = None
    plain: object = None


def literal(one: Literal) -> Value:
    """A written value."""
    value = one.value
    if value is None:
        return Value("null")
    if isinstance(value, Shape):
        return Value("shape", plain=value.wkt)
    if isinstance(value, Period):
        return Value("period", Sql("%s::timestamptz", (value.begin,)), Sql("%s::timestamptz", (value.end,)))
    if isinstance(value, float) and value.is_integer() and abs(value) <= _WHOLE:
        # As a whole number, or the index of an id would not serve a comparison with it.
        return Value("number", Sql("%s::bigint", (int(value),)), plain=value)
    for kinds, name, cast in _KINDS:
        if isinstance(value, kinds):
            return Value(name, Sql(f"%s::{cast}", (value,)), plain=value)
    raise AssertionError(value)


_KINDS: tuple[tuple[type | tuple[type, ...], str, str], ...] = (
    (bool, "bool", "boolean"), ((int, float), "number", "float8"), (str, "text", "text"),
    (dt.datetime, "time", "timestamptz"), (dt.date, "date", "date"), (dt.time, "clock", "time"),
    (dt.timedelta, "duration", "interval"),
)  # fmt: skip

_FROM_JSON = {
    "number": "CASE WHEN jsonb_typeof({0}) = 'number' THEN ({0} #>> '{}')::float8 END",
    "text": "CASE WHEN jsonb_typeof({0}) = 'string' THEN {0} #>> '{}' END",
    "bool": "CASE WHEN jsonb_typeof({0}) = 'boolean' THEN ({0} #>> '{}')::boolean END",
    "time": r"CASE WHEN {0} #>> '{}' ~ '^\d\d\d\d-\d\d-\d\dT\d\d:\d\d' THEN ({0} #>> '{}')::timestamptz END",
    "date": r"CASE WHEN {0} #>> '{}' ~ '^\d\d\d\d-\d\d-\d\d' THEN left({0} #>> '{}', 10)::date END",
    "clock": r"CASE WHEN {0} #>> '{}' ~ '^\d\d:\d\d' THEN ({0} #>> '{}')::time END",
}
_MIDNIGHT = "({0}::timestamp AT TIME ZONE 'UTC')"
_KEY_TEXT = "({0} || '-' || floor(extract(epoch FROM {1}) * 1000)::bigint)"


def as_json(value: Value) -> Sql:
    """A result or a JSON value as jsonb."""
    return put("coalesce(to_jsonb({0}), {1})", value.sql, value.end) if value.kind == "result" else value.sql


def to(kind: str, value: Value) -> Value:
    """The value as `kind`. Raises Unfit when its kind can never be that."""
    if value.kind == kind or value.kind == "null":
        return value
    if value.kind == "result" and kind == "number":
        return Value("number", value.sql)
    if value.kind in ("result", "json") and kind in _FROM_JSON:
        return Value(kind, put(_FROM_JSON[kind], value.end if value.kind == "result" else value.sql))
    if value.kind == "period" and kind == "time":
        return Value("time", value.sql)
    if value.kind == "time" and kind == "period":
        return Value("period", value.sql, value.sql)
    if value.kind == "date" and kind in ("time", "period"):
        return to(kind, Value("time", put(_MIDNIGHT, value.sql)))
    if value.kind == "key" and kind == "text":
        return Value("text", put(_KEY_TEXT, value.sql, value.end))
    raise Unfit(f"a {value.kind} is no {kind}")


_SIGNS = {"eq": "=", "ne": "IS DISTINCT FROM", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
# An interval is before what it ends before; `le` and `ge` look at its end and its begin. Both ends stand in each
# condition, so that the index of observations by their begin serves it.
_PERIODS = {
    "eq": "({0} = {2} AND {1} = {3})",
    "ne": "({0} IS DISTINCT FROM {2} OR {1} IS DISTINCT FROM {3})",
    "lt": "({0} < {2} AND {1} < {2})",
    "le": "({0} <= {3} AND {1} <= {3})",
    "gt": "({0} > {3} AND {1} > {3})",
    "ge": "({0} >= {2} AND {1} >= {2})",
}


def compared(name: str, left: Value, right: Value) -> Sql:
    """The condition of a comparison. Raises Unfit for kinds that have nothing to do with each other."""
    if "null" in (left.kind, right.kind):
        return _with_null(name, left, right)
    if {left.kind, right.kind} == {"key", "text"} and name == "eq":
        return _by_key(left, right)
    dynamic = ("json", "result")
    if left.kind in dynamic and right.kind in dynamic:
        return put(f"({{0}} {_SIGNS[name]} {{1}})", as_json(left), as_json(right))
    kind = _common(left.kind, right.kind)
    left, right = to(kind, left), to(kind, right)
    if kind == "period":
        return put(_PERIODS[name], left.sql, left.end, right.sql, right.end)
    return put(f"({{0}} {_SIGNS[name]} {{1}})", left.sql, right.sql)


def _common(left: str, right: str) -> str:
    kinds = {left, right}
    for dynamic in ("json", "result"):
        if dynamic in kinds:
            (other,) = kinds - {dynamic}
            return {"period": "time", "key": "text"}.get(other, other)
    if "period" in kinds:
        return "period"
    if kinds == {"time", "date"}:
        return "time"
    if "key" in kinds:
        return "text"
    if len(kinds) > 1 or "shape" in kinds:
        raise Unfit(f"a {left} and a {right} cannot be compared")
    return left


def _with_null(name: str, left: Value, right: Value) -> Sql:
    given = right if left.kind == "null" else left
    if name not in ("eq", "ne"):
        return FALSE
    if given.kind == "null":
        return Sql("TRUE" if name == "eq" else "FALSE")
    sign = "IS NULL" if name == "eq" else "IS NOT NULL"
    if given.kind in ("result", "json"):
        return put(f"(nullif({{0}}, 'null'::jsonb) {sign})", as_json(given))
    return put(f"({{0}} {sign})", given.sql)


def _by_key(left: Value, right: Value) -> Sql:
    key, text = (left, right) if left.kind == "key" else (right, left)
    parts = sta_times.observation_parts(text.plain) if isinstance(text.plain, str) else None
    if parts is None:
        return FALSE if isinstance(text.plain, str) else put("({0} = {1})", to("text", key).sql, text.sql)
    stream, time = parts
    return put("({0} = {2} AND {1} = {3})", key.sql, key.end, Sql("%s", (stream,)), Sql("%s::timestamptz", (time,)))
