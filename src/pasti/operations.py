"""For those who run the platform: is it alive, is it ready, and tokens for machine clients."""

from __future__ import annotations

import base64
import binascii

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from pasti.kernel.accounts.services import TOKEN_LIFE, token_for_client
from pasti.kernel.api.limits import spend
from pasti.kernel.api.problems import Problem, problem_response
from pasti.kernel.errors import Refused

_migrated = False


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The process can do its work: the database answers and has this program's tables. Else 503."""
    try:
        ready = _tables_are_ours()
    except Exception as error:
        connection.close()
        return JsonResponse({"status": "database", "detail": type(error).__name__}, status=503)
    return JsonResponse({"status": "ready" if ready else "migrations"}, status=200 if ready else 503)


def _tables_are_ours() -> bool:
    global _migrated
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """OAuth 2.0 client credentials (RFC 6749, 4.4); the client proves itself by HTTP Basic or in the form."""
    try:
        spend(f"token:{request.META.get('REMOTE_ADDR', '')}")
        client_id, secret = _credentials(request)
        wanted = request.POST.get("scope", "").split() or None
        if request.POST.get("grant_type") != "client_credentials":
            return _oauth_error("unsupported_grant_type", 400)
        text, scopes = token_for_client(client_id, secret, wanted)
    except Refused as refusal:
        return _oauth_error(refusal.code, refusal.status)
    except Problem as problem:
        return problem_response(problem.code, problem.status, problem.detail, **problem.extra)
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
