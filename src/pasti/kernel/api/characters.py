"""The one character nobody types: NUL, which a database cannot keep, is refused at the door."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

from pasti.kernel.api.problems import problem_response

# Standards and protocols with error bodies of their own: their views refuse it in their own words.
THEIR_OWN_WORDS = ("/fhir/R4/", "/antrean/")


class NoNul:
    """Answers 400 to a NUL in the path, in the query string, or in a JSON body.

    Forms refuse it by themselves, at the field.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(THEIR_OWN_WORDS) or not _has_nul(request):
            return self.get_response(request)
        if request.path_info.startswith("/api/"):
            return problem_response("karakter-tidak-sah", 400, "Karakter NUL tidak dapat disimpan")
        raise SuspiciousOperation("NUL in the address")


def _has_nul(request: HttpRequest) -> bool:
    address = f"{request.path_info}?{request.META.get('QUERY_STRING', '')}"
    if "\x00" in address or "%00" in address:
        return True
    return request.content_type == "application/json" and rb"\u0000" in request.body
