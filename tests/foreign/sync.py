"""Proofs about the foreign person, a file on its way, and a device of somebody else."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.base import ContentFile

from pasti.kernel.clock import now
from pasti.siap_pak_rt.models import Device, SyncAction
from pasti.siap_pak_rt.queries.attachments import PURPOSE
from pasti.siap_pak_rt.services import attachments, uploads
from tests.foreign import ELSEWHERE, NAME, World

PAPER = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def objects(world: World) -> dict[str, Any]:
    """Made within the scope of the whole city, which is in force."""
    usual = {"rt_code": ELSEWHERE, "subject_id": world.person, "purpose": PURPOSE}
    proof = attachments.attach(ContentFile(PAPER, name=f"{NAME}.pdf"), owner=world.owner, **usual)
    wanted = uploads.Wanted("telepon-asing", f"{NAME}.pdf", len(PAPER), hashlib.sha256(PAPER).hexdigest(), **usual)
    upload = uploads.begin(wanted, owner=world.owner)
    device = Device.objects.create(
        user=world.owner, unit_code=ELSEWHERE, label="Ponsel", registered_at=now(), seen_at=now()
    )
    SyncAction.objects.create(user=world.owner, device=device, client_id="kerja-asing", kind="laporan", state="done",
                              rt_code=ELSEWHERE, subject_id=world.person, received_at=now())  # fmt: skip
    return {"siap-pak-rt/lampiran/:attachment_id": proof.pk, "siap-pak-rt/sinkron/unggahan/:upload_id": upload.pk,
            "siap-pak-rt/sinkron/:device_id": device.pk}  # fmt: skip
