"""`POST /$batch`: several requests in one, as JSON (OData JSON Format 4.01, 19; the way FROST serves them too).

Requests of one `atomicityGroup` are done together or not at all. `$id` at the begin of a url, or as an `@iot.id` in a body,
stands for what the request of that id made.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import groupby
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve

from pasti.telemetry.api.sta_edge import JSON, base, respond
from pasti.telemetry.queries.sta_reading import together
from pasti.telemetry.rules.sta_unfit import Unfit

MOST = 100  # requests of one batch
SECONDS = 20.0  # for all of them: what has not begun by then is to be sent again
ROOT = "/sensorthings/v1.1/"


class _Part(msgspec.Struct):
    id: str
    method: str
    url: str
    body: Any = None
    headers: dict[str, str] = {}
    atomicityGroup: str = ""  # noqa: N815 (the format's name)


class _Batch(msgspec.Struct):
    requests: list[_Part]


_decoder = msgspec.json.Decoder(_Batch)
Answer = dict[str, Any]
Over = Callable[[], bool]


def batch(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Do the requests in order; 200 with an answer for each. Raises Unfit for what is no batch."""
    if request.content_type != JSON:
        raise Unfit(f"send {JSON}; multipart batches are not served", status=415)
    try:
        parts = _decoder.decode(request.body).requests
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unfit(f"the body is no batch: {str(error)[:200]}") from error
    if len(parts) > MOST or len({part.id for part in parts}) < len(parts):
        raise Unfit(f"a batch has at most {MOST} requests, each with an id of its own")
    made: dict[str, Answer] = {}
    answers: list[Answer] = []
    with together(SECONDS) as over:
        for group, members in groupby(parts, key=lambda part: part.atomicityGroup):
            several = list(members)
            done = _together(request, several, made, over) if group else [
                _one(request, one, made, over) for one in several
            ]  # fmt: skip
            answers += done
    return respond({"responses": answers})


def _together(request: HttpRequest, parts: list[_Part], made: dict[str, Answer], over: Over) -> list[Answer]:
    """All of a group, or none when one of them fails."""
    answers: list[Answer] = []
    with transaction.atomic():
        for part in parts:
            answers.append(_one(request, part, made, over))
            if answers[-1]["status"] >= 400:
                transaction.set_rollback(True)
                break
    if answers[-1]["status"] < 400:
        return answers
    for part in parts:
        made.pop(part.id, None)
    words = {"code": 424, "type": "error", "message": f"undone, because request {answers[-1]['id']} failed"}
    return [
        answers[-1] if part.id == answers[-1]["id"] else {"id": part.id, "status": 424, "body": words} for part in parts
    ]


def _one(request: HttpRequest, part: _Part, made: dict[str, Answer], over: Over) -> Answer:
    if over():
        words = {"code": 503, "type": "error", "message": "this batch takes too long: send the rest in another"}
        return {"id": part.id, "status": 503, "body": words}
    answer = _done(request, part, made)
    told: Answer = {"id": part.id, "status": answer.status_code}
    if answer.has_header("Location"):
        told["location"] = answer["Location"]
    if answer.content:
        plain = not answer["Content-Type"].startswith(JSON)
        told["body"] = answer.content.decode() if plain else msgspec.json.decode(answer.content)
    if answer.status_code == 201:
        made[part.id] = told
    return told


def _done(request: HttpRequest, part: _Part, made: dict[str, Answer]) -> HttpResponse:
    address = urlsplit(_named(part.url, made).removeprefix(f"{base()}/").lstrip("/").removeprefix(ROOT.lstrip("/")))
    path = ROOT + unquote(address.path)
    if address.path.strip("/") == "$batch":
        return respond({"code": 400, "type": "error", "message": "a batch holds no batch"}, 400)
    inner = copy.copy(request)
    inner.method, inner.path_info = part.method.upper(), path
    inner.META = request.META | {"QUERY_STRING": address.query}
    inner.GET = QueryDict(address.query)
    inner.content_type = next((v for k, v in part.headers.items() if k.lower() == "content-type"), JSON).split(";")[0]
    inner._body = b"" if part.body is None else msgspec.json.encode(_filled(part.body, made))
    try:
        match = resolve(path)
    except Resolver404:  # an end of the address that no pattern takes
        return respond({"code": 404, "type": "error", "message": "there is no such address"}, 404)
    answer: HttpResponse = match.func(inner, *match.args, **match.kwargs)
    return answer


def _named(url: str, made: dict[str, Answer]) -> str:
    """The address with what `$id` at its begin stands for."""
    head, slash, tail = url.partition("/")
    known = made.get(head.removeprefix("$")) if head.startswith("$") else None
    return f"{known['location']}{slash}{tail}" if known and "location" in known else url


def _filled(body: Any, made: dict[str, Answer]) -> Any:
    """The body with the ids that `$id` stands for."""
    if isinstance(body, list):
        return [_filled(one, made) for one in body]
    if not isinstance(body, dict):
        return body
    filled = {name: _filled(value, made) for name, value in body.items()}
    wanted = filled.get("@iot.id")
    if isinstance(wanted, str) and wanted.startswith("$") and wanted[1:] in made:
        filled["@iot.id"] = made[wanted[1:]]["body"]["@iot.id"]
    return filled
