"""What every page of a signed-in person knows: unread messages, and whether there is staff work."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from pasti.kernel.accounts.access import roles_of
from pasti.kernel.accounts.models import User
from pasti.kernel.notify import queries as messages
from pasti.kernel.ui.context import signed_in


def person(request: HttpRequest) -> dict[str, Any]:
    """Nothing for strangers: their pages ask the database nothing."""
    if not signed_in(request):
        return {}
    user = cast(User, request.user)
    return {
        "unread": SimpleLazyObject(lambda: messages.unread(user.pk)),
        "is_staff_member": any(code != "warga" for code in roles_of(user)),
    }
