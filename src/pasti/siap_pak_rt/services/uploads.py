"""Files that come in pieces over a line that breaks: begin, send, complete. Each step is one transaction.

After a cut, a restart of either side, or in two windows at once, the sender asks where we are and goes on from there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from pasti.kernel import clock
from pasti.kernel.accounts.models import User
from pasti.kernel.documents.services import MAX_BYTES
from pasti.kernel.errors import NotFound, Refused
from pasti.siap_pak_rt.models import Attachment, Upload
from pasti.siap_pak_rt.rules.uploads import PIECE, Step, step
from pasti.siap_pak_rt.services import attachments

OPEN_AT_ONCE = 30  # uploads one user may have under way
OPEN_BYTES = 150 * 1024 * 1024
ABANDONED = dt.timedelta(days=2)
KEPT = dt.timedelta(days=7)  # how long a finished upload still answers with its proof
AT_ONCE = 500


@dataclass(frozen=True)
class Wanted:
    """What the sender says of a file before the first byte. `sha256` in hexadecimal."""

    client_id: str
    name: str
    size: int
    sha256: str
    rt_code: str
    subject_id: UUID | None
    purpose: str


@transaction.atomic
def begin(wanted: Wanted, *, owner: User) -> Upload:
    """An upload to send pieces to. The same `client_id` again gives the one under way, or the finished one.

    Raises Refused: `berkas-kosong`, `berkas-terlalu-besar` (413), `sidik-tidak-sah`, `nomor-dipakai-lain` (422),
    `luar-wilayah` (403), `terlalu-banyak-unggahan` (429).
    """
    _check(wanted)
    attachments.check_reach(wanted.rt_code, wanted.subject_id)
    User.objects.select_for_update().get(pk=owner.pk)  # two windows that begin the same file take turns
    known = Upload._base_manager.filter(owner=owner, client_id=wanted.client_id).first()
    if known is not None:
        return _same(known, wanted)
    _check_room(wanted, owner)
    moment = clock.now()
    return Upload.objects.create(
        owner=owner, client_id=wanted.client_id, name=wanted.name[:150], size=wanted.size, sha256=wanted.sha256,
        subject_id=wanted.subject_id, rt_code=wanted.rt_code, purpose=wanted.purpose, created_at=moment,
        touched_at=moment,
    )  # fmt: skip


def find(upload_id: UUID, *, owner: User) -> Upload:
    """One's own upload. Raises NotFound."""
    found = Upload.objects.filter(pk=upload_id, owner=owner).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def receive(upload_id: UUID, *, owner: User, offset: int, piece: bytes) -> Upload:
    """Take one piece of at most 256 KB. A piece that came before changes nothing.

    Raises NotFound, Refused `potongan-terlalu-besar` (413), `potongan-lain` with the true `offset` (409).
    """
    if len(piece) > PIECE:
        raise Refused("potongan-terlalu-besar", _("Potongan paling besar 256 KB"), status=413)
    upload = _locked(upload_id, owner)
    match step(upload.received, upload.size, offset, len(piece)):
        case Step.ELSEWHERE:
            raise Refused("potongan-lain", _("Lanjutkan dari tempat yang benar"), offset=upload.received)
        case Step.WRITE:
            _write(upload.path, offset, piece)
            upload.received = offset + len(piece)
    upload.touched_at = clock.now()
    upload.save(update_fields=["received", "touched_at"])
    return upload


def complete(upload_id: UUID, *, owner: User) -> Attachment:
    """Make the proof once all is here and is what was announced; the same again gives the same proof.

    Raises NotFound, Refused `belum-lengkap` with the true `offset` (409), `berkas-rusak` (422: begin from 0 again),
    and what `attachments.attach` raises.
    """
    with transaction.atomic():
        upload = _locked(upload_id, owner)
        if upload.attachment is not None:
            return upload.attachment
        if upload.received < upload.size:
            raise Refused("belum-lengkap", _("Berkas belum lengkap"), offset=upload.received)
        if _digest(upload.path) == upload.sha256:
            return _made(upload, owner)
        upload.received = 0
        upload.save(update_fields=["received"])
    raise Refused("berkas-rusak", _("Berkas rusak di jalan. Kirim lagi dari awal."), status=422, offset=0)


def expire() -> int:
    """Forget uploads nobody went on with for two days, and finished ones after seven; returns how many."""
    moment = clock.now()
    old = Upload.objects.filter(touched_at__lt=moment - ABANDONED, attachment=None)
    done = Upload.objects.filter(touched_at__lt=moment - KEPT, attachment__isnull=False)
    return sum(_forget(pk, moment) for rows in (old, done) for pk in list(rows.values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def _forget(upload_id: UUID, moment: dt.datetime) -> bool:
    one = Upload.objects.select_for_update().filter(pk=upload_id, touched_at__lt=moment - ABANDONED).first()
    if one is None:  # its sender came back
        return False
    path = one.path
    one.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return True


def _check(wanted: Wanted) -> None:
    if wanted.size <= 0:
        raise Refused("berkas-kosong", _("Berkas ini kosong"), status=422, field="file")
    if wanted.size > MAX_BYTES:
        raise Refused("berkas-terlalu-besar", _("Berkas paling besar 10 MB"), status=413, field="file")
    if len(wanted.sha256) != 64 or not set(wanted.sha256) <= set("0123456789abcdef"):
        raise Refused("sidik-tidak-sah", _("Sidik SHA-256 tidak sah"), status=422, field="sha256")
    if not 8 <= len(wanted.client_id) <= 64:
        raise Refused("nomor-tidak-sah", _("Nomor unggahan 8 sampai 64 karakter"), status=422, field="client_id")


def _same(known: Upload, wanted: Wanted) -> Upload:
    if (known.size, known.sha256) != (wanted.size, wanted.sha256):
        text = _("Nomor unggahan ini sudah dipakai untuk berkas lain")
        raise Refused("nomor-dipakai-lain", text, status=422, field="client_id")
    return known


def _check_room(wanted: Wanted, owner: User) -> None:
    under_way = Upload._base_manager.filter(owner=owner, attachment=None)
    announced = under_way.aggregate(total=Sum("size"))["total"] or 0
    if under_way.count() >= OPEN_AT_ONCE or announced + wanted.size > OPEN_BYTES:
        text = _("Terlalu banyak unggahan yang belum selesai. Selesaikan dahulu.")
        raise Refused("terlalu-banyak-unggahan", text, status=429)


def _locked(upload_id: UUID, owner: User) -> Upload:
    found = Upload.objects.select_for_update(of=("self",)).filter(pk=upload_id, owner=owner).first()
    if found is None:
        raise NotFound
    return found


def _write(path: Path, offset: int, piece: bytes) -> None:
    """Bytes first, then the row: whatever a crash left behind `offset` is written over, and cut off."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.truncate(offset)
        target.seek(offset)
        target.write(piece)
        target.flush()
        os.fsync(handle)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except FileNotFoundError:  # the folder was restored without it: begin again
        return ""


def _made(upload: Upload, owner: User) -> Attachment:
    with upload.path.open("rb") as source:
        made = attachments.attach(
            File(source, name=upload.name), owner=owner, rt_code=upload.rt_code, subject_id=upload.subject_id,
            purpose=upload.purpose,
        )  # fmt: skip
    upload.attachment, upload.touched_at = made, clock.now()
    upload.save(update_fields=["attachment", "touched_at"])
    path = upload.path
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return made
