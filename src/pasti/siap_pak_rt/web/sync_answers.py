"""How the endpoints for devices answer: JSON, and problems after RFC 9457; the session and its CSRF token let one in."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from pydantic import BaseModel, ValidationError

from pasti.kernel.accounts.models import User
from pasti.kernel.api.problems import problem_response
from pasti.kernel.errors import Refused

Shape = TypeVar("Shape", bound=BaseModel)
MOST = 256 * 1024  # bytes of a JSON body


def endpoint(*methods: str) -> Callable[[Callable[..., Any]], Callable[..., HttpResponse]]:
    """A view that returns a dictionary, for those who have signed in; what is refused becomes a problem."""

    def decorate(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                answer = problem_response("metode-tidak-didukung", 405)
                answer["Allow"] = ", ".join(methods)
                return answer
            if not request.user.is_authenticated:
                return problem_response("perlu-masuk", 401, "Masuk dahulu, lalu buka lagi halaman ini")
            answer = _answer(view, request, *args, **kwargs)
            answer.setdefault("Cache-Control", "no-store")
            return answer

        return answered

    return decorate


def _answer(view: Callable[..., Any], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        found = view(request, *args, **kwargs)
        return found if isinstance(found, HttpResponse) else JsonResponse(found)
    except Refused as refusal:
        field = {"errors": [{"field": refusal.field, "detail": refusal.message}]} if refusal.field else {}
        return problem_response(refusal.code, refusal.status, refusal.message, **field, **refusal.extra)
    except PermissionDenied:
        return problem_response("tidak-berwenang", 403, "Peran Anda tidak mengizinkan ini")


def body_of(request: HttpRequest, shape: type[Shape]) -> Shape:
    """The JSON body in its shape. Raises Refused `isian-tidak-sah` (422) or `permintaan-tidak-terbaca` (400)."""
    if len(request.body) > MOST:
        raise Refused("isi-terlalu-besar", "Isi permintaan terlalu besar", status=413)
    try:
        return shape.model_validate(json.loads(request.body))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise Refused("isian-tidak-sah", "Periksa isian", status=422, field=name) from error
    except ValueError as error:
        raise Refused("permintaan-tidak-terbaca", "Isi permintaan bukan JSON", status=400) from error


def user_of(request: HttpRequest) -> User:
    """The one who has signed in."""
    return cast(User, request.user)
