"""The edge of the FHIR facade: what comes in, and how answers and refusals go out (http://hl7.org/fhir/R4/http.html)."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from functools import singledispatch, wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from pasti.kernel.accounts.addresses import address_of
from pasti.kernel.accounts.models import User
from pasti.kernel.api.auth import bearer
from pasti.kernel.api.limits import spend
from pasti.kernel.api.problems import TITLES, Problem
from pasti.kernel.errors import Refused
from pasti.purut.rules import fhir_answers as answers
from pasti.purut.rules.fhir_resources import Resource
from pasti.purut.rules.fhir_search import Unfit
from pasti.purut.rules.fhir_table import JSON_TYPES, MEDIA_TYPE

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
FORM = "application/x-www-form-urlencoded"
READABLE = frozenset({"*/*", "application/*", "json", *JSON_TYPES})
ALLOWED_HEADERS = "Authorization, Content-Type, Prefer, If-None-Match, If-Match, If-None-Exist, Idempotency-Key"
_caller = bearer("purut.book", "purut.register", "purut.queue")


def base() -> str:
    """The address of this FHIR server, without a slash at the end."""
    return f"{settings.PASTI_BASE_URL}/fhir/R4"


def endpoint(**by_method: View) -> View:
    """A view answering each named method by its function; whatever goes wrong is an OperationOutcome."""
    allowed = ", ".join(sorted({*by_method, "OPTIONS", *(("HEAD",) if "GET" in by_method else ())}))

    @csrf_exempt
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        view = by_method.get("GET" if request.method == "HEAD" else str(request.method))
        if request.method == "OPTIONS":
            answer = HttpResponse(status=204)
            answer["Access-Control-Allow-Methods"], answer["Access-Control-Allow-Headers"] = allowed, ALLOWED_HEADERS
        elif view is None:
            answer = refusal(405, technical=f"{request.method} is not for this address")
            answer["Allow"] = allowed
        else:
            answer = _safely(view)(request, *args, **kwargs)
        answer["Access-Control-Allow-Origin"] = "*"
        answer["Access-Control-Expose-Headers"] = "ETag, Location"
        return answer

    return answered


def _safely(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            spend(f"fhir:{address_of(request)}")
            _refuse_nul(request)
            _readable(request)
            return view(request, *args, **kwargs)
        except Exception as error:
            return failed(error, request)

    return guarded


def caller(request: HttpRequest) -> User:
    """Who asks, by a bearer token with one of the hospital's rights. Raises Unfit 401 and PermissionDenied."""
    user = _caller(request)
    if user is None:
        raise Unfit("login", "send a live bearer token in the Authorization header", status=401)
    return user


def respond(request: HttpRequest, resource: Resource, *, status: int = 200, public: bool = False) -> HttpResponse:
    """The resource with its ETag, or 304 when the caller has it already."""
    body = answers.encoded(resource)
    tag = answers.etag(body)
    known = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    if request.method in ("GET", "HEAD") and known & {tag.removeprefix("W/"), "*"}:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(body, status=status, content_type=MEDIA_TYPE)
    answer["ETag"] = tag
    if public:
        answer["Cache-Control"] = "no-cache"  # may be kept, must be asked about
    return answer


def refusal(status: int, words: str = "", **more: str) -> HttpResponse:
    """An OperationOutcome."""
    told = answers.outcome(status, words or TITLES.get(status, "Kesalahan"), **more)
    answer = HttpResponse(answers.encoded(told), status=status, content_type=MEDIA_TYPE)
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="PASTI"'
    return answer


def body_of(request: HttpRequest, *types: str) -> Any:
    """The JSON that was sent as one of `types`. Raises Unfit."""
    if request.content_type not in types:
        raise Unfit("not-supported", f"send {' or '.join(types)}", status=415)
    try:
        return json.loads(request.body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Unfit("structure", "the body is no JSON that can be read") from error


def prefers_strict(request: HttpRequest) -> bool:
    """`Prefer: handling=strict` (RFC 7240): refuse what is not understood."""
    return "handling=strict" in re.split(r"[\s,;]+", request.headers.get("Prefer", ""))


@singledispatch
def failed(error: Exception, request: HttpRequest) -> HttpResponse:
    """The answer to whatever was raised; the unexpected is logged and its text kept from the caller."""
    log.error("unexpected error in %s", request.path, exc_info=error)
    return refusal(500)


@failed.register
def _unfit(error: Unfit, request: HttpRequest) -> HttpResponse:
    return refusal(error.status, issue=error.code, technical=error.words, at=error.at)


@failed.register
def _refused(error: Refused, request: HttpRequest) -> HttpResponse:
    return refusal(error.status, str(error.message), slug=error.code)


@failed.register
def _problem(error: Problem, request: HttpRequest) -> HttpResponse:
    answer = refusal(error.status, error.detail, slug=error.code)
    if "retry_after" in error.extra:
        answer["Retry-After"] = str(error.extra["retry_after"])
    return answer


@failed.register
def _denied(error: PermissionDenied, request: HttpRequest) -> HttpResponse:
    return refusal(403, technical="neither role nor scope of the token allows this")


@failed.register
def _suspicious(error: SuspiciousOperation, request: HttpRequest) -> HttpResponse:
    return refusal(413 if isinstance(error, RequestDataTooBig) else 400)


def _refuse_nul(request: HttpRequest) -> None:
    """PostgreSQL keeps no NUL. It can come in an address, in a search in a header, in a form, in JSON, each spelled its way."""
    address = f"{request.path_info}?{request.META.get('QUERY_STRING', '')}{request.headers.get('If-None-Exist', '')}"
    spelled = (b"\x00", b"%00", rb"\u0000")
    if "\x00" in address or "%00" in address or any(one in request.body for one in spelled):
        raise Unfit("invalid", "NUL cannot be kept")


def _readable(request: HttpRequest) -> None:
    """We speak JSON only; who asks for something else is told so (406)."""
    wanted = request.GET.get("_format") or request.headers.get("Accept") or "*/*"
    ranges = {one.split(";")[0].strip().lower() for one in wanted.replace(" json", "+json").split(",")}
    if not ranges & READABLE:
        raise Unfit("not-supported", f"only {MEDIA_TYPE} is spoken here", status=406)


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON number")
