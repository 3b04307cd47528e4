"""Reading documents: one's own, or one by a link its owner made."""

from __future__ import annotations

from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.db.models import QuerySet

from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_read
from pasti.kernel.documents.models import Document
from pasti.kernel.documents.services import LINK_SECONDS, SALT
from pasti.kernel.errors import NotFound


def mine(owner: User) -> QuerySet[Document]:
    """One's own documents, newest first, to be paged; what systems hold is not among them."""
    return Document.objects.filter(owner=owner, held_by="").order_by("-id")


def own(uid: UUID, owner: User) -> Document:
    """One document of one's own. Raises NotFound."""
    found = mine(owner).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def readable(uid: UUID, reader: User | None, permit: str = "") -> Document:
    """The document for its owner, or for the holder of a live link; the latter is a recorded read.

    Raises NotFound for everyone else, as if there were no such document.
    """
    document = Document.objects.select_related("owner").filter(uid=uid, held_by="").first()
    if document is None:
        raise NotFound
    if reader is not None and document.owner_id == reader.pk:
        return document
    if not _permits(uid, permit):
        raise NotFound
    record_read(
        document.owner.person_id, "documents.read", purpose="documents.shared", fields=("file",),
        object_type="document", object_id=document.uid, object_label=document.name,
    )  # fmt: skip
    return document


def _permits(uid: UUID, permit: str) -> bool:
    try:
        return TimestampSigner(salt=SALT).unsign(f"{uid}:{permit}", max_age=LINK_SECONDS) == str(uid)
    except BadSignature:
        return False
