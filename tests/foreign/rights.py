"""What people asked of their data, and a breach that touched one of them."""

from __future__ import annotations

from typing import Any

from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.clock import now
from pasti.siap_pak_rt.models import Breach, BreachSubject, DataRequest
from pasti.siap_pak_rt.services.breaches import PURPOSE
from tests.foreign import ELSEWHERE, World

PUBLIC = {"siap-pak-rt/hak-saya/:form": "json", "siap-pak-rt/hak-saya/:field": "name"}


def objects(world: World) -> dict[str, Any]:
    """A correction the foreign person waits for, and a breach with that person in it."""
    with scoped(everyone("99.01", PURPOSE)):
        asked = DataRequest.objects.create(
            kind="correction", person_id=world.person, rt_code=ELSEWHERE, field="name", before="A", wanted="B",
            asked_by=world.owner.pk, asked_at=now(), once="asing",
        )  # fmt: skip
        breach = Breach.objects.create(
            title="Sandi bocor", data_kinds="nama", cause="-", handling="-", started_at=now(), ended_at=now(),
            discovered_at=now(), created_by=world.owner.pk, created_name="-", created_at=now(), once="asing",
        )  # fmt: skip
        BreachSubject.objects.create(
            breach=breach, person_id=world.person, because="-", recorded_at=now(), area="99.01", told="letter"
        )
    # The register of breaches is the city's: it names nobody on its pages, and opens only to those who keep it.
    world.public |= {
        "siap-pak-rt/kegagalan/:breach_id": breach.pk, "siap-pak-rt/kegagalan/:first": 1,
        "siap-pak-rt/kegagalan/:verb": "dilaporkan",
    }  # fmt: skip
    return {"siap-pak-rt/hak-saya/:request_id": asked.pk, "siap-pak-rt/hak/:request_id": asked.pk}
