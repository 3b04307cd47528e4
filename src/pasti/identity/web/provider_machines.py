"""Tokens for programs that call the JSON API in their own name: OAuth 2.0 client credentials."""

from __future__ import annotations

import base64
import binascii

from django.http import HttpRequest, HttpResponse, JsonResponse

from pasti.kernel.accounts.services import TOKEN_LIFE, token_for_client
from pasti.kernel.errors import Refused


def client_credentials(request: HttpRequest) -> HttpResponse:
    """A token for a program (RFC 6749, 4.4); it proves itself by HTTP Basic or in the form."""
    if request.POST.get("grant_type") != "client_credentials":
        return _oauth_error("unsupported_grant_type", 400)
    try:
        client_id, secret = _credentials(request)
        text, scopes = token_for_client(client_id, secret, request.POST.get("scope", "").split() or None)
    except Refused as refusal:
        return _oauth_error(refusal.code, refusal.status)
    answer = JsonResponse(
        {"access_token": text, "token_type": "Bearer", "expires_in": int(TOKEN_LIFE.total_seconds()),
         "scope": " ".join(scopes)}
    )  # fmt: skip
    answer["Cache-Control"] = "no-store"
    return answer


def _credentials(request: HttpRequest) -> tuple[str, str]:
    kind, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refused("invalid_client", "Basic tidak terbaca", status=401) from None
    return client_id, secret


def _oauth_error(code: str, status: int) -> HttpResponse:
    answer = JsonResponse({"error": code}, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = 'Basic realm="PASTI"'
    return answer
