"""What machines read of the issuer: metadata, keys, the credential's type, status lists. Public, and the same for all."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from pasti.identity.queries import issuing as queries
from pasti.identity.rules import claims, oid4vci, status_list
from pasti.identity.services import issuing
from pasti.identity.web.issuing_edges import public

CARD = {"id": "Kartu Warga Digital", "en": "Digital Resident Card"}
SAID = {
    "id": "Turunan dari KTP-el yang ditunjukkan langsung kepada petugas. Tidak menggantikan KTP-el maupun IKD.",
    "en": "Derived from the KTP-el shown to an officer in person. It replaces neither KTP-el nor IKD.",
}
LONG = "public, max-age=300"


def authorization_server() -> str:
    """The identifier of the server that takes the offer's code. Its own, apart from the city's OpenID Provider."""
    return f"{issuing.issuer()}/id/oid4vci"


@public
@require_safe
def issuer(request: HttpRequest) -> HttpResponse:
    """The credential issuer metadata (OpenID4VCI 1.0, 12.2)."""
    base = authorization_server()
    return _json({
        "credential_issuer": issuing.issuer(),
        "authorization_servers": [base],
        "credential_endpoint": f"{base}/credential",
        "nonce_endpoint": f"{base}/nonce",
        "batch_credential_issuance": {"batch_size": issuing.COPIES},
        "display": queries.names(),
        "credential_configurations_supported": {issuing.CONFIGURATION: _configuration()},
    })  # fmt: skip


@public
@require_safe
def server(request: HttpRequest) -> HttpResponse:
    """The authorization server metadata (RFC 8414) of the pre-authorized flow."""
    base = authorization_server()
    return _json({
        "issuer": base, "token_endpoint": f"{base}/token", "response_types_supported": [],
        "grant_types_supported": [oid4vci.PRE_AUTHORIZED], "token_endpoint_auth_methods_supported": ["none"],
        "pre-authorized_grant_anonymous_access_supported": True,
    })  # fmt: skip


@public
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The issuer's keys (SD-JWT VC, JWT VC issuer metadata)."""
    return _json({"issuer": issuing.issuer(), "jwks": queries.issuer_jwks()})


@public
@require_safe
def credential_type(request: HttpRequest) -> HttpResponse:
    """The type metadata of the card (SD-JWT VC): names of card and claims; every claim is disclosable."""
    city = settings.PASTI_CITY.get("name", "")
    return _json({
        "vct": queries.type_address(), "name": f"{CARD['en']} {city}", "description": SAID["en"],
        "display": [{"locale": one, "name": f"{CARD[one]} {city}", "description": SAID[one]} for one in CARD],
        "claims": [{"path": list(path), "sd": "always", "display": [{"locale": "id", "label": local},
                    {"locale": "en", "label": english}]} for path, (local, english) in claims.LABELS.items()],
    })  # fmt: skip


@public
@require_safe
def status(request: HttpRequest, number: int) -> HttpResponse:
    """A status list token. It is asked for anew each time, which costs nothing while its tag is the same."""
    found = queries.served_list(number)
    if found is None:
        return HttpResponse(status=404)
    tag = f'W/"{found.tag}"'
    unchanged = tag in request.headers.get("If-None-Match", "")
    answer = HttpResponse(status=304) if unchanged else HttpResponse(found.token, content_type=status_list.JWT_MEDIA)
    answer["ETag"] = tag
    answer["Cache-Control"] = "public, no-cache"
    return answer


def _configuration() -> dict[str, Any]:
    city = settings.PASTI_CITY.get("name", "")
    display = [{"locale": one, "name": f"{CARD[one]} {city}", "description": SAID[one], "background_color": "#0b4f6c",
                "text_color": "#ffffff"} for one in CARD]  # fmt: skip
    return {
        "format": "dc+sd-jwt", "vct": queries.type_address(),
        "cryptographic_binding_methods_supported": ["jwk"],
        "credential_signing_alg_values_supported": ["ES256"],
        "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": ["ES256"]}},
        "credential_metadata": {"display": display, "claims": [
            {"path": list(path), "display": [{"locale": "id", "name": local}, {"locale": "en", "name": english}]}
            for path, (local, english) in claims.LABELS.items()
        ]},
    }  # fmt: skip


def _json(body: dict[str, Any]) -> HttpResponse:
    answer = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = LONG
    return answer
