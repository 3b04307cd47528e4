"""What a person is told of the own card: one message in the inbox for each thing that happened."""

from __future__ import annotations

from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from pasti.identity.models import Card, CardStep
from pasti.kernel.accounts.models import User
from pasti.kernel.notify.services import send

Step, Why = CardStep.Step, Card.Why
TITLES = {
    Step.ISSUED: gettext_noop("Kartu Warga Digital Anda sudah diterima: %(device)s"),
    Step.SUSPENDED: gettext_noop("Kartu Warga Digital Anda ditangguhkan: %(device)s"),
    Step.RESUMED: gettext_noop("Kartu Warga Digital Anda berlaku lagi: %(device)s"),
    Step.REVOKED: gettext_noop("Kartu Warga Digital Anda dicabut: %(device)s"),
}
REASONS = {
    Why.LOST: gettext_noop("Sebab: dilaporkan hilang."),
    Why.REPLACED: gettext_noop("Sebab: diganti kartu baru di perangkat lain."),
    Why.OWN_WISH: gettext_noop("Sebab: atas permintaan Anda."),
    Why.OFFICE: gettext_noop("Sebab: dicabut petugas."),
    Why.DIED: gettext_noop("Sebab: peristiwa kematian tercatat."),
    Why.MOVED: gettext_noop("Sebab: kepindahan ke luar kota tercatat."),
    Why.CHANGED: gettext_noop("Sebab: data kependudukan Anda berubah. Ambil kartu baru di kelurahan."),
    Why.MERGED: gettext_noop("Sebab: catatan kependudukan ganda digabung. Ambil kartu baru di kelurahan."),
}
NOT_YOU = gettext_noop("Bukan Anda? Segera laporkan hilang di halaman kartu, atau telepon kelurahan.")


def tell(card: Card, step: str, why: str) -> None:
    """Put it into the inbox of the person's account; who has none reads it when one is made (the history stays)."""
    user = User.objects.filter(person_id=card.person_id, is_active=True).first()
    if user is None:
        return
    with override(user.language):
        said = [_(REASONS[Why(why)])] if why else []
        said += [_(NOT_YOU)] if step in (Step.ISSUED, Step.RESUMED) else []
        send(
            user.pk, kind="identity", title=_(TITLES[Step(step)]) % {"device": card.device}, body=" ".join(said), url="/id/",
            dedupe_key=f"kartu:{card.pk}:{step}:{uuid4()}",
        )  # fmt: skip
