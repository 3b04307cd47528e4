"""Security headers for pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def content_policy(*form_targets: str) -> str:
    """The Content-Security-Policy of a page. Its forms lead only here, and to the origins in `form_targets`."""
    live = f" {settings.PASTI_LIVE_URL}" if settings.PASTI_LIVE_URL else ""
    forms = " ".join(["'self'", *form_targets])
    return (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'{live}; frame-ancestors 'none'; form-action {forms}; base-uri 'none'; object-src 'none'"
    )


class SecurityHeaders:
    """Strict Content-Security-Policy and friends on every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", content_policy())
        response.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
        return response
