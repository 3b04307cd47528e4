"""My own pages: inbox, Jejak Akses, profile."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from pasti.civil import queries as register
from pasti.kernel.accounts.access import signed_in
from pasti.kernel.accounts.models import User
from pasti.kernel.notify import queries as inbox_queries
from pasti.kernel.notify import services as inbox_services
from pasti.kernel.places import queries as places
from pasti.portal import queries

PAGE = 20


@require_safe
@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    """Messages, newest first."""
    rows = inbox_queries.inbox(_user(request).pk)
    before = request.GET.get("sebelum", "")
    if before.isdecimal() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    next_url = f"?sebelum={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    return render(
        request, "portal/inbox.html", {"rows": found[:PAGE], "next_url": next_url, "prev_url": "?" if before else ""}
    )


@require_POST
@signed_in
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a message: it is read, and leads on to where it points."""
    user = _user(request)
    found = inbox_queries.inbox(user.pk).filter(pk=pk).first()
    if found is None:
        raise Http404
    inbox_services.mark_read(user.pk, pk)
    safe = url_has_allowed_host_and_scheme(found.url, allowed_hosts=None)
    return HttpResponseRedirect(found.url if found.url and safe else "/kotak-masuk/")


@require_POST
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    inbox_services.mark_all_read(_user(request).pk)
    return redirect("portal:inbox")


@require_safe
@signed_in
def trail(request: HttpRequest) -> HttpResponse:
    """Who looked at my data, in words."""
    user = _user(request)
    others = request.GET.get("oleh") == "lain"
    found = []
    if user.person_id:
        rows = queries.trail(user, others_only=others)
        before = request.GET.get("sebelum", "")
        if before.isdecimal() and len(before) < 18:
            rows = rows.filter(pk__lt=int(before))
        found = list(rows[: PAGE + 1])
    keep = "&oleh=lain" if others else ""
    context = {
        "rows": queries.told(found[:PAGE], user), "others": others,
        "next_url": f"?sebelum={found[PAGE - 1].pk}{keep}" if len(found) > PAGE else "",
        "prev_url": f"?{keep[1:]}" if request.GET.get("sebelum") else "",
    }  # fmt: skip
    return render(request, "portal/trail.html", context)


@require_safe
@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """What the register holds of me and my family; the way to say what is wrong; sign-in settings."""
    found = register.profile(_user(request))
    place = places.label(found.person.rt_code) if found else ""
    return render(request, "portal/profile.html", {"found": found, "place": place})


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
