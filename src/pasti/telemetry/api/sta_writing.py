"""Making, changing and deleting."""

from __future__ import annotations

from typing import Any

import jsonpatch
import msgspec
from django.http import HttpRequest, HttpResponse

from pasti.telemetry.api.sta_edge import JSON, JSON_PATCH, base, body_of, respond
from pasti.telemetry.api.sta_writers import writer
from pasti.telemetry.queries import sta_reading as reading
from pasti.telemetry.queries.sta_places import key_at, reach
from pasti.telemetry.queries.sta_rows import SELF, address
from pasti.telemetry.rules.sta_ast import Options, Path
from pasti.telemetry.rules.sta_bodies import body
from pasti.telemetry.rules.sta_model import Entity, Key
from pasti.telemetry.rules.sta_path import path
from pasti.telemetry.rules.sta_unfit import Unfit
from pasti.telemetry.services import sta_changing, sta_creating, sta_removing

MOST_OPERATIONS, LARGEST = 500, 1_000_000  # of a JSON Patch: how many, and the bytes of what comes out


def create(request: HttpRequest, rest: str) -> HttpResponse:
    """Make an entity of a set. 201 with `Location`, and the id in the body."""
    device = writer(request)
    found = path(rest)
    if found.one or found.ref:
        raise Unfit("entities are made by POST to their set", status=405)
    given = _given(found)
    understood = body(found.entity, body_of(request), without=tuple(given))
    key = sta_creating.create(understood, given, device=device)
    return _named(found.entity, key, 201)


def _given(found: Path) -> dict[str, Key]:
    """The relation that the address of the set says."""
    if len(found.steps) == 1:
        return {}
    last = found.steps[-1]
    _, key = key_at(Path(found.steps[:-1]))
    assert last.relation is not None
    return {last.relation.back: key}


def change(request: HttpRequest, rest: str) -> HttpResponse:
    """PATCH: set what is given; or, by its media type, a JSON Patch."""
    entity, key = _one(request, rest)
    if request.content_type == JSON_PATCH:
        return _patched(entity, key, body_of(request, JSON_PATCH))
    sta_changing.change(key, body(entity, body_of(request, JSON), whole=False))
    return _named(entity, key, 200)


def replace(request: HttpRequest, rest: str) -> HttpResponse:
    """PUT: set everything; relations that are not named stay."""
    entity, key = _one(request, rest)
    sta_changing.change(key, _whole(entity, body_of(request)), whole=True)
    return _named(entity, key, 200)


def remove(request: HttpRequest, rest: str) -> HttpResponse:
    """DELETE, with what cannot be without it."""
    entity, key = _one(request, rest)
    sta_removing.delete(entity, key)
    return HttpResponse(status=200)


def _one(request: HttpRequest, rest: str) -> tuple[Entity, Key]:
    if writer(request) is not None:
        raise Unfit("a device may only write observations", status=403)
    found = path(rest)
    if not found.one or found.inside or found.ref:
        raise Unfit("this is done to one entity, named by its id", status=405)
    return key_at(found)


def _whole(entity: Entity, raw: Any) -> Any:
    return body(entity, raw, without=tuple(entity.relations))


def _patched(entity: Entity, key: Key, operations: Any) -> HttpResponse:
    names = tuple(one.name for one in entity.properties.values() if not one.kept)
    at = reach(Path((path(_address(entity, key)).steps[0],)))
    shown = reading.entity_at(at, Options(select=names), base())
    before = msgspec.json.decode(msgspec.json.encode(shown))
    try:
        after = _applied(operations, before)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError, AttributeError, KeyError) as error:
        raise Unfit(f"the JSON Patch cannot be applied: {str(error)[:200]}") from error
    sta_changing.change(key, _whole(entity, after), whole=True)
    return _named(entity, key, 200)


def _applied(operations: Any, before: Any) -> Any:
    """What a JSON Patch makes of an entity. One operation after the other: copies of copies double what there is."""
    after, largest = before, max(LARGEST, 2 * len(msgspec.json.encode(before)))
    if not isinstance(operations, list) or len(operations) > MOST_OPERATIONS:
        raise Unfit(f"a JSON Patch is a list of at most {MOST_OPERATIONS} operations")
    for one in operations:
        after = jsonpatch.JsonPatch([one]).apply(after, in_place=True)
        if len(msgspec.json.encode(after)) > largest:
            raise Unfit("the JSON Patch makes the entity too large", status=413)
    return after


def _address(entity: Entity, key: Key) -> str:
    return address("", entity, key).lstrip("/")


def _named(entity: Entity, key: Key, status: int) -> HttpResponse:
    link = address(base(), entity, key)
    return respond({"@iot.id": key, SELF: link}, status, location=link if status == 201 else "")
