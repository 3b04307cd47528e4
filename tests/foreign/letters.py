"""A letter of the foreign person, on its way to the foreign RT."""

from __future__ import annotations

from typing import Any

from pasti.kernel.accounts.access import actor_for
from pasti.kernel.accounts.models import User
from pasti.kernel.context import acting_as
from pasti.siap_pak_rt.services import letters
from tests.foreign import World

PUBLIC = {"siap-pak-rt/surat/jenis/:code": "usaha", "siap-pak-rt/surat/minta/:code": "usaha"}


def objects(world: World) -> dict[str, Any]:
    """A letter the owner asked for."""
    wanted = letters.LetterAsked("domisili", world.person, {"keperluan": "Membuka rekening"})
    with acting_as(actor_for(User.objects.get(pk=world.owner.pk))):
        made = letters.request_letter(wanted)
    return {"siap-pak-rt/surat/:letter_id": made.pk, "api/v1/siap-pak-rt/letters/:letter_id": made.pk}
