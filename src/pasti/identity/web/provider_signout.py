"""An application asks that the person signs out here too: OpenID Connect RP-Initiated Logout 1.0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST
from oauthlib.common import add_params_to_uri

from pasti.identity.models import Application, ClientSession
from pasti.identity.queries import provider as queries
from pasti.identity.rules import provider as rules
from pasti.identity.web.provider_validator import session_of_hint
from pasti.kernel.errors import NotFound
from pasti.kernel.ui.security import content_policy

ASKED = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


@dataclass(frozen=True)
class Leaving:
    """A checked request to sign out: which application asks, of which session, and where to go then."""

    application: Application | None
    session: ClientSession | None
    onward: str


class Wrong(Exception):
    """The request cannot be answered by going back: hint, client and address do not fit together."""


@csrf_exempt
@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out at once when the application proves it means this very session, else ask first.

    A form from elsewhere comes without our cookies, so it is sent around once more as a plain address.
    """
    if request.method == "POST":
        given = QueryDict(mutable=True)
        given.update({name: request.POST[name] for name in ASKED if name in request.POST})
        again = HttpResponseRedirect(f"{request.path}?{given.urlencode()}")
        again.status_code = 303
        return again
    return _answered(request, request.GET, confirmed=False)


@require_POST
def confirmed(request: HttpRequest) -> HttpResponse:
    """The person agreed."""
    return _answered(request, request.POST, confirmed=True)


def _answered(request: HttpRequest, asked: QueryDict, *, confirmed: bool) -> HttpResponse:
    try:
        leaving = _read(asked)
    except Wrong as wrong:
        return render(request, "identity/provider_error.html", {"error": wrong}, status=400)
    if request.user.is_authenticated and not confirmed and not _means_this(request, leaving):
        return _ask(request, asked, leaving)
    logout(request)
    return HttpResponseRedirect(leaving.onward or "/")


def _read(asked: QueryDict) -> Leaving:
    """Raises Wrong."""
    session, application = None, None
    if hint := asked.get("id_token_hint", ""):
        found = session_of_hint(hint)
        if found is None:
            raise Wrong("id_token_hint")
        session, application = found
    if client_id := asked.get("client_id", ""):
        application = _named(client_id, application)
    onward = asked.get("post_logout_redirect_uri", "")
    if onward:
        if application is None or not application.post_logout_redirect_uri_allowed(onward):
            raise Wrong("post_logout_redirect_uri")
        state = asked.get("state", "")
        onward = add_params_to_uri(onward, [("state", state)]) if state else onward
    return Leaving(application, session, onward)


def _named(client_id: str, hinted: Application | None) -> Application:
    if hinted is not None and hinted.client_id != client_id:
        raise Wrong("client_id")
    try:
        return hinted or queries.by_client_id(client_id)
    except NotFound:
        raise Wrong("client_id") from None


def _means_this(request: HttpRequest, leaving: Leaving) -> bool:
    session = leaving.session
    mine = session is not None and session.session_key == request.session.session_key
    return mine and session is not None and session.user_id == request.user.pk


def _ask(request: HttpRequest, asked: QueryDict, leaving: Leaving) -> HttpResponse:
    context: dict[str, Any] = {
        "application": leaving.application, "asked": [(name, asked[name]) for name in ASKED if name in asked]
    }  # fmt: skip
    page = render(request, "identity/provider_signout.html", context)
    page["Content-Security-Policy"] = content_policy(*([rules.origin(leaving.onward)] if leaving.onward else []))
    return page
