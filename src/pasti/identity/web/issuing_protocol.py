"""OpenID for Verifiable Credential Issuance 1.0: offer by reference, token, nonce, credential."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from pasti.identity.rules import messages, oid4vci
from pasti.identity.rules.invalid import Invalid
from pasti.identity.services import issuing
from pasti.identity.services import issuing_codes as codes
from pasti.identity.web.issuing_edges import endpoint
from pasti.identity.web.issuing_metadata import authorization_server

LARGEST = 64 * 1024  # bytes of a request: five proofs are about four thousand


@endpoint("GET", "HEAD")
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """The offer the QR leads to (4.1.3)."""
    return JsonResponse({
        "credential_issuer": issuing.issuer(), "credential_configuration_ids": [issuing.CONFIGURATION],
        "grants": {oid4vci.PRE_AUTHORIZED: {
            "pre-authorized_code": issuing.offered(code), "authorization_server": authorization_server(),
            "tx_code": {"input_mode": "numeric", "length": codes.TX_DIGITS,
                        "description": "Enam angka dari petugas / Six digits from the officer"},
        }},
    })  # fmt: skip


@endpoint("POST")
def token(request: HttpRequest) -> HttpResponse:
    """The code and the transaction code for an access token (6)."""
    text = issuing.redeem(oid4vci.parse_token_request(dict(request.POST.lists())))
    life = int(issuing.TOKEN_LIFE.total_seconds())
    return JsonResponse({"access_token": text, "token_type": "Bearer", "expires_in": life})


@endpoint("POST")
def nonce(request: HttpRequest) -> HttpResponse:
    """A fresh nonce for proofs (7)."""
    return JsonResponse({"c_nonce": codes.nonce()})


@endpoint("POST")
def credential(request: HttpRequest) -> HttpResponse:
    """Copies of the card, one for each proof (8)."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text:
        raise Invalid("invalid_token", "Bearer token expected")
    if request.content_type != "application/json":
        raise Invalid("invalid_credential_request", "application/json expected")
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise Invalid("invalid_credential_request", "too long")
    asked = oid4vci.parse_credential_request(messages.read_json(request.body, "invalid_credential_request"))
    return JsonResponse(oid4vci.credential_response(issuing.issue(text.strip(), asked)))
