"""The foreign person's own files and messages, and what names nobody: places, services, indicators."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile

from pasti.kernel.documents.services import store
from pasti.kernel.notify.services import send
from tests.foreign import NAME, World

PUBLIC: dict[str, Any] = {
    "api/v1/places:code": "99.01", "wilayah/:code": "99.01", "layanan/:code": "akun", "smart-city/:code": "TIDAK-ADA",
    "smart-city/:pk": 1, "api/v1/smart-city/:code": "TIDAK-ADA", "akun/:key": "abc", "akun/:uidb36": "1",
}  # fmt: skip


def objects(world: World) -> dict[str, Any]:
    """A paper and a message with the person's name in them."""
    paper = store(ContentFile(b"%PDF-1.4 rahasia", name=f"{NAME}.pdf"), owner=world.owner, kind="pribadi")
    message = send(world.owner.pk, kind="uji", title=NAME, body=NAME, dedupe_key="uji", channels=())
    return {"berkas/:uid": paper.uid, "kotak-masuk/:pk": message.pk}
