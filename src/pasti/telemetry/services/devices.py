"""The keys of devices.

A key is 32 random bytes, so there is nothing to guess and no dictionary to try: a fast hash keeps it as safe as a slow
one would, and a thousand devices that send every second cost nothing. Passwords of people are another matter.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from pasti.telemetry.models import Device

_PREFIX = "sha256$"
_NOBODY = _PREFIX + "0" * 64


def renew_key(device: Device) -> str:
    """Give the device a new key; the old one is dead at once. The key is told here and never again."""
    key = secrets.token_urlsafe(32)
    Device.objects.filter(pk=device.pk).update(key_hash=hash_of(key))
    return key


def hash_of(key: str) -> str:
    """How a key is kept."""
    return _PREFIX + hashlib.sha256(key.encode(errors="replace")).hexdigest()


def authenticate(code: str, key: str) -> Device | None:
    """The device with this code and key; None for any other pair, and for one that is retired or has no key."""
    device = Device.objects.filter(code=code).exclude(state=Device.State.RETIRED).first()
    known = device.key_hash if device and device.key_hash else _NOBODY
    return device if hmac.compare_digest(known, hash_of(key)) else None
