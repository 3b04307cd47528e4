"""Bearer tokens for operations: who calls, and may they."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja.security import HttpBearer

from pasti.kernel.accounts.access import actor_for, can
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import user_of_token
from pasti.kernel.api.limits import spend
from pasti.kernel.context import become


class bearer(HttpBearer):  # noqa: N801 (reads as a word where it is used: auth=bearer("purut.book"))
    """Lets in a live token whose user holds one of `permissions`; without any, every live token."""

    openapi_bearerFormat = "opaque"  # noqa: N815 (the name Ninja reads)

    def __init__(self, *permissions: str):
        super().__init__()
        self.permissions = permissions

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The caller, or None for a dead token. Raises PermissionDenied for a live one without the right."""
        user = user_of_token(token)
        if user is None:
            return None
        spend(f"user:{user.pk}")
        if self.permissions and not any(can(user, permission) for permission in self.permissions):
            raise PermissionDenied(", ".join(self.permissions))
        request.user = user
        become(actor_for(user))
        return user
