"""A question that an officer of elsewhere asked, with what was shown to it; registered verifiers are no secret."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pasti.identity.models import PresentationRequest, Shown
from pasti.identity.pack import VerifiersSection, load_verifiers
from pasti.kernel.clock import now
from tests.foreign import NAME, NIK, World

PUBLIC = {"id/pemeriksa/:code": "loket-asing", "id/pemeriksa/:verb": "hentikan"}


def objects(world: World) -> dict[str, Any]:
    """The foreign person's name and NIK, on another desk's screen."""
    purpose = {
        "code": "daftar", "name": "Mendaftarkan", "legal_basis": "Pasal 1", "claims": ["nik", "name"], "required": ["nik"],
    }  # fmt: skip
    desk = {
        "code": "loket-asing", "name": "Loket", "agency": "RSUD", "roles": ["loket"], "unit": "RSUD",
        "claims": ["nik", "name"], "purposes": [purpose],
    }  # fmt: skip
    load_verifiers(VerifiersSection.model_validate({"verifiers": [desk]}))
    moment, later = now(), now() + dt.timedelta(hours=1)
    question = PresentationRequest.objects.create(
        purpose_id="loket-asing/daftar", claims=["nik", "name"], required=["nik"], client_id="x509_hash:x", nonce="n",
        handle="h", asked_by=world.owner.pk, unit_code="RSUD", unit_name="RSUD", asked_at=moment, expires_at=later,
        state="passed", answered_at=moment,
    )  # fmt: skip
    Shown.objects.create(request=question, claims={"nik": NIK, "name": NAME}, until=later)
    return {"id/meja/:pk": question.pk, "id/oid4vp/:pk": question.pk, "purut/anjungan/kartu/:pk": question.pk}
