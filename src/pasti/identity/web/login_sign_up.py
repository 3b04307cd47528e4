"""Signing up, step by step: who you are, the code, a passkey or password."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pasti.identity.services import sign_up
from pasti.identity.services.sign_up import Begun
from pasti.identity.web.login_forms import FirstPasswordForm, MatchForm, SentCodeForm
from pasti.kernel.accounts.addresses import address_of
from pasti.kernel.accounts.models import User
from pasti.kernel.errors import Refused

KEPT = "sign_up"  # in the session
View = Callable[..., HttpResponse]


def for_strangers(view: View) -> View:
    """Who is signed in already has an account."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect("portal:profile")
        return view(request, *args, **kwargs)

    return never_cache(shown)


@require_http_methods(["GET", "HEAD", "POST"])
@for_strangers
def start(request: HttpRequest) -> HttpResponse:
    """Three facts from the own cards, and where the code shall go."""
    form, status = MatchForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            begun = sign_up.begin(
                given["nik"], given["kk"], given["birth_date"], given["contact"], address=address_of(request)
            )
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
            status = refusal.status
        else:
            request.session[KEPT] = [str(begun.sign_up), str(begun.person)]
            return redirect("identity:login_code")
    status = 422 if form.errors and status == 200 else status
    return render(request, "identity/login_start.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_strangers
def code(request: HttpRequest) -> HttpResponse:
    """The code that was sent."""
    begun = _begun(request)
    where = sign_up.where_to(begun) if begun else ""
    if begun is None or not where:
        return _over(request)
    form = SentCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sign_up.confirm(begun, form.cleaned_data["code"])
            return redirect("identity:login_finish")
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
    context = {"form": form, "where": where}
    return render(request, "identity/login_code.html", context, status=422 if form.errors else 200)


@require_POST
@for_strangers
def code_again(request: HttpRequest) -> HttpResponse:
    """Another code to the same address."""
    begun = _begun(request)
    if begun is None or not sign_up.send_again(begun):
        return _over(request)
    messages.success(request, _("Kode baru dikirim. Kode sebelumnya tidak berlaku lagi."))
    return redirect("identity:login_code")


@require_http_methods(["GET", "HEAD", "POST"])
@for_strangers
def finish(request: HttpRequest) -> HttpResponse:
    """A passkey, or a password: then the account is there and its owner is in it."""
    begun = _begun(request)
    user = sign_up.candidate(begun) if begun else None
    if begun is None or user is None:
        return _over(request)
    form = FirstPasswordForm(request.POST if "password" in request.POST else None, user=user)
    try:
        if request.method == "POST" and "credential" in request.POST:
            return _with_passkey(request, begun)
        if request.method == "POST" and form.is_valid():
            return _with_password(request, begun, form.cleaned_data["password"])
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("identity:login_start")
    context = {"form": form, "account": user, "options": json.dumps(webauthn.begin_registration(user, True))}
    return render(request, "identity/login_finish.html", context, status=422 if form.errors else 200)


def _with_password(request: HttpRequest, begun: Begun, password: str) -> HttpResponse:
    user = sign_up.finish(begun, password=password)
    return _enter(request, lambda login: perform_password_login(request, {"username": user.username}, login), user)


def _with_passkey(request: HttpRequest, begun: Begun) -> HttpResponse:
    """The browser's answer is checked before anything is made."""
    try:
        credential = json.loads(request.POST["credential"])
        webauthn.parse_registration_response(credential)
        verified = webauthn.complete_registration(credential).is_user_verified()
    except (ValueError, TypeError, KeyError, ValidationError):
        verified = False
    if not verified:
        messages.error(request, _("Kunci sandi tidak jadi dibuat. Coba lagi, atau pakai kata sandi."))
        return redirect("identity:login_finish")
    user = sign_up.finish(begun, passkey=credential, name=_("Kunci pertama saya"))
    key = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).earliest("pk")
    return _enter(request, lambda login: perform_passwordless_login(request, key, login), user)


def _enter(request: HttpRequest, perform: Callable[[Login], HttpResponse], user: User) -> HttpResponse:
    request.session.pop(KEPT, None)
    messages.success(request, _("Akun Anda siap dipakai."))
    return perform(Login(user=user, redirect_url="/akun-saya/"))


def _begun(request: HttpRequest) -> Begun | None:
    kept = request.session.get(KEPT)
    return Begun(UUID(kept[0]), UUID(kept[1])) if kept else None


def _over(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("Pendaftaran ini tidak berlaku lagi. Mulailah dari awal."))
    return redirect("identity:login_start")
