"""Resource paths (18-088, 9.2): `Things(1)/Datastreams(2)/Observations('2-1700000000000')/result/$value`."""

from __future__ import annotations

import re

from pasti.telemetry.rules.sta_ast import Path, Step
from pasti.telemetry.rules.sta_model import ENTITIES, IDS, OBSERVATIONS, Entity, Key, Kind
from pasti.telemetry.rules.sta_unfit import Unfit, missing

LONGEST_PATH = 2000
MOST_STEPS = 12
LARGEST_ID = 2**63 - 1
_STEP = re.compile(r"([A-Za-z]+)(?:\((.{0,100})\))?", re.DOTALL)


def path(text: str) -> Path:
    """The path under the version, without a slash at its begin. Raises Unfit 404 for what there cannot be."""
    parts = text.strip("/").split("/")
    if len(text) > LONGEST_PATH or len(parts) > MOST_STEPS:
        raise Unfit("the address is too long", status=414)
    steps: list[Step] = []
    while parts:
        step = _step(parts[0], steps)
        if step is None:
            break
        steps.append(step)
        parts.pop(0)
    if not steps:
        raise missing(f"entity set {text[:60]!r}")
    return _ended(steps, parts)


def key_of(entity: Entity, text: str) -> Key:
    """The id in the parentheses. Raises Unfit 404 when there can be no entity of that id."""
    bare = text[1:-1].replace("''", "'") if len(text) > 1 and text[0] == text[-1] == "'" else text
    if entity is OBSERVATIONS:
        return bare
    if not (bare.isascii() and bare.isdigit()) or int(bare) > LARGEST_ID:
        raise missing(f"{entity.singular} of id {text[:60]!r}")
    return int(bare)


def _step(part: str, before: list[Step]) -> Step | None:
    """The next entity or set; None when the rest is something of the entity reached."""
    match = _STEP.fullmatch(part)
    if match is None:
        return None
    name, key = match[1], match[2]
    if not before:
        entity, relation = ENTITIES.get(name), None
    else:
        relation = before[-1].entity.relations.get(name)
        entity = ENTITIES[relation.target] if relation else None
        if relation is None:
            return None
        if not Path(tuple(before)).one:
            raise Unfit(f"{name} is asked of a set; name one by its id", status=404)
    if entity is None:
        return None
    if key is not None and relation is not None and not relation.many:
        raise Unfit(f"{name} is one: it takes no id", status=404)
    return Step(entity, relation, None if key is None else key_of(entity, key))


def _ended(steps: list[Step], rest: list[str]) -> Path:
    found = Path(tuple(steps))
    if not rest:
        return found
    if rest == ["$ref"]:
        return Path(found.steps, ref=True)
    if not found.one or rest[0] not in (*found.entity.properties, *IDS):
        raise missing(f"{rest[0][:60]!r} of {found.entity.singular}")
    raw = rest[-1] == "$value"
    inside = rest[:-1] if raw else rest
    kind = Kind.ID if inside[0] in IDS else found.entity.properties[inside[0]].kind
    if len(inside) > 1 and kind not in (Kind.JSON, Kind.GEOMETRY, Kind.RESULT):
        raise missing(f"{inside[1][:60]!r} in {inside[0]}")
    return Path(found.steps, inside=tuple(inside), raw=raw)
