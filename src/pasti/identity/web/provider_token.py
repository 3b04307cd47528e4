"""The endpoints programs call: tokens, revocation, claims about a person, keys, and where all of this is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from oauth2_provider.views import RevokeTokenView, TokenView, UserInfoView

from pasti.identity.rules import provider as rules
from pasti.identity.services import provider_keys as keys
from pasti.identity.web.provider_machines import client_credentials
from pasti.kernel.accounts.addresses import address_of
from pasti.kernel.api.limits import spend
from pasti.kernel.api.problems import Problem, problem_response

PEOPLE = ("authorization_code", "refresh_token")
_TOKEN, _REVOKE, _USERINFO = TokenView.as_view(), RevokeTokenView.as_view(), UserInfoView.as_view()


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """The one token endpoint: for applications people sign in to, and for programs in their own name."""
    if busy := _busy(request, "token"):
        return busy
    if request.POST.get("grant_type") in PEOPLE:
        return _fresh(_TOKEN(request))
    return client_credentials(request)


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """An application gives a token back (RFC 7009)."""
    return _busy(request, "revoke") or _fresh(_REVOKE(request))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
def userinfo(request: HttpRequest) -> HttpResponse:
    """Claims about the person an access token was given for (OpenID Connect Core 5.3).

    The token comes in the header; in an address, where logs keep it, the library would still take it.
    """
    if request.method == "OPTIONS":  # a browser asks before a page of another origin may send the header
        return _open(HttpResponse(status=204, headers={"Access-Control-Allow-Headers": "Authorization"}))
    if not request.headers.get("Authorization", "").lower().startswith("bearer "):
        return _open(HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="PASTI"'}))
    return _busy(request, "userinfo") or _open(_fresh(_USERINFO(request)))


@require_safe
def jwks(request: HttpRequest) -> HttpResponse:
    """The public keys our signatures are checked with, old ones too."""
    return _public(keys.key_set(), f"public, max-age={keys.CACHED}")


@require_safe
def discovery(request: HttpRequest) -> HttpResponse:
    """What this provider can do (OpenID Connect Discovery 1.0)."""
    return _public(metadata(settings.PASTI_BASE_URL), "public, max-age=3600")


def metadata(base: str) -> dict[str, Any]:
    """The provider's metadata; nothing stands here that it does not do."""
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/o/authorize",
        "token_endpoint": f"{base}/o/token",
        "userinfo_endpoint": f"{base}/o/userinfo",
        "revocation_endpoint": f"{base}/o/revoke",
        "end_session_endpoint": f"{base}/o/logout",
        "jwks_uri": f"{base}/o/jwks",
        "scopes_supported": list(rules.SCOPES),
        "claims_supported": ["sub", "acr", "amr", "auth_time", "sid", *rules.CLAIMS, *rules.COMPANIONS.values()],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [*PEOPLE, "client_credentials"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": [rules.acr(level) for level in rules.LEVELS],
        "prompt_values_supported": ["none", "login", "consent"],
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "ui_locales_supported": [code for code, _name in settings.LANGUAGES],
        "service_documentation": f"{base}/api/v1/docs",
    }


def _busy(request: HttpRequest, what: str) -> HttpResponse | None:
    try:
        spend(f"{what}:{address_of(request)}")
    except Problem as problem:
        return problem_response(problem.code, problem.status, problem.detail, **problem.extra)
    return None


def _fresh(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer


def _open(answer: HttpResponse) -> HttpResponse:
    """For pages of any origin: no cookie counts here, only the token."""
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _public(content: dict[str, Any], cached: str) -> HttpResponse:
    answer = JsonResponse(content)
    answer["Cache-Control"] = cached
    return _open(answer)
