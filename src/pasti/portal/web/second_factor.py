"""Officials open data of others: they sign in with a second factor, a passkey or an authenticator app, always."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from pasti.kernel.accounts.access import roles_of
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.roles import ROLES

FREE = ("/akun/", "/masuk/", "/keluar/", "/static/", "/bahasa/", "/i18n/")


class SecondFactor:
    """Sends an official without a second factor to the page that sets one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
        if signed and not request.path.startswith(FREE) and self._needs(request):
            return redirect(f"{reverse('mfa_index')}?perlu=1")
        return self.get_response(request)

    @staticmethod
    def _needs(request: HttpRequest) -> bool:
        proofs = request.session.get("account_authentication_methods") or []
        if any(one.get("method") == "mfa" for one in proofs) or not settings.PASTI_SECOND_FACTOR:
            return False  # this very session was opened with one
        wanted = any(ROLES[code].second_factor for code in roles_of(cast(User, request.user)) if code in ROLES)
        return wanted and not is_mfa_enabled(request.user)
