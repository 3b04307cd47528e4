"""A device and a passkey of the foreign person."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from tests.foreign import World


def objects(world: World) -> dict[str, Any]:
    """Where the person is signed in, and the key that opens the account."""
    device = UserSession.objects.create(user=world.owner, ip="10.9.8.7", session_key="rahasia", user_agent="Rahasia")
    key = Authenticator.objects.create(user=world.owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Rahasia"})
    return {"id/perangkat/:session_id": device.pk, "akun/2fa/webauthn/keys/:pk": key.pk}
