"""The page an application sends people to: sign in here, decide what it may learn, and go back with a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views import View
from oauth2_provider.oauth2_backends import _add_iss_to_redirect
from oauth2_provider.views.mixins import OAuthLibMixin
from oauthlib.oauth2.rfc6749 import errors
from oauthlib.openid.connect.core.exceptions import RequestNotSupported, RequestURINotSupported

from pasti.identity.models import Application, Consent
from pasti.identity.queries import provider as queries
from pasti.identity.queries import provider_claims
from pasti.identity.rules import provider as rules
from pasti.identity.services import provider_consents as consents
from pasti.identity.services import provider_sessions as sessions
from pasti.identity.web import provider_proof as proof
from pasti.identity.web.provider_validator import session_of_hint
from pasti.identity.web.provider_words import described
from pasti.kernel.accounts.access import to_sign_in
from pasti.kernel.accounts.models import User
from pasti.kernel.errors import Refused
from pasti.kernel.ui.security import content_policy


@dataclass(frozen=True)
class Ask:
    """A checked request of an application."""

    application: Application
    scopes: list[str]
    credentials: dict[str, Any]
    prompt: set[str]
    max_age: int | None
    claims: list[str]

    @property
    def silent(self) -> bool:
        """Whether no page may be shown."""
        return "none" in self.prompt


class Authorize(OAuthLibMixin, View):
    """OpenID Connect Core 3.1.2 with PKCE (RFC 7636, S256 only).

    What was asked stays in the address from page to page, and is checked anew each time.
    """

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Lead on to signing in, to the decision, or straight back."""
        return self._checked(request, self._lead_on)

    def post(self, request: HttpRequest) -> HttpResponse:
        """The decision."""
        return self._checked(request, self._decided)

    def _checked(self, request: HttpRequest, then: Any) -> HttpResponse:
        try:
            return cast(HttpResponse, then(request, self._read(request)))
        except errors.FatalClientError as error:  # the address to go back to cannot be trusted
            return render(request, "identity/provider_error.html", {"error": error}, status=400)
        except errors.OAuth2Error as error:
            return self._leave(request, _add_iss_to_redirect(error.in_uri(error.redirect_uri), settings.PASTI_BASE_URL))

    def _read(self, request: HttpRequest) -> Ask:
        """Check what was asked. Raises oauthlib's errors; fatal ones for a foreign client or address, or without one."""
        if not request.GET.get(
            "redirect_uri"
        ):  # OpenID Connect Core 3.1.2.1; OAuth alone lets a client with one leave it out
            raise errors.MissingRedirectURIError
        core = self.get_oauthlib_core()
        uri, _method, _body, headers = core._extract_params(request)
        try:
            scopes, credentials = core.server.validate_authorization_request(uri, "GET", None, headers)
        except errors.FatalClientError:
            raise
        except errors.OAuth2Error as wrong:
            raise _elsewhere(request, {"redirect_uri": wrong.redirect_uri, "state": wrong.state}) or wrong from None
        if unread := _elsewhere(request, credentials):
            raise unread
        application = queries.by_client_id(credentials["client_id"])
        credentials = {name: value for name, value in credentials.items() if name != "request"}
        if credentials.get("code_challenge_method") != "S256":
            raise _error(errors.InvalidRequestError(description="code_challenge_method must be S256"), credentials)
        if "openid" not in scopes:
            raise _error(errors.InvalidScopeError(description="openid is missing"), credentials)
        prompt, age = set(request.GET.get("prompt", "").split()), request.GET.get("max_age", "")
        if age and not (age.isascii() and age.isdecimal() and len(age) < 10):
            raise _error(errors.InvalidRequestError(description="max_age must be seconds"), credentials)
        asked = provider_claims.asked(application, scopes)
        return Ask(application, list(scopes), credentials, prompt, int(age) if age else None, asked)

    def _lead_on(self, request: HttpRequest, ask: Ask) -> HttpResponse:
        if elsewhere := self._sign_in_first(request, ask):
            return elsewhere
        consent = provider_claims.consent_of(cast(User, request.user), ask.application)
        if "consent" in ask.prompt or consent is None or self._undecided(ask, consent):
            if ask.silent:
                raise _error(errors.ConsentRequired(), ask.credentials)
            return self._ask(request, ask, consent)
        return self._finish(request, ask)

    def _sign_in_first(self, request: HttpRequest, ask: Ask) -> HttpResponse | None:
        """Where to sign in, or to prove it again; nothing when this browser's session is good enough."""
        signed = request.user.is_authenticated
        if signed and not proof.must_sign_in_again(request, ask.prompt, ask.max_age) and self._is_meant(request):
            return None
        if ask.silent:
            raise _error(errors.LoginRequired(), ask.credentials)
        if "login" in ask.prompt or ask.max_age is not None:
            proof.note_sent(request)
        if not signed:
            return to_sign_in(request)
        again = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{again}")

    @staticmethod
    def _is_meant(request: HttpRequest) -> bool:
        """With prompt=none and an `id_token_hint`: whether it is this person the application means."""
        hint = request.GET.get("id_token_hint", "") if "none" in request.GET.get("prompt", "") else ""
        if not hint:
            return True
        found = session_of_hint(hint)
        return found is not None and found[0].user_id == request.user.pk

    @staticmethod
    def _undecided(ask: Ask, consent: Consent) -> bool:
        needed = [claim for claim in ask.application.required_claims if claim in ask.claims]
        return rules.must_ask(ask.claims, consent.given, consent.refused) or bool(set(needed) - set(consent.given))

    def _decided(self, request: HttpRequest, ask: Ask) -> HttpResponse:
        if elsewhere := self._sign_in_first(request, ask):
            return elsewhere
        if request.POST.get("putusan") != "izinkan":
            raise _error(errors.AccessDeniedError(), ask.credentials)
        required = [claim for claim in ask.application.required_claims if claim in ask.claims]
        chosen = [*required, *request.POST.getlist("data")]
        try:
            consents.decide(cast(User, request.user), ask.application, asked=ask.claims, given=chosen)
        except Refused as refusal:
            return self._ask(request, ask, None, refusal)
        return self._finish(request, ask)

    def _ask(
        self, request: HttpRequest, ask: Ask, before: Consent | None, refusal: Refused | None = None
    ) -> HttpResponse:
        required = [claim for claim in ask.application.required_claims if claim in ask.claims]
        optional = [claim for claim in ask.claims if claim not in required]
        context = {
            "application": ask.application, "required": described(required), "optional": described(optional),
            "chosen": before.given if before else [], "error": refusal,
            "host": urlsplit(ask.credentials["redirect_uri"]).netloc,
        }  # fmt: skip
        page = render(request, "identity/provider_consent.html", context, status=422 if refusal else 200)
        page["Content-Security-Policy"] = content_policy(rules.origin(ask.credentials["redirect_uri"]))
        page["Cache-Control"] = "no-store"
        return page

    def _finish(self, request: HttpRequest, ask: Ask) -> HttpResponse:
        """A code for the application, bound to this browser's session there."""
        shown = proof.proof(request)
        session = sessions.begin(cast(User, request.user), ask.application, shown)
        credentials = ask.credentials | {"client_session": session.pk}
        credentials |= {name: " ".join(credentials[name]) for name in ("ui_locales",) if credentials.get(name)}
        uri, _headers, _body, _status = self.create_authorization_response(
            request, " ".join(ask.scopes), credentials, allow=True
        )
        proof.forget(request)
        return self._leave(request, uri)

    def _leave(self, request: HttpRequest, uri: str) -> HttpResponse:
        """Back to the application. From a page of ours whose form may only lead here, by a page in between.

        A browser checks `form-action` along all redirects after a form, so after signing in a redirect would be barred.
        """
        came_from = urlsplit(request.headers.get("Referer", ""))
        if request.method == "GET" and came_from.netloc == request.get_host():
            page = render(request, "identity/provider_onward.html", {"uri": uri, "host": urlsplit(uri).netloc})
            page["Cache-Control"] = "no-store"
            return page
        return HttpResponseRedirect(uri)


def _elsewhere(request: HttpRequest, credentials: dict[str, Any]) -> errors.OAuth2Error | None:
    """The error for a request whose parameters stand in a signed object, which we do not read (OpenID Connect Core 6)."""
    if request.GET.get("request"):
        return _error(RequestNotSupported(), credentials)
    return _error(RequestURINotSupported(), credentials) if request.GET.get("request_uri") else None


def _error(error: errors.OAuth2Error, credentials: dict[str, Any]) -> errors.OAuth2Error:
    """An error that goes back to the application, with its `state`."""
    error.redirect_uri, error.state = credentials["redirect_uri"], credentials.get("state")
    return error
