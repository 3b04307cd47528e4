"""The foreign person's card, how it was activated, and what of it names nobody."""

from __future__ import annotations

from typing import Any

from pasti.identity.models import Card
from pasti.identity.services.issuing_desk import Desk, Seen, begin
from pasti.kernel.accounts.models import User
from pasti.kernel.clock import now
from pasti.kernel.context import Actor, acting_as
from tests.foreign import World

PUBLIC = {"id/status/:number": 1, "id/oid4vci/offer/:code": "tidak-ada"}


def objects(world: World) -> dict[str, Any]:
    """A card on the foreign person's telephone."""
    officer = User.objects.create_user("petugas-asing", name="Petugas", kind=User.Kind.OFFICIAL)
    with acting_as(Actor(officer.pk, officer.name, "kelurahan", "")):
        made = begin(world.person, Seen("ktp_el", "instead", "Telepon"), Desk("99.01", "Kota"))
    card = Card.objects.create(
        activation=made, person_id=world.person, rt_code=made.rt_code, device="Telepon", issued_at=now(), expires_at=now(),
        facts_digest="0" * 64,
    )  # fmt: skip
    return {
        "id/aktivasi/orang/:person_id": world.person, "id/aktivasi/:activation_id": made.pk,
        "id/aktivasi/kartu/:card_id": card.pk, "id/kartu/:card_id": card.pk,
    }  # fmt: skip
