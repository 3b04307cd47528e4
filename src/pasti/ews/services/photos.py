"""Photos of water: drawn anew, so that where and with what they were taken stays with the sender."""

from __future__ import annotations

import datetime as dt
from typing import IO

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from pasti.ews.models import StreetReport
from pasti.ews.queries.moment import now
from pasti.kernel.accounts.models import User
from pasti.kernel.documents import services as documents
from pasti.kernel.documents.models import Document
from pasti.kernel.documents.pictures import drawn_anew
from pasti.kernel.errors import Refused

HOLDER, KIND = "ews", "ews.foto"
STRANGERS = "ews-pelapor-tanpa-akun"
KEPT = dt.timedelta(days=30)


def keep(file: File[bytes], *, owner: User | None) -> Document:
    """The photo without its metadata, held by the report. Raises Refused as `pictures.drawn_anew` and the store.

    What those without an account send is one account's, whose room is bounded as everybody's: strangers can fill no disk.
    """
    with drawn_anew(file) as kept:
        try:
            return documents.store(kept, owner=owner or _strangers(), kind=KIND, held_by=HOLDER)
        except Refused as refusal:
            if owner is None and refusal.code == "kuota-penuh":
                text = _("Foto tidak dapat diterima sekarang. Kirim laporan tanpa foto.")
                raise Refused("kuota-penuh", text, field="file") from refusal
            raise


def opened(document: Document) -> IO[bytes]:
    """The bytes."""
    return document.path.open("rb")


def forget() -> int:
    """Remove what strangers sent thirty days ago, where no officer confirmed the water; returns how many reports lost it."""
    old = StreetReport.objects.filter(reporter=None, photo__isnull=False, recorded_at__lt=now() - KEPT)
    return sum(
        _forgotten(one) for one in old.exclude(state=StreetReport.State.CONFIRMED).select_related("photo")[:1000]
    )


@transaction.atomic
def _forgotten(report: StreetReport) -> bool:
    photo = report.photo
    changed = StreetReport.objects.filter(pk=report.pk, photo=photo).update(photo=None)
    # The same picture sent twice is one document.
    if changed and photo is not None and not StreetReport.objects.filter(photo=photo).exists():
        documents.remove(photo.uid, owner=_strangers(), held_by=HOLDER)
    return bool(changed)


def _strangers() -> User:
    """The account that owns what people without one sent. Nobody can sign in with it."""
    made, _created = User.objects.get_or_create(
        username=STRANGERS,
        defaults={"name": "Pelapor tanpa akun", "kind": User.Kind.CLIENT, "is_active": False, "password": "!"},
    )
    return made
