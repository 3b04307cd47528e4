"""What every page knows, without asking the database."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from pasti.kernel.context import request_id


def signed_in(request: HttpRequest) -> bool:
    """Whether somebody is signed in. A request refused at the door, before its session was looked up, has nobody."""
    known = settings.SESSION_COOKIE_NAME in request.COOKIES and hasattr(request, "user")
    return known and request.user.is_authenticated


def platform(request: HttpRequest) -> dict[str, Any]:
    """City, live address, demo mode, and whether a session came with the request (then `user` may be asked)."""
    return {
        "city": settings.PASTI_CITY,
        "live_url": settings.PASTI_LIVE_URL,
        "demo": settings.PASTI_DEMO,
        "signed_in": signed_in(request),
        "request_id": request_id(),
    }
