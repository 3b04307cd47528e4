"""The expressions of `$filter` and `$orderby` (18-088, 9.3.3.5), from words to a tree.

From the loosest to the tightest: `or`, `and`, `not`, comparison, `add sub`, `mul div mod`, then values, paths and calls.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

from pasti.telemetry.rules import sta_times
from pasti.telemetry.rules.sta_ast import Call, Expression, Literal, Name, Shape, Value
from pasti.telemetry.rules.sta_lexer import Token, Words
from pasti.telemetry.rules.sta_unfit import Unfit

DEEPEST = 40  # parentheses and calls inside of each other
COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
SUMS = frozenset({"add", "sub"})
PRODUCTS = frozenset({"mul", "div", "mod"})
FUNCTIONS: dict[str, tuple[int, int]] = {  # least and most arguments
    "substringof": (2, 2), "endswith": (2, 2), "startswith": (2, 2), "length": (1, 1), "indexof": (2, 2),
    "substring": (2, 3), "tolower": (1, 1), "toupper": (1, 1), "trim": (1, 1), "concat": (2, 2),
    "year": (1, 1), "month": (1, 1), "day": (1, 1), "hour": (1, 1), "minute": (1, 1), "second": (1, 1),
    "fractionalseconds": (1, 1), "date": (1, 1), "time": (1, 1), "totaloffsetminutes": (1, 1),
    "now": (0, 0), "mindatetime": (0, 0), "maxdatetime": (0, 0),
    "round": (1, 1), "floor": (1, 1), "ceiling": (1, 1),
    "geo.distance": (2, 2), "geo.length": (1, 1), "geo.intersects": (2, 2),
    "st_equals": (2, 2), "st_disjoint": (2, 2), "st_touches": (2, 2), "st_within": (2, 2), "st_overlaps": (2, 2),
    "st_crosses": (2, 2), "st_intersects": (2, 2), "st_contains": (2, 2), "st_relate": (3, 3),
}  # fmt: skip


def expression(words: Words, depth: int = 0) -> Expression:
    """The expression that comes. Raises Unfit with its place."""
    return _joined(words, depth, "or", lambda: _joined(words, depth, "and", lambda: _not(words, depth)))


def _joined(words: Words, depth: int, name: str, part: Callable[[], Expression]) -> Expression:
    parts = [part()]
    at = words.next.at
    while words.next.kind == "name" and words.next.text == name:
        words.take()
        parts.append(part())
    # A chain is one call with many arguments: a thousand of them make no deep tree.
    return parts[0] if len(parts) == 1 else Call(name, tuple(parts), at)


def _not(words: Words, depth: int) -> Expression:
    token = words.next
    if token.kind == "name" and token.text == "not":
        _deeper(depth, token)
        words.take()
        return Call("not", (_not(words, depth + 1),), token.at)
    return _comparison(words, depth)


def _comparison(words: Words, depth: int) -> Expression:
    left = _chain(words, depth, SUMS)
    token = words.next
    if token.kind == "name" and token.text in COMPARISONS:
        words.take()
        return Call(token.text, (left, _chain(words, depth, SUMS)), token.at)
    return left


def _chain(words: Words, depth: int, names: frozenset[str]) -> Expression:
    def part() -> Expression:
        return _chain(words, depth, PRODUCTS) if names is SUMS else _primary(words, depth)

    left, length = part(), 0
    while words.next.kind == "name" and words.next.text in names:
        token = words.take()
        length += 1
        if length > DEEPEST:
            raise Unfit(f"more than {DEEPEST} operations in a row", at=token.at)
        left = Call(token.text, (left, part()), token.at)
    return left


def _deeper(depth: int, token: Token) -> None:
    if depth >= DEEPEST:
        raise Unfit(f"the expression is nested deeper than {DEEPEST}", at=token.at)


def _primary(words: Words, depth: int) -> Expression:
    token = words.next
    if words.skip("("):
        _deeper(depth, token)
        inner = expression(words, depth + 1)
        words.expect(")")
        return inner
    if token.kind == "name":
        following = words.ahead()
        if following.kind == "sign" and following.text == "(":
            return _call(words, depth)
        if token.text in ("true", "false", "null"):
            words.take()
            return Literal({"true": True, "false": False, "null": None}[token.text], token.at)
        return Name(path_steps(words), token.at)
    if token.kind in ("end", "sign", "option"):
        raise words.unfit("a value is expected")
    words.take()
    return Literal(_value(token), token.at)


def _call(words: Words, depth: int) -> Expression:
    token = words.take()
    if token.text not in FUNCTIONS:
        raise Unfit(f"there is no function {token.text[:40]!r}", at=token.at)
    _deeper(depth, token)
    words.expect("(")
    arguments: list[Expression] = []
    while not words.skip(")"):
        if arguments:
            words.expect(",")
        arguments.append(expression(words, depth + 1))
    least, most = FUNCTIONS[token.text]
    if not least <= len(arguments) <= most:
        raise Unfit(f"{token.text} takes {least if least == most else f'{least} or {most}'} values", at=token.at)
    return Call(token.text, tuple(arguments), token.at)


def path_steps(words: Words) -> tuple[str, ...]:
    """A path of names: `Datastream/Thing/properties/kind`, with `[0]` or `/0` for places in a list."""
    first = words.take()
    if first.kind != "name":
        raise Unfit("a name is expected", at=first.at)
    steps = [first.text]
    while True:
        if words.skip("/"):
            token = words.take()
            if token.kind not in ("name", "number"):
                raise Unfit("a name is expected", at=token.at)
            steps.append(token.text)
        elif words.skip("["):
            token = words.take()
            if token.kind != "number":
                raise Unfit("the place in a list is a number", at=token.at)
            words.expect("]")
            steps.append(token.text)
        else:
            return tuple(steps)


def _value(token: Token) -> Value:
    try:
        return _READERS[token.kind](token.text)
    except Unfit as error:
        raise Unfit(error.words, at=token.at) from error
    except (ValueError, OverflowError) as error:
        raise Unfit(f"{token.text[:40]!r} is no {token.kind}", at=token.at) from error


def _typed(text: str) -> Value:
    kind, _, rest = text.partition("'")
    inside = rest[:-1].replace("''", "'")
    if kind in ("geography", "geometry"):
        return Shape(inside)
    if kind == "duration":
        return sta_times.duration(inside)
    if kind == "date":
        return dt.date.fromisoformat(inside)
    if kind == "time":
        return dt.time.fromisoformat(inside)
    return sta_times.instant(inside)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


_READERS = {
    "interval": lambda text: sta_times.period(text.replace(" ", "+")),
    "time": lambda text: sta_times.instant(text.replace(" ", "+")),
    "date": dt.date.fromisoformat,
    "clock": dt.time.fromisoformat,
    "typed": _typed,
    "text": lambda text: text[1:-1].replace("''", "'"),
    "number": _number,
}
