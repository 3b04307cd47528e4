"""Proofs handed in with a report or a letter: kept, claimed once, and let go when nobody claims them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models import UUIDField, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from pasti.kernel import clock
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import current_scope
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.audit.services import record_change
from pasti.kernel.documents import services as documents
from pasti.kernel.errors import Refused
from pasti.siap_pak_rt.models import Attachment
from pasti.siap_pak_rt.services.attachment_files import harmless

HOLDER = "siap_pak_rt"
KIND = "siap_pak_rt.lampiran"
PURPOSE = "siap_pak_rt.bukti"
UNCLAIMED = dt.timedelta(days=7)
AT_ONCE = 200  # unclaimed files removed in one go


@transaction.atomic
def attach(file: File[bytes], *, owner: User, rt_code: str, subject_id: UUID | None, purpose: str) -> Attachment:
    """Keep a proof (JPEG, PNG, WebP or PDF up to 10 MB) about `subject_id` in the RT `rt_code`, until it is claimed.

    Works within the scope in force: the RT lies in it, or the subject is named in it. Raises Refused `luar-wilayah`,
    what `harmless` raises, and `berkas-kosong`, `kuota-penuh` of the store of documents.
    """
    check_reach(rt_code, subject_id)
    with harmless(file) as kept:
        document = documents.store(kept, owner=owner, kind=KIND, held_by=HOLDER)
    made = Attachment.objects.create(
        document=document, owner=owner, subject_id=subject_id, rt_code=rt_code, purpose=purpose,
        sent_size=file.size, created_at=clock.now(),
    )  # fmt: skip
    record_change(
        subject_id, "siap_pak_rt.attachment.added", purpose=purpose, object_type="attachment", object_id=made.pk,
        object_label=document.name, fields=("file",),
    )  # fmt: skip
    return made


@transaction.atomic
def claim(ids: Sequence[UUID], *, to: str, owner: User, subject_id: UUID | None = None) -> None:
    """Bind one's own waiting proofs to the report or letter `to`. The same again changes nothing.

    One sent before it was known whom it is about becomes the proof about `subject_id`.

    Raises Refused `lampiran-tidak-tersedia` when one is another's, bound elsewhere or gone: then none is bound.
    """
    wanted = set(ids)
    mine = Attachment.objects.filter(pk__in=wanted, owner=owner)
    about = Coalesce("subject_id", Value(subject_id, UUIDField()))
    mine.filter(claimed_to="").update(claimed_to=to, claimed_at=clock.now(), subject_id=about)
    if mine.filter(claimed_to=to).count() != len(wanted):
        text = _("Berkas bukti tidak tersedia lagi. Pilih lalu kirim lagi.")
        raise Refused("lampiran-tidak-tersedia", text, field="file")


def remove_unclaimed() -> int:
    """Let go of proofs that nobody claimed in seven days; returns how many. Claimed ones are never touched."""
    old = Attachment.objects.filter(claimed_to="", created_at__lt=clock.now() - UNCLAIMED)
    return sum(_let_go(one) for one in list(old.values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def _let_go(attachment_id: UUID) -> bool:
    """The row is locked first: a claim at the same moment either comes before, or finds nothing."""
    one = Attachment.objects.select_for_update(of=("self",)).filter(pk=attachment_id, claimed_to="").first()
    if one is None:
        return False
    document = one.document
    one.delete()
    # The store locks the owner's row too: no new proof can take this document meanwhile.
    owner = User.objects.select_for_update().get(pk=one.owner_id)
    if not Attachment._base_manager.filter(document=document).exists():
        documents.remove(document.uid, owner=owner, held_by=HOLDER)
    return True


def check_reach(rt_code: str, subject_id: UUID | None) -> None:
    """Raises Refused `luar-wilayah` unless the scope holds the RT or names the subject."""
    scope = current_scope()
    named = scope is not None and subject_id is not None and subject_id in scope.people
    if not (named or covers(scope, rt_code)):
        raise Refused("luar-wilayah", _("Di luar wilayah Anda"), status=403)
