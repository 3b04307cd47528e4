"""A registration of the foreign person at the hospital. Who works there sees patients of every RT."""

from __future__ import annotations

from typing import Any

from pasti.purut import pack
from pasti.purut.services import book, join
from tests.foreign import World
from tests.purut.conftest import open_session, section

# The code of a registration stands on the patient's slip and opens a page without a name: it must stay without one.
PUBLIC: dict[str, Any] = {"purut/poli/:code": "ANA", "purut/papan/:code": "ANA", "purut/:verb": "datang",
                          "fhir/R4/Organization/:fhir_id": "RSR", "fhir/R4/Location/:fhir_id": "poli-ANA",
                          "fhir/R4/Practitioner/:fhir_id": "D-ANA", "fhir/R4/HealthcareService/:fhir_id": "ANA",
                          "fhir/R4/Schedule/:fhir_id": "D-ANA-1-0800", "fhir/R4/:rest": "Encounter"}  # fmt: skip


def objects(world: World) -> dict[str, Any]:
    """A registration of today."""
    pack.load(section())
    sesi = open_session()
    made = book(sesi_id=sesi.pk, patient=world.person, payer="umum", channel="loket")
    world.public |= {"purut/:sesi_id": sesi.pk, "purut/:code": made.code}
    # Of these staff sees all; to everybody else they are not there, which tests/purut/test_fhir_booking.py holds.
    world.public |= {"fhir/R4/Slot/:fhir_id": sesi.pk, "fhir/R4/Appointment/:fhir_id": made.code,
                     "fhir/R4/Patient/:fhir_id": made.patient_id}  # fmt: skip
    world.public |= {f"api/v1/{key}": value for key, value in world.public.items() if key.startswith("purut/")}
    return {"purut/tunggu:tunggu_id": _waiting(world)}


def _waiting(world: World) -> int:
    """The foreign person waits for a place in a full session of another clinic."""
    full = open_session("INT", quota_online=0)
    asked = {"patient": world.person, "payer": "umum", "channel": "web"}
    return join(sesi_id=full.pk, **asked).pk  # type: ignore[arg-type]
