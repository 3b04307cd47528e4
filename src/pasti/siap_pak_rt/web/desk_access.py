"""Where somebody works at the desk: for which unit, in which role, page by page."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from pasti.kernel.accounts.access import actor_where, held_for
from pasti.kernel.accounts.doors import at_desk as at_desk
from pasti.kernel.accounts.models import Assignment, User
from pasti.kernel.api.paging import page_of
from pasti.kernel.api.problems import Problem
from pasti.kernel.context import become


def act_at(request: HttpRequest, permission: str, place: str) -> None:
    """From here on the audit names the role held at `place`, for who heads more than one unit."""
    become(actor_where(cast(User, request.user), permission, place))


def may(request: HttpRequest, permission: str, place: str) -> bool:
    """Whether the user holds `permission` at this very place."""
    return any(f"{place}.".startswith(f"{one.area_code}.") for one in held_for(cast(User, request.user), permission))


def unit_of(request: HttpRequest, permission: str) -> Assignment:
    """The unit being worked for: the one wished for by `wilayah`, else the first held."""
    held = [one for one in held_for(cast(User, request.user), permission) if one.area_code]
    wished = request.GET.get("wilayah", "") or request.POST.get("wilayah", "")
    found = next((one for one in held if one.area_code == wished), held[0] if held and not wished else None)
    if found is None:
        raise Http404
    become(actor_where(cast(User, request.user), permission, found.area_code))
    return found


def paged(
    request: HttpRequest, rows: QuerySet[Any], order: tuple[str, ...], limit: int = 20
) -> tuple[list[Any], dict[str, str]]:
    """One page of `rows` after the cursor `dari`, with the links to the next and back to the first."""
    wished = request.GET.get("dari", "")
    try:
        page = page_of(rows, wished or None, limit, order)
    except Problem:
        raise Http404 from None
    kept = {name: value for name, value in request.GET.items() if name != "dari"}
    links = {"prev_url": f"?{urlencode(kept)}" if wished else "", "next_url": ""}
    if page["next"]:
        links["next_url"] = "?" + urlencode(kept | {"dari": page["next"]})
    return page["items"], links
