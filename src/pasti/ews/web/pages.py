"""What the pages of early warning share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from pasti.ews.queries import episodes
from pasti.ews.queries.policy import policy
from pasti.kernel.accounts.models import User
from pasti.kernel.errors import NotFound, Refused

COOKIE = "ews_tempat"
View = Callable[..., HttpResponse]


def shown(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page with the city's stages at hand."""
    return render(request, f"ews/{template}", {"policy": policy(), **context}, status=status)


def remembered(request: HttpRequest) -> str:
    """The place this browser chose last; empty when there is none, or what stands there can be none."""
    code = request.COOKIES.get(COOKIE, "")[:40]
    return code if code.isprintable() else ""


def desk(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the officers; a drill that runs is marked on every one of them."""
    return shown(request, template, status, running=episodes.running_drill(), **context)


def found_or_404(view: View) -> View:
    """What is not there is a 404 page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound:
            raise Http404 from None

    return guarded


def officer(request: HttpRequest) -> User:
    """The signed-in officer."""
    return cast(User, request.user)


def tried(request: HttpRequest, act: Callable[[], object], said: str, back: str, *args: Any) -> HttpResponse:
    """Do `act` and go to `back`, saying that it is done, or why it was refused: what is shown there is how things are."""
    try:
        act()
        messages.success(request, said)
    except Refused as refusal:
        if refusal.status == 404:
            raise Http404 from None
        messages.warning(request, refusal.message)
    return redirect(back, *args)


def page(rows: Any, request: HttpRequest, size: int = 25) -> tuple[list[Any], str]:
    """One page of `rows` sorted by falling id, from below `?sebelum=`, and the address of the next."""
    before = request.GET.get("sebelum", "")
    if before.isdecimal() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: size + 1])
    return found[:size], f"?sebelum={found[size - 1].pk}" if len(found) > size else ""
