"""The devices on which somebody is signed in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
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


def own_records(person_id: UUID) -> list[dict[str, Any]]:
    """What is held about how the person signs in, for the person's own copy: devices and keys, never a secret."""
    user = User.objects.filter(person_id=person_id).first()
    if user is None:
        return []
    keys = [
        {"catatan": "cara masuk", "jenis": str(one.type), "nama": one.data.get("name", ""), "dibuat_pada": one.created_at,
         "terakhir_dipakai": one.last_used_at}
        for one in Authenticator.objects.filter(user=user).order_by("pk")
    ]  # fmt: skip
    sessions = [
        {"catatan": "perangkat", "peramban": one.user_agent, "alamat_ip": one.ip, "masuk_pada": one.created_at}
        for one in UserSession.objects.filter(user=user).order_by("pk")
    ]
    return [{"catatan": "kepastian jati diri", "tingkat": user.level, "dilihat_pada": user.seen_at}, *keys, *sessions]
