"""What makes a device a kiosk: a signed cookie, no account. It names the clerk in whose desk's name it may ask for a card."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth import logout
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from pasti.kernel.accounts.access import permission_required
from pasti.kernel.accounts.models import User
from pasti.kernel.context import Actor

COOKIE, SALT, DAYS = "purut_anjungan", "purut.anjungan", 180
KIOSK = Actor(None, "Anjungan mandiri", "sistem", "")
View = Callable[..., HttpResponse]


@require_POST
@permission_required("purut.register")
def set_up(request: HttpRequest) -> HttpResponse:
    """Make this device a kiosk and sign the clerk out of it."""
    answer, clerk = redirect("purut:kiosk"), str(request.user.pk)
    logout(request)
    answer.set_signed_cookie(
        COOKIE, clerk, salt=SALT, max_age=DAYS * 86400, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return answer


def on_kiosk(view: View) -> View:
    """The page works on a kiosk only; what it shows is kept by no browser."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        known = _told(request) is not None
        answer = view(request, *args, **kwargs) if known else render(request, "purut/kiosk_closed.html", status=403)
        answer.setdefault("Cache-Control", "private, no-store")
        return answer

    return guarded


def clerk_of(request: HttpRequest) -> User | None:
    """The clerk who set this kiosk up; None once that account is closed."""
    try:
        return User.objects.filter(pk=UUID(_told(request) or ""), is_active=True).first()
    except ValueError:
        return None


def _told(request: HttpRequest) -> str | None:
    try:
        return str(request.get_signed_cookie(COOKIE, salt=SALT, max_age=DAYS * 86400))
    except (KeyError, signing.BadSignature):
        return None
