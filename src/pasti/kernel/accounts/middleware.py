"""Gives every request an id and an actor."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from pasti.kernel.accounts.access import actor_for
from pasti.kernel.accounts.denials import note
from pasti.kernel.context import ANONYMOUS, acting_as

_GIVEN = re.compile(r"^[A-Za-z0-9._-]{8,64}$")


class RequestContext:
    """Sets actor and request id for the request, and answers with `X-Request-Id`.

    The signed-in user is looked up only where a session cookie came: public pages stay free of queries.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if _GIVEN.match(given) else uuid.uuid4().hex
        signed = settings.SESSION_COOKIE_NAME in request.COOKIES
        actor = actor_for(request.user) if signed else ANONYMOUS
        with acting_as(actor, request_id):
            response = self.get_response(request)
            note(request, response.status_code)
        response["X-Request-Id"] = request_id
        response.setdefault("Content-Language", translation.get_language() or "id")
        return response
