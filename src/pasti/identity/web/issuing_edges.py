"""Edges of the endpoints for wallets: open to every origin, no session, errors as the standards say."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from pasti.identity.rules.invalid import Invalid
from pasti.kernel.accounts.addresses import address_of
from pasti.kernel.api.limits import TokenBucket

View = Callable[..., HttpResponse]
# Per address and process: an office shares one address, and hands out a card in a few requests.
CALLS = TokenBucket(rate=2, burst=200)
STATUS = {"invalid_token": 401, "not_found": 404, "too_many_requests": 429}


def public(view: View) -> View:
    """For programs of any origin: nothing here depends on who has signed in."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            answer = HttpResponse(status=204)
            answer["Access-Control-Allow-Methods"] = "GET, POST"
            answer["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            answer["Access-Control-Max-Age"] = "600"
        else:
            answer = view(request, *args, **kwargs)
        answer["Access-Control-Allow-Origin"] = "*"
        return answer

    return guarded


def endpoint(*methods: str) -> Callable[[View], View]:
    """An endpoint of the protocol: counted per caller, never cached, refusals as OAuth errors (RFC 6749, 5.2)."""

    def decorate(view: View) -> View:
        @public
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return HttpResponse(status=405, headers={"Allow": ", ".join(methods)})
            wait = CALLS.take(address_of(request), time.monotonic())
            if wait:
                return refusal(Invalid("too_many_requests", "wait a little"), max(1, round(wait)))
            try:
                answer = view(request, *args, **kwargs)
            except Invalid as wrong:
                answer = refusal(wrong)
            answer["Cache-Control"] = "no-store"
            return answer

        return guarded

    return decorate


def refusal(wrong: Invalid, wait: int = 0) -> HttpResponse:
    """The error answer of a refusal."""
    status = STATUS.get(wrong.code, 400)
    answer = JsonResponse({"error": wrong.code, "error_description": wrong.description}, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = f'Bearer error="{wrong.code}"'
    if wait:
        answer["Retry-After"] = str(wait)
    return answer
