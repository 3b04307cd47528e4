"""My own page of connected applications: what each may learn, when it was used, and the way to take it back."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pasti.identity.queries import provider as queries
from pasti.identity.services import provider_consents as consents
from pasti.identity.web.provider_words import described
from pasti.kernel.accounts.access import signed_in
from pasti.kernel.accounts.models import User
from pasti.kernel.api.paging import page_of
from pasti.kernel.api.problems import Problem
from pasti.kernel.errors import NotFound

PAGE = 20


@require_safe
@signed_in
def connected(request: HttpRequest) -> HttpResponse:
    """The applications I use with this account."""
    cursor = request.GET.get("setelah")
    try:
        page = page_of(queries.connected(cast(User, request.user)), cursor, PAGE, ("-id",))
    except Problem:
        raise Http404 from None
    context = {
        "rows": [(one, described(one.given), described(one.refused)) for one in page["items"]],
        "next_url": f"?setelah={page['next']}" if page["next"] else "", "prev_url": "?" if cursor else "",
    }  # fmt: skip
    return render(request, "identity/provider_connected.html", context)


@require_POST
@signed_in
def disconnect(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what an application may learn, and sign out there."""
    try:
        consent = queries.own_consent(cast(User, request.user), pk)
    except NotFound:
        raise Http404 from None
    consents.revoke(consent)
    words = _("%(name)s tidak lagi terhubung. Anda sudah dikeluarkan dari sana.")
    messages.success(request, words % {"name": consent.application.name})
    return redirect("identity:provider_connected")
