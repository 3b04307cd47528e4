"""Being sure again who sits there, before what cannot be taken back: revealing a number, signing, taking files out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from pasti.kernel.accounts.access import to_sign_in
from pasti.kernel.clock import now

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
FRESH = dt.timedelta(minutes=15)
SIGNED_IN_AT = "signed_in_at"  # in the session, seconds since the epoch
SECRETS = ("passphrase", "password", "code")  # never kept while somebody proves who they are


def note_sign_in(sender: object, request: HttpRequest, **_more: Any) -> None:
    """Remember in the session when it began: Django tells of every sign-in, whichever way it went."""
    request.session[SIGNED_IN_AT] = now().timestamp()


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person has proved who they are within the last quarter of an hour, in this very session."""
    proofs = request.session.get("account_authentication_methods") or []
    moments = [request.session.get(SIGNED_IN_AT, 0), *(one.get("at", 0) for one in proofs)]
    return now().timestamp() - max(moments) < FRESH.total_seconds()


def fresh_required(view: View) -> View:
    """A view that asks who sits there when that was long ago; what was typed is kept meanwhile, but for secrets."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if not is_fresh(request):
            _let_go_of_secrets(request)
            raise ReauthenticationRequired  # the middleware keeps the form, asks, and sends it again
        return view(request, *args, **kwargs)

    return cast(View, guarded)


def _let_go_of_secrets(request: HttpRequest) -> None:
    if request.method == "POST":
        kept = request.POST.copy()
        for name in SECRETS:
            kept.pop(name, None)
        request.POST = kept  # type: ignore[assignment]
