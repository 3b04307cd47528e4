"""What every page of a signed-in person knows: unread messages, and whether there is staff work."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from pasti.kernel.accounts.access import roles_of
from pasti.kernel.notify import queries as messages


def person(request: HttpRequest) -> dict[str, Any]:
    """Nothing for strangers: their pages ask the database nothing."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return {}
    user = request.user
    return {
        "unread": SimpleLazyObject(lambda: messages.unread(user.pk)),
        "is_staff_member": any(code != "warga" for code in roles_of(user)),
    }
