"""Security headers for pages, and what no browser may keep of them."""

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


class PersonalPages:
    """`Cache-Control: private, no-store` on what a browser with a session gets, unless the page says otherwise itself.

    Counters share computers: after signing out the button "back" must not bring a person's page again, from memory or from
    disk, so `no-cache` is not enough. The price: some browsers fetch a page anew on the way back, and not all of them keep
    what was typed there (Chromium does); a refused form is shown again by the server with what was typed. Pages kept for
    work without a network are fetched without the session, and a cache of scripts does not look at this header.
    The cookie decides, not whom it belongs to: that would be a query on pages that need none.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        name = settings.SESSION_COOKIE_NAME
        if name in request.COOKIES or name in response.cookies:
            response.setdefault("Cache-Control", "private, no-store")
        return response
