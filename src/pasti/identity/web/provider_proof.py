"""How the browser that asks is signed in here, and whether that is fresh enough for what is asked."""

from __future__ import annotations

import hashlib
import time
from typing import cast

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from pasti.identity.rules import provider as rules
from pasti.identity.services.provider_sessions import Proof
from pasti.kernel.accounts.freshness import SIGNED_IN_AT
from pasti.kernel.accounts.models import User

MARKS = "provider_fresh"  # in the session: requests for which somebody was sent to sign in again, and when


def signed_in(request: HttpRequest) -> rules.SignedIn:
    """When and by which methods this browser's session was opened."""
    user = cast(User, request.user)
    otherwise = float(request.session.get(SIGNED_IN_AT) or (user.last_login or user.joined_at).timestamp())
    return rules.signed_in(get_authentication_records(request, user), otherwise)


def proof(request: HttpRequest) -> Proof:
    """What an application may be told of it."""
    found, user = signed_in(request), cast(User, request.user)
    return Proof(request.session.session_key or "", int(found.at), rules.acr(user.level), found.amr)


def must_sign_in_again(request: HttpRequest, prompt: set[str], max_age: int | None) -> bool:
    """Whether the application wants a fresher sign-in than this one (Core 3.1.2.1, prompt=login and max_age)."""
    at = signed_in(request).at
    if "login" not in prompt and (max_age is None or time.time() - at <= max_age):
        return False
    sent = request.session.get(MARKS, {}).get(_mark(request))
    return sent is None or at < sent


def note_sent(request: HttpRequest) -> None:
    """Remember that for this request somebody was sent to sign in: what comes after that is fresh."""
    marks = dict(list(request.session.get(MARKS, {}).items())[-4:])
    marks.setdefault(_mark(request), time.time())
    request.session[MARKS] = marks


def forget(request: HttpRequest) -> None:
    """The request was answered; asked again, it begins anew."""
    marks = dict(request.session.get(MARKS, {}))
    if marks.pop(_mark(request), None):
        request.session[MARKS] = marks


def _mark(request: HttpRequest) -> str:
    return hashlib.sha256(request.get_full_path().encode()).hexdigest()[:32]
