"""The devices on which somebody is signed in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from pasti.identity.rules.login import device_words
from pasti.kernel.accounts.models import User
from pasti.kernel.clock import now

MOST = 100


@dataclass(frozen=True)
class Device:
    """One session: which browser on what, from where, since when; `here` for the one that asks."""

    id: int
    browser: str
    system: str
    address: str
    since: dt.datetime
    here: bool


def devices(user: User, current: str) -> list[Device]:
    """The open sessions of the user, this one first, then the newest; `current` is the key of this one."""
    rows = list(UserSession.objects.filter(user=user).order_by("-created_at", "-pk")[:MOST])
    keys = [row.session_key for row in rows]
    alive = set(Session.objects.filter(pk__in=keys, expire_date__gt=now()).values_list("pk", flat=True))
    found = [
        Device(row.pk, *device_words(row.user_agent), row.ip, row.created_at, row.session_key == current)
        for row in rows if row.session_key in alive
    ]  # fmt: skip
    return sorted(found, key=lambda one: not one.here)
