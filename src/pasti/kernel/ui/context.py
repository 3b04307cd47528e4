"""What every page knows, without asking the database."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from pasti.kernel.context import request_id


def platform(request: HttpRequest) -> dict[str, Any]:
    """City, live address, demo mode, and whether a session came with the request (then `user` may be asked)."""
    return {
        "city": settings.PASTI_CITY,
        "live_url": settings.PASTI_LIVE_URL,
        "demo": settings.PASTI_DEMO,
        "signed_in": settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated,
        "request_id": request_id(),
    }
