"""Photos of water: drawn anew, so that where and with what they were taken stays with the sender."""

from __future__ import annotations

from typing import IO

from django.core.files.base import File

from pasti.kernel.accounts.models import User
from pasti.kernel.documents import services as documents
from pasti.kernel.documents.models import Document
from pasti.kernel.documents.pictures import drawn_anew

HOLDER, KIND = "ews", "ews.foto"


def keep(file: File[bytes], *, owner: User) -> Document:
    """The photo without its metadata, held by the report. Raises Refused as `pictures.drawn_anew` and the store."""
    with drawn_anew(file) as kept:
        return documents.store(kept, owner=owner, kind=KIND, held_by=HOLDER)


def opened(document: Document) -> IO[bytes]:
    """The bytes."""
    return document.path.open("rb")
