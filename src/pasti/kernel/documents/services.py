"""Storing, sharing and removing files."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.base import File
from django.core.signing import TimestampSigner
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.kernel.documents.models import Document
from pasti.kernel.documents.sniffing import EXTENSIONS, TABLES, media_type_of
from pasti.kernel.errors import NotFound, Refused

MAX_BYTES = 10 * 1024 * 1024
ALLOWED = tuple(EXTENSIONS)
QUOTA = 200 * 1024 * 1024  # bytes one user may keep
HELD_QUOTA = 2 * 1024 * 1024 * 1024  # bytes systems hold of what one user sent: years of an RT head's photographs
LINK_SECONDS = 15 * 60
PURPOSE = "documents.own"
SALT = "documents.link"


def store(
    file: File[bytes],
    *,
    owner: User,
    kind: str,
    max_bytes: int = MAX_BYTES,
    allowed: tuple[str, ...] = tuple(EXTENSIONS),
    held_by: str = "",
) -> Document:
    """Keep `file` for `owner`; the same bytes of the same kind again give the document already there.

    With `held_by` the file belongs to that system's records, not among the owner's own files.

    Raises Refused: `berkas-kosong`, `berkas-terlalu-besar` (413), `jenis-berkas` (415), `gambar-rusak`,
    `gambar-terlalu-besar` (422), `kuota-penuh` (409).
    """
    partial, digest, size = _received(file.chunks(), max_bytes)
    try:
        media_type = media_type_of(partial, allowed)
        document = Document(
            uid=uuid.uuid4(), owner=owner, kind=kind, held_by=held_by, name=_clean_name(file.name or "", media_type),
            media_type=media_type, size=size, sha256=digest, created_at=now(),
        )  # fmt: skip
        return _kept(document, partial)
    finally:
        partial.unlink(missing_ok=True)


def remove(uid: uuid.UUID, *, owner: User, held_by: str = "") -> None:
    """Delete one's own document, the bytes after the commit. Raises NotFound for another's, or one a system holds."""
    with transaction.atomic():
        document = Document.objects.select_for_update().filter(uid=uid, owner=owner, held_by=held_by).first()
        if document is None:
            raise NotFound
        path = document.path
        _record("documents.removed", document)
        document.delete()
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def share(uid: uuid.UUID, *, owner: User) -> str:
    """A link that opens one's own document for a quarter of an hour to whoever holds it. Raises NotFound."""
    document = Document.objects.filter(uid=uid, owner=owner, held_by="").first()
    if document is None:
        raise NotFound
    _record("documents.shared", document)
    signed = TimestampSigner(salt=SALT).sign(str(uid)).partition(":")[2]
    return f"{settings.PASTI_BASE_URL}/berkas/{uid}/?izin={signed}"


def _received(chunks: Iterable[bytes], max_bytes: int) -> tuple[Path, str, int]:
    """Write the stream beside its final place, counting and hashing; stops at the first byte too many."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix="unggah-", dir=root)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            digest, size = _copied(chunks, target, max_bytes)
        return path, digest, size
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _copied(chunks: Iterable[bytes], target: IO[bytes], max_bytes: int) -> tuple[str, int]:
    total, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            text = _("Berkas paling besar %(size)s MB") % {"size": max_bytes // (1024 * 1024)}
            raise Refused("berkas-terlalu-besar", text, status=413, field="file")
        total.update(chunk)
        target.write(chunk)
    if not size:
        raise Refused("berkas-kosong", _("Berkas ini kosong"), status=422, field="file")
    target.flush()
    os.fsync(target.fileno())
    return total.hexdigest(), size


def _kept(document: Document, partial: Path) -> Document:
    """Row first, then the rename in the same transaction: a row without its bytes is never committed."""
    try:
        with transaction.atomic():
            _within_quota(document)
            document.save(force_insert=True)
            _record("documents.stored", document)
            document.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            partial.replace(document.path)
    except IntegrityError:
        return Document.objects.get(owner=document.owner, kind=document.kind, sha256=document.sha256)
    return document


def _within_quota(document: Document) -> None:
    """The owner's row is locked, so two uploads at once cannot both take the last place."""
    User.objects.select_for_update().get(pk=document.owner_id)
    mine = Document.objects.filter(owner=document.owner, held_by=document.held_by)
    if mine.filter(kind=document.kind, sha256=document.sha256).exists():
        return
    used = mine.aggregate(total=Sum("size"))["total"] or 0
    if used + document.size > (HELD_QUOTA if document.held_by else QUOTA):
        raise Refused("kuota-penuh", _("Ruang berkas Anda penuh. Hapus berkas yang tidak dipakai lagi."), field="file")


def _clean_name(given: str, media_type: str) -> str:
    """The sender's name without folders and control characters, with the ending of what the file really is."""
    base = re.split(r"[\\/]", given)[-1]
    stem = "".join(c for c in base if c.isprintable()).rpartition(".")[0] or base
    stem = re.sub(r'[<>:"|?*\x00-\x1f]', "", stem).strip(" .")[:140] or _("berkas")
    return f"{stem}.{(EXTENSIONS | TABLES)[media_type]}"


def _record(action: str, document: Document) -> None:
    record_change(
        document.owner.person_id, action, purpose=PURPOSE, object_type="document", object_id=document.uid,
        object_label=document.name, changes={"kind": document.kind, "size": document.size},
    )  # fmt: skip
