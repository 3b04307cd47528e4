"""The edge of SensorThings: what comes in, and how answers and refusals go out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import singledispatch
from typing import Any
from urllib.parse import unquote

import msgspec
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, DataError, IntegrityError, OperationalError
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.request import RawPostDataException
from psycopg.errors import DeadlockDetected, QueryCanceled, StatementTooComplex

from pasti.kernel.accounts.addresses import address_of
from pasti.kernel.api.limits import spend
from pasti.kernel.api.problems import Problem
from pasti.kernel.errors import Refused
from pasti.telemetry.rules.sta_unfit import Unfit

log = logging.getLogger(__name__)
View = Callable[[HttpRequest, str], HttpResponse]
JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
ALLOWED_HEADERS = "Authorization, Content-Type, Prefer"
_encoder = msgspec.json.Encoder()


def base() -> str:
    """The address of the service, without a slash at its end."""
    return f"{settings.PASTI_BASE_URL}/sensorthings/v1.1"


def endpoint(**by_method: View) -> Callable[..., HttpResponse]:
    """A view answering each named method; whatever goes wrong is answered in JSON."""
    allowed = ", ".join(sorted({*by_method, "OPTIONS", *(("HEAD",) if "GET" in by_method else ())}))

    def answered(request: HttpRequest, rest: str = "") -> HttpResponse:
        view = by_method.get("GET" if request.method == "HEAD" else str(request.method))
        if request.method == "OPTIONS":
            answer = HttpResponse(status=204)
            answer["Access-Control-Allow-Methods"], answer["Access-Control-Allow-Headers"] = allowed, ALLOWED_HEADERS
        elif view is None:
            answer = refusal(405, f"{str(request.method)[:20]} is not for this address")
        else:
            answer = _safely(view, request, rest)
        if answer.status_code == 405:
            answer["Allow"] = allowed
        answer["Access-Control-Allow-Origin"] = "*"
        answer["Access-Control-Expose-Headers"] = "Location"
        return answer

    answered.csrf_exempt = True  # type: ignore[attr-defined]  # who writes says so in a header, never by a cookie
    return answered


def _safely(view: View, request: HttpRequest, rest: str) -> HttpResponse:
    try:
        if request.method in ("GET", "HEAD"):
            spend(f"sta:{address_of(request)}")
        _refuse_nul(request)
        return view(request, rest)
    except Exception as error:
        return failed(error, request)


def respond(value: Any, status: int = 200, location: str = "") -> HttpResponse:
    """`value` as JSON."""
    answer = HttpResponse(_encoder.encode(value), status=status, content_type=JSON)
    if location:
        answer["Location"] = location
    return answer


def refusal(status: int, words: str) -> HttpResponse:
    """An error as SensorThings services tell it."""
    answer = respond({"code": status, "type": "error", "message": words}, status)
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="PASTI", Basic realm="PASTI"'
    return answer


def body_of(request: HttpRequest, *types: str) -> Any:
    """The JSON that was sent as one of `types` (JSON when none is named). Raises Unfit."""
    if request.content_type not in (types or (JSON,)):
        raise Unfit(f"send {' or '.join(types or (JSON,))}", status=415)
    try:
        return msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unfit("the body is no JSON that can be read") from error


def pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """The query options as they were written, in order, repeated ones too."""
    return [(name, value) for name, values in request.GET.lists() for value in values]


@singledispatch
def failed(error: Exception, request: HttpRequest) -> HttpResponse:
    """The answer to whatever was raised; the unexpected is logged and its text kept from the caller."""
    log.error("unexpected error in %s", request.path[:200], exc_info=error)
    return refusal(500, "something went wrong here; it is in our log")


@failed.register
def _unfit(error: Unfit, request: HttpRequest) -> HttpResponse:
    return refusal(error.status, error.words)


@failed.register
def _refused(error: Refused, request: HttpRequest) -> HttpResponse:
    return refusal(error.status, str(error.message))


@failed.register
def _problem(error: Problem, request: HttpRequest) -> HttpResponse:
    answer = refusal(error.status, str(error.detail))
    if "retry_after" in error.extra:
        answer["Retry-After"] = str(error.extra["retry_after"])
    return answer


@failed.register
def _denied(error: PermissionDenied, request: HttpRequest) -> HttpResponse:
    return refusal(403, str(error) or "neither role nor scope of the token allows this")


@failed.register
def _protected(error: ProtectedError, request: HttpRequest) -> HttpResponse:
    return refusal(409, "the city's systems depend on this; it cannot be deleted")


@failed.register
def _data(error: DataError, request: HttpRequest) -> HttpResponse:
    return refusal(400, "a value lies outside of what can be computed with")


@failed.register
def _database(error: DatabaseError, request: HttpRequest) -> HttpResponse:
    if isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled):
        return refusal(400, "this question takes too long: name a datastream or a shorter time")
    if isinstance(error.__cause__, StatementTooComplex):
        return refusal(400, "this question is too complex")
    if isinstance(error, IntegrityError) or isinstance(error.__cause__, DeadlockDetected):
        log.warning("two changes met in %s", request.path[:200], exc_info=error)
        return refusal(409, "what this stands on was changed or deleted at the same moment: look, and send it again")
    answer: HttpResponse = failed.dispatch(Exception)(error, request)
    return answer


@failed.register(RecursionError)
@failed.register(UnicodeError)
def _unreadable(error: Exception, request: HttpRequest) -> HttpResponse:
    return refusal(400, "the request holds what cannot be kept: too deep, or half characters")


@failed.register(RawPostDataException)
@failed.register(UnreadablePostError)
@failed.register(SuspiciousOperation)
def _suspicious(error: Exception, request: HttpRequest) -> HttpResponse:
    if isinstance(error, RequestDataTooBig):
        return refusal(413, f"at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes in one request")
    return refusal(400, "the request cannot be read")


def _refuse_nul(request: HttpRequest) -> None:
    """PostgreSQL keeps no NUL, however it is spelled."""
    address = unquote(f"{request.path_info}?{request.META.get('QUERY_STRING', '')}")
    if "\x00" in address or b"\x00" in request.body or rb"\u0000" in request.body:
        raise Unfit("NUL cannot be kept")
