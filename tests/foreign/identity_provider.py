"""What the foreign person allowed an application, and an application's registration, which names nobody."""

from __future__ import annotations

from typing import Any

from pasti.identity.models import Consent
from pasti.identity.services.provider_clients import Wanted, register
from pasti.kernel.clock import now
from tests.foreign import World

PUBLIC = {"id/klien/:verb": "matikan"}


def objects(world: World) -> dict[str, Any]:
    """A consent of the foreign person."""
    wanted = Wanted("Aplikasi", "Dinas", "a@example.org", "Uji", "Pasal 1", ["https://app.example/"], ["name"])
    application, _secret = register(wanted)
    consent = Consent.objects.create(
        user=world.owner, application=application, given=["name"], given_at=now(), changed_at=now()
    )
    world.public["id/klien/:pk"] = application.pk
    return {"id/aplikasi/:pk": consent.pk}
