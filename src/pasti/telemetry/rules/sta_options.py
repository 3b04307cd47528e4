"""The query options (18-088, 9.3.3): `$select $expand $filter $orderby $top $skip $count $resultFormat`.

Page size: `$top` is 100 when not given and at most 1,000 (a larger one is served as 1,000, with a next link).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pasti.telemetry.rules.sta_ast import Expand, Options, Order
from pasti.telemetry.rules.sta_expressions import expression, path_steps
from pasti.telemetry.rules.sta_lexer import Words
from pasti.telemetry.rules.sta_model import ENTITIES, IDS, Entity
from pasti.telemetry.rules.sta_unfit import Unfit

DEFAULT_TOP, LARGEST_TOP = 100, 1000
DEEPEST_EXPAND = 4
MOST_EXPANDS = 30
LARGEST_SKIP = 2**53
OPTIONS = ("$select", "$expand", "$filter", "$orderby", "$top", "$skip", "$count", "$resultFormat", "$skiptoken")
NESTED = OPTIONS[:7]


def options(entity: Entity, given: Iterable[tuple[str, str]]) -> Options:
    """The options of a request for `entity`, from its pairs of name and text. What does not begin with $ is not ours.

    Raises Unfit for unknown and repeated options and whatever cannot be read.
    """
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    budget = [MOST_EXPANDS]
    for name, text in given:
        if not name.startswith("$"):
            continue
        if name not in OPTIONS:
            raise Unfit(f"there is no option {name[:40]!r}")
        if name in texts:
            raise Unfit(f"{name} is given twice")
        words = Words(text) if name != "$skiptoken" else None
        try:
            values |= {"after": text} if words is None else _option(name, words, entity, 0, budget)
            if words is not None:
                words.expect_end()
        except Unfit as error:
            raise Unfit(f"{name}: {error.words}", status=error.status) from error
        texts[name] = text
    return Options(**values, text=texts)


def _option(name: str, words: Words, entity: Entity, depth: int, budget: list[int]) -> dict[str, Any]:
    if name == "$select":
        return {"select": _select(words, entity)}
    if name == "$expand":
        return {"expand": _expand(words, entity, depth + 1, budget)}
    if name == "$filter":
        return {"filter": expression(words)}
    if name == "$orderby":
        return {"order": _order(words)}
    if name in ("$top", "$skip"):
        return {name[1:]: _whole(words)}
    return _switch(name, words)


def _switch(name: str, words: Words) -> dict[str, Any]:
    token = words.take()
    if name == "$count":
        if token.text not in ("true", "false"):
            raise Unfit("true or false is expected", at=token.at)
        return {"count": token.text == "true"}
    if token.text != "dataArray":
        raise Unfit("the only other format is dataArray", at=token.at)
    return {"data_array": True}


def _select(words: Words, entity: Entity) -> tuple[str, ...]:
    chosen: list[str] = []
    while not chosen or words.skip(","):
        token = words.next
        name = path_steps(words)[0] if token.kind == "name" else words.take().text
        if name in IDS:
            name = "id"
        elif name not in (*entity.properties, *entity.relations, "*", "@iot.selfLink"):
            raise Unfit(f"{entity.singular} has no {name[:40]!r}", at=token.at)
        chosen.append(name)
    return () if "*" in chosen else tuple(chosen)


def _order(words: Words) -> tuple[Order, ...]:
    keys: list[Order] = []
    while not keys or words.skip(","):
        by, descending = expression(words), False
        if words.next.kind == "name" and words.next.text in ("asc", "desc"):
            descending = words.take().text == "desc"
        keys.append(Order(by, descending))
    if len(keys) > 8:
        raise words.unfit("at most 8 keys to order by")
    return tuple(keys)


def _whole(words: Words) -> int:
    token = words.take()
    if token.kind != "number" or not token.text.isdigit() or len(token.text) > 20:
        raise Unfit("a whole number, 0 or more, is expected", at=token.at)
    return min(int(token.text), LARGEST_SKIP)


def _expand(words: Words, entity: Entity, depth: int, budget: list[int]) -> tuple[Expand, ...]:
    found: dict[str, Expand] = {}
    while not found or words.skip(","):
        one = _one_expand(words, entity, depth, budget)
        name = one.relation.name
        if name in found:
            one = Expand(one.relation, _merged(found[name].options, one.options, words))
        found[name] = one
    return tuple(found.values())


def _merged(first: Options, second: Options, words: Words) -> Options:
    """`Datastreams/Sensor,Datastreams/Thing` is one expand of Datastreams with two inside."""
    if not (_only_expands(first) and _only_expands(second)):
        raise words.unfit("a relation is expanded twice")
    both = {one.relation.name: one for one in (*first.expand, *second.expand)}
    text = ",".join(filter(None, (first.text.get("$expand"), second.text.get("$expand"))))
    return Options(expand=tuple(both.values()), text={"$expand": text} if text else {})


def _only_expands(one: Options) -> bool:
    return one == Options(expand=one.expand)


def _one_expand(words: Words, entity: Entity, depth: int, budget: list[int]) -> Expand:
    token = words.take()
    relation = entity.relations.get(token.text)
    if relation is None:
        raise Unfit(f"{entity.singular} has no relation {token.text[:40]!r}", at=token.at)
    budget[0] -= 1
    if depth > DEEPEST_EXPAND or budget[0] < 0:
        raise Unfit(f"at most {DEEPEST_EXPAND} levels and {MOST_EXPANDS} relations are expanded", at=token.at)
    target = ENTITIES[relation.target]
    began = words.next.at + 1
    if words.skip("/"):
        inner = _one_expand(words, target, depth + 1, budget)
        return Expand(relation, Options(expand=(inner,), text={"$expand": words.text[began : words.next.at]}))
    if words.skip("("):
        return Expand(relation, _nested(words, target, depth, budget))
    return Expand(relation, Options())


def _nested(words: Words, entity: Entity, depth: int, budget: list[int]) -> Options:
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    while not words.skip(")"):
        if texts:
            words.expect(";")
            if words.skip(")"):
                break
        token = words.take()
        if token.kind != "option" or token.text not in NESTED or token.text in texts:
            raise Unfit(f"an option of its own, once, is expected instead of {token.text[:20]!r}", at=token.at)
        words.expect("=")
        began = words.next.at
        values |= _option(token.text, words, entity, depth, budget)
        texts[token.text] = words.text[began : words.next.at].strip()
    return Options(**values, text=texts)
