"""What the pages of files share: who may come in, with which scope; pages of lists; answers to what is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from pasti.civil.queries import files as queries
from pasti.kernel.accounts.access import permission_required
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.api.paging import page_of
from pasti.kernel.api.problems import Problem
from pasti.kernel.errors import NotFound

PAGE = 20
View = Callable[..., HttpResponseBase]


def desk(permission: str, purpose: str) -> Callable[[View], View]:
    """A view for those with `permission`, within the areas of the roles that hold it; 404 outside."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with scoped(queries.desk_scope(user_of(request), permission, purpose)):
                try:
                    return view(request, *args, **kwargs)
                except NotFound:
                    raise Http404 from None

        return cast(View, permission_required(permission)(cast(Callable[..., HttpResponse], guarded)))

    return decorate


def user_of(request: HttpRequest) -> User:
    """The signed-in user."""
    return cast(User, request.user)


def paged(request: HttpRequest, rows: QuerySet[Any], order: tuple[str, ...], keep: str = "") -> dict[str, Any]:
    """The rows of one page and where the next is, for the pagination component; `keep` is the rest of the query."""
    try:
        page = page_of(rows, request.GET.get("setelah"), PAGE, order)
    except Problem:
        page = page_of(rows, None, PAGE, order)
    tail = f"&{keep}" if keep else ""
    return {
        "rows": page["items"], "next_url": f"?setelah={page['next']}{tail}" if page["next"] else "",
        "prev_url": f"?{keep}" if "setelah" in request.GET else "",
    }  # fmt: skip
