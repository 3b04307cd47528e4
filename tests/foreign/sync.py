"""Proofs about the foreign person, and a file on its way."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.base import ContentFile

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
    return {"siap-pak-rt/lampiran/:attachment_id": proof.pk, "siap-pak-rt/sinkron/unggahan/:upload_id": upload.pk}
