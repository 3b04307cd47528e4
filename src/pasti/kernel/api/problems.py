"""Errors as RFC 9457 problem details (`application/problem+json`)."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import ConfigDict

from pasti.kernel.context import request_id
from pasti.kernel.errors import Refused

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


class ProblemDetail(Schema):
    """The body of every error answer; a problem may carry members of its own."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int
    detail: str = ""
    instance: str = ""


# For `response=` of operations: the error answers every operation can give.
PROBLEMS: dict[Any, Any] = {frozenset({400, 401, 403, 404, 409, 415, 422, 429}): ProblemDetail}

TITLES = {
    400: "Permintaan tidak terbaca",
    401: "Perlu masuk",
    403: "Tidak berwenang",
    404: "Tidak ditemukan",
    405: "Metode tidak didukung",
    406: "Bentuk jawaban tidak didukung",
    409: "Ditolak oleh aturan",
    412: "Keadaannya sudah lain",
    413: "Isi terlalu besar",
    415: "Jenis isi tidak didukung",
    422: "Isian tidak sah",
    429: "Terlalu banyak permintaan",
    500: "Kesalahan pada sistem",
}


class Problem(Exception):
    """An error answer an operation raises by itself."""

    def __init__(self, code: str, detail: str = "", *, status: int = 400, **extra: Any):
        super().__init__(detail)
        self.code, self.detail, self.status, self.extra = code, detail, status, extra


def problem_response(code: str, status: int, detail: str = "", **extra: Any) -> HttpResponse:
    """An answer of `status` with a problem body. `type` is a stable relative URI, titled in Indonesian."""
    body = {
        "type": f"/masalah/{code}",
        "title": TITLES.get(status, "Kesalahan"),
        "status": status,
        "detail": detail,
        "instance": f"urn:permintaan:{request_id()}",
        **extra,
    }
    return HttpResponse(json.dumps(body, ensure_ascii=False, default=str), status=status, content_type=MEDIA_TYPE)


def install(api: NinjaAPI) -> None:
    """Give `api` our answers for every kind of failure."""

    @api.exception_handler(Problem)
    def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
        return problem_response(error.code, error.status, error.detail, **error.extra)

    @api.exception_handler(Refused)
    def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
        field = {"errors": [{"field": error.field, "detail": error.message}]} if error.field else {}
        return problem_response(error.code, error.status, error.message, **field, **error.extra)

    @api.exception_handler(ValidationError)
    def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem_response("isian-tidak-sah", 422, "Periksa isian yang ditandai", errors=_fields(error.errors))

    @api.exception_handler(AuthenticationError)
    def _unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        answer = problem_response("perlu-masuk", 401, "Kirim token yang sah di header Authorization")
        answer["WWW-Authenticate"] = 'Bearer realm="PASTI"'
        return answer

    @api.exception_handler(PermissionDenied)
    def _denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return problem_response("tidak-berwenang", 403, "Peran atau lingkup token tidak mengizinkan ini")

    @api.exception_handler(Http404)
    def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem_response("tidak-ditemukan", 404)

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem_response("permintaan-ditolak", error.status_code, str(error))

    @api.exception_handler(Exception)
    def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
        log.exception("unexpected error in %s", request.path)
        return problem_response("kesalahan-sistem", 500, "Kesalahan kami; sudah dicatat dengan nomor permintaan ini")


def _fields(errors: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    return [
        {"field": ".".join(str(p) for p in e.get("loc", ()) if p not in ("body", "query", "path", "payload")),
         "detail": str(e.get("msg", ""))}
        for e in errors
    ]  # fmt: skip
