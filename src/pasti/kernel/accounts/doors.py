"""The door of a workplace: who may come in, in which role, and how far they see."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse

from pasti.kernel.accounts.access import View, actor_where, permission_required, scope_where
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.context import become
from pasti.kernel.errors import NotFound


def at_desk(permission: str, purpose: str) -> Callable[[View], View]:
    """A view for those with `permission`, within the areas where they hold it; outside of them the answer is 404.

    The audit names the role that opens the door, also of who holds several.
    """

    def decorate(view: View) -> View:
        @permission_required(permission)
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = cast(User, request.user)
            become(actor_where(user, permission))
            with scoped(scope_where(user, permission, purpose)):
                try:
                    return view(request, *args, **kwargs)
                except NotFound:
                    raise Http404 from None

        return guarded

    return decorate
