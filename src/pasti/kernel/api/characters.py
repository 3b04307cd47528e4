"""The one character nobody types: NUL, which a database cannot keep, is refused at the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse, RawPostDataException, UnreadablePostError

from pasti.kernel.api.problems import problem_response

# Standards and protocols with error bodies of their own: their views refuse it in their own words.
THEIR_OWN_WORDS = ("/fhir/R4/", "/antrean/", "/sensorthings/")
# Pages' own programs, which send no forms there: the view reads the body itself and finds it is not JSON.
THEIR_OWN_BODIES = ("/siap-pak-rt/sinkron/",)
# Where programs expect an OAuth error (RFC 6749, 5.2).
OAUTH = ("/o/token", "/o/revoke", "/o/userinfo", "/id/oid4vci/", "/id/oid4vp/")
MIXED = "multipart/form-data"
WRITTEN = {"application/json": (rb"\u0000",), "application/x-www-form-urlencoded": (b"\0", b"%00")}


class NoNul:
    """Answers 400 to a NUL in the path, in the query string, in a body of JSON, or in a field of a form.

    A form with files may be large: its files go to the disk as ever, only its fields are looked at. That is done once the
    page is known; the API reads its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(THEIR_OWN_WORDS) or not _has_nul(request):
            return self.get_response(request)
        if request.path_info.startswith("/api/"):
            return problem_response("karakter-tidak-sah", 400, "Karakter NUL tidak dapat disimpan")
        if request.path_info.startswith(OAUTH):
            said = {"error": "invalid_request", "error_description": "NUL is not a character of any parameter"}
            return JsonResponse(said, status=400, headers={"Cache-Control": "no-store"})
        raise SuspiciousOperation("NUL in the request")

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        """Look at the fields of a page's form with files."""
        if (
            request.content_type == MIXED
            and not request.path_info.startswith((*THEIR_OWN_WORDS, *THEIR_OWN_BODIES))
            and _field_has_nul(request)
        ):
            raise SuspiciousOperation("NUL in a field")

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A form with files came where a program's own body is read: what was taken apart cannot be read again."""
        if isinstance(error, RawPostDataException):
            return problem_response(
                "jenis-isi-tidak-didukung", 415, "Kirim isi dalam bentuk yang diminta, bukan formulir"
            )
        return None


def _has_nul(request: HttpRequest) -> bool:
    address = f"{request.path_info}?{request.META.get('QUERY_STRING', '')}"
    if "\x00" in address or "%00" in address:
        return True
    if request.content_type == MIXED and request.path_info.startswith(OAUTH):
        return _field_has_nul(request)
    written = WRITTEN.get(request.content_type or "", ())
    return bool(written) and any(nul in _body(request) for nul in written)


def _field_has_nul(request: HttpRequest) -> bool:
    try:
        return any("\0" in text for name, values in request.POST.lists() for text in (name, *values))
    except UnreadablePostError:  # the caller is gone
        raise SuspiciousOperation("the body ended early") from None


def _body(request: HttpRequest) -> bytes:
    """The body, kept for the view; within DATA_UPLOAD_MAX_MEMORY_SIZE, else Django refuses it here as it would there."""
    try:
        return request.body
    except UnreadablePostError:  # the caller is gone
        raise SuspiciousOperation("the body ended early") from None
