"""`Idempotency-Key`: a POST that is sent again is answered again, not done again.

The key and the answer are written in the transaction of the act. A second request with the same key
waits for the first at the unique constraint, then gets its answer. A refusal writes nothing, so it may be retried.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from pasti.kernel.api.problems import Problem
from pasti.kernel.clock import now
from pasti.kernel.statements import run
from pasti.kernel.transactions import whole

_CLAIM = """
INSERT INTO api_keptanswer (caller, key, operation, request_hash, body, created_at)
VALUES (%s, %s, %s, %s, '', %s) ON CONFLICT (caller, key) DO NOTHING RETURNING id
"""
_ANSWER = "UPDATE api_keptanswer SET status = %s, body = %s WHERE id = %s"


def idempotent(operation: Callable[..., tuple[int, Any]]) -> Callable[..., Any]:
    """For operations that return (status, body model): one transaction, and the same answer for the same key."""

    @wraps(operation)
    def once(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key", "")
        with whole():
            if not key:
                return operation(request, *args, **kwargs)
            if len(key) > 200 or not key.isprintable() or not key.isascii():
                raise Problem("kunci-tidak-sah", "Idempotency-Key paling panjang 200 karakter ASCII", status=400)
            caller = request.user.pk
            digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).hexdigest()
            claimed = run(_CLAIM, [caller, key, operation.__name__, digest, now()])
            if not claimed:
                return _kept(caller, key, digest)
            status, body = operation(request, *args, **kwargs)
            text = _encoded(body)
            run(_ANSWER, [status, text, claimed[0]])
        return HttpResponse(text, status=status, content_type="application/json")

    # Ninja reads types from the signature; resolve them where the operation was written.
    once.__signature__ = inspect.signature(operation, eval_str=True)  # type: ignore[attr-defined]
    return once


def _kept(caller: Any, key: str, digest: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT request_hash, status, body FROM api_keptanswer WHERE caller = %s AND key = %s", [caller, key]
        )
        known, status, body = cursor.fetchone()
    if known != digest:
        raise Problem("kunci-dipakai-lain", "Idempotency-Key ini sudah dipakai untuk permintaan lain", status=422)
    answer = HttpResponse(body, status=status, content_type="application/json")
    answer["Idempotency-Replayed"] = "true"
    return answer


def _encoded(body: Any) -> str:
    if isinstance(body, BaseModel):
        return body.model_dump_json()
    return json.dumps(body, default=str)
