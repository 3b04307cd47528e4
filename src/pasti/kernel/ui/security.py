"""Security headers for pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class SecurityHeaders:
    """Strict Content-Security-Policy and friends on every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        live = f" {settings.PASTI_LIVE_URL}" if settings.PASTI_LIVE_URL else ""
        response.setdefault(
            "Content-Security-Policy",
            "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            f"connect-src 'self'{live}; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'",
        )
        response.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
        return response
