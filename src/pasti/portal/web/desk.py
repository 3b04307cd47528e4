"""The desk at the kelurahan: accounts for residents who come with their card."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from pasti.civil import queries as register
from pasti.civil.rules import nik
from pasti.kernel.accounts import queries as accounts
from pasti.kernel.accounts.access import permission_required
from pasti.kernel.accounts.freshness import fresh_required
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound, Refused
from pasti.portal import services

PURPOSE = "portal.desk"
SHORTEST = 3


@require_safe
@permission_required("portal.make_account")
def desk(request: HttpRequest) -> HttpResponse:
    """Find the resident by NIK or name within the officer's area."""
    query = request.GET.get("q", "")[:80].strip()
    found = []
    if len(query) >= SHORTEST:
        with scoped(register.scope_for(cast(User, request.user), PURPOSE)):
            found = register.search(query, limit=20, purpose=PURPOSE)
    return render(
        request, "portal/desk.html", {"query": query, "rows": _rows(found), "short": 0 < len(query) < SHORTEST}
    )


def _rows(found: list[Any]) -> list[tuple[Any, str, User | None, bool]]:
    """Each person with the NIK masked, the account, if there is one, and whether it holds an office."""
    have = {user.person_id: user for user in User.objects.filter(person_id__in=[one.pk for one in found])}
    offices = accounts.in_office([user.pk for user in have.values()], today())
    return [
        (one, nik.masked(one.nik or ""), user, user is not None and user.pk in offices)
        for one in found for user in [have.get(one.pk)]
    ]  # fmt: skip


@require_POST
@permission_required("portal.make_account")
@fresh_required
def make(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Make the account; the first password is shown once, to be printed and handed over."""
    with scoped(register.scope_for(cast(User, request.user), PURPOSE)):
        try:
            user, password = services.make_account(person_id)
        except NotFound:
            raise Http404 from None
        except Refused as refusal:
            return render(request, "portal/desk_refused.html", {"refusal": refusal}, status=refusal.status)
    return _slip(request, user, password)


@require_POST
@permission_required("portal.make_account")
@fresh_required
def renew(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A new password for who lost the old one, shown once like the first."""
    with scoped(register.scope_for(cast(User, request.user), PURPOSE)):
        try:
            user, password = services.renew_password(person_id)
        except NotFound:
            raise Http404 from None
        except Refused as refusal:
            return render(request, "portal/desk_refused.html", {"refusal": refusal}, status=refusal.status)
    return _slip(request, user, password)


def _slip(request: HttpRequest, user: User, password: str) -> HttpResponse:
    response = render(request, "portal/desk_slip.html", {"account": user, "password": password})
    response["Cache-Control"] = "no-store"
    return response
