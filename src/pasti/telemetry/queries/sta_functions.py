"""The functions and operators of filters in SQL (18-088, tables 23 and 24): what they take and what they give."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pasti.kernel.clock import now
from pasti.telemetry.queries.sta_sql import Sql, put
from pasti.telemetry.queries.sta_values import Value, to
from pasti.telemetry.rules.sta_unfit import Unfit

# name -> kinds taken, kind given, SQL. Places in strings count from 0 in the standard, from 1 in SQL.
_SIMPLE: dict[str, tuple[tuple[str, ...], str, str]] = {
    "substringof": (("text", "text"), "bool", "(strpos({1}, {0}) > 0)"),
    "endswith": (("text", "text"), "bool", "(right({0}, length({1})) = {1})"),
    "startswith": (("text", "text"), "bool", "starts_with({0}, {1})"),
    "length": (("text",), "number", "length({0})::float8"),
    "indexof": (("text", "text"), "number", "(strpos({0}, {1}) - 1)::float8"),
    "tolower": (("text",), "text", "lower({0})"),
    "toupper": (("text",), "text", "upper({0})"),
    "trim": (("text",), "text", r"btrim({0}, E' \t\n\r')"),
    "concat": (("text", "text"), "text", "({0} || {1})"),
    "date": (("time",), "date", "({0} AT TIME ZONE 'UTC')::date"),
    "time": (("time",), "clock", "({0} AT TIME ZONE 'UTC')::time"),
    "round": (("number",), "number", "round(({0})::numeric)::float8"),
    "floor": (("number",), "number", "floor({0})"),
    "ceiling": (("number",), "number", "ceiling({0})"),
    "mul": (("number", "number"), "number", "({0} * {1})"),
    "div": (("number", "number"), "number", "({0} / nullif({1}, 0))"),
    "mod": (("number", "number"), "number", "mod(({0})::numeric, nullif({1}, 0)::numeric)::float8"),
}
_PARTS = {"year": "year", "month": "month", "day": "day"}
_CLOCK_PARTS = {"hour": "hour", "minute": "minute", "second": "second"}
_EDGES = {"mindatetime": "0001-01-01T00:00:00Z", "maxdatetime": "9999-12-31T23:59:59.999Z"}


def applied(name: str, arguments: Sequence[Value]) -> Value:
    """The value of a function or an arithmetic operator. Raises Unfit when an argument is of another kind."""
    if name in _SIMPLE:
        kinds, gives, template = _SIMPLE[name]
        return Value(gives, put(template, *(_taken(k, a) for k, a in zip(kinds, arguments, strict=True))))
    special = _SPECIAL.get(name)
    if special is not None:
        return special(arguments)
    if name in _PARTS or name in _CLOCK_PARTS:
        return _part(name, arguments[0])
    if name in _EDGES:
        return Value("time", Sql("%s::timestamptz", (_EDGES[name],)))
    raise Unfit(f"there is no function {name}")


def _taken(kind: str, argument: Value) -> Sql:
    """The argument as the kind; numbers as floats, so that 5 div 2 is 2.5."""
    sql = to(kind, argument).sql
    return put("({0})::float8", sql) if kind == "number" else sql


def _part(name: str, argument: Value) -> Value:
    whole = argument
    if argument.kind not in ("clock", "date") or (argument.kind == "date") != (name in _PARTS):
        whole = to("time", argument)
    source = "{0} AT TIME ZONE 'UTC'" if whole.kind == "time" else "{0}"
    part = {**_PARTS, **_CLOCK_PARTS}[name]
    text = f"extract({part} FROM {source})"
    return Value("number", put(f"floor({text})::float8", whole.sql))


def _fraction(arguments: Sequence[Value]) -> Value:
    time = to("time", arguments[0]).sql
    return Value("number", put("(extract(second FROM {0}) - floor(extract(second FROM {0})))::float8", time))


def _substring(arguments: Sequence[Value]) -> Value:
    text, start = to("text", arguments[0]).sql, _taken("number", arguments[1])
    if len(arguments) == 2:
        return Value("text", put("substr({0}, greatest({1}, 0)::int + 1)", text, start))
    length = _taken("number", arguments[2])
    return Value("text", put("substr({0}, greatest({1}, 0)::int + 1, greatest({2}, 0)::int)", text, start, length))


def _offset(arguments: Sequence[Value]) -> Value:
    to("time", arguments[0])
    return Value("number", Sql("0::float8"))  # times are kept in UTC: what their writer's clock showed is not known


def _sum(sign: str, arguments: Sequence[Value]) -> Value:
    left, right = arguments
    if left.kind in ("time", "period", "date") and right.kind == "duration":
        return Value("time", put(f"({{0}} {sign} {{1}})", to("time", left).sql, right.sql))
    if sign == "+" and left.kind == "duration" and right.kind in ("time", "period", "date"):
        return _sum(sign, (right, left))
    if left.kind == right.kind == "duration":
        return Value("duration", put(f"({{0}} {sign} {{1}})", left.sql, right.sql))
    if sign == "-" and left.kind in ("time", "period", "date") and right.kind in ("time", "period", "date"):
        return Value("duration", put("({0} - {1})", to("time", left).sql, to("time", right).sql))
    return Value("number", put(f"({{0}} {sign} {{1}})", _taken("number", left), _taken("number", right)))


_SPECIAL: dict[str, Callable[[Sequence[Value]], Value]] = {
    "fractionalseconds": _fraction,
    "substring": _substring,
    "totaloffsetminutes": _offset,
    "now": lambda _: Value("time", Sql("%s::timestamptz", (now(),))),
    "add": lambda arguments: _sum("+", arguments),
    "sub": lambda arguments: _sum("-", arguments),
}
