"""An event's way to Disdukcapil: not reported, submitted, issued with the number of the document."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.civil import events
from pasti.civil.models import Peristiwa
from pasti.kernel import clock
from pasti.kernel.audit.services import record_change
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.outbox.services import emit

PURPOSE = "civil.dukcapil"
At = Peristiwa.Dukcapil
BEFORE = {At.SUBMITTED: (At.NOT_REPORTED,), At.ISSUED: (At.NOT_REPORTED, At.SUBMITTED)}


@transaction.atomic
def mark_dukcapil(peristiwa_id: UUID, to: str, *, purpose: str = PURPOSE, document: str = "") -> Peristiwa:
    """Submit an event of the scope to Disdukcapil, or write down the document issued for it.

    Doing the same again changes nothing. Raises NotFound, Refused `keadaan-tidak-dikenal`, `nomor-kosong`,
    `sudah-dibatalkan` for an event that was taken back, `sudah-berjalan` when it is further already.
    """
    if to not in BEFORE:
        raise Refused("keadaan-tidak-dikenal", _("Keadaan itu tidak dikenal"), status=422, field="to")
    number = " ".join(document.split())[:60]
    if to == At.ISSUED and not number:
        raise Refused("nomor-kosong", _("Tulis nomor dokumen yang terbit"), status=422, field="document")
    before = BEFORE[At(to)]
    waiting = Peristiwa.objects.filter(pk=peristiwa_id, dukcapil_state__in=before, reversed_by__isnull=True)
    # The ids first: an update may not join, and the condition on the state is asked again by the update itself.
    ready = list(waiting.values_list("pk", flat=True))
    moved = Peristiwa.objects.filter(pk__in=ready, dukcapil_state__in=before).update(
        dukcapil_state=to, dukcapil_document=number, dukcapil_at=clock.now()
    )
    event = Peristiwa.objects.filter(pk=peristiwa_id).first()
    if event is None:
        raise NotFound
    if not moved:
        return _as_it_is(event, to, number)
    record_change(
        event.person_id, "civil.peristiwa.dukcapil", purpose=purpose, object_type="peristiwa", object_id=event.pk,
        object_label=str(event), changes={"dukcapil_state": ["", to], "dukcapil_document": ["", number]},
    )  # fmt: skip
    emit(
        events.DukcapilMoved(event.pk, event.person_id, event.kind, to, number), aggregate=f"civil.peristiwa:{event.pk}"
    )
    return event


def _as_it_is(event: Peristiwa, to: str, number: str) -> Peristiwa:
    """The event when it is already so; else the reason why it cannot be."""
    if (event.dukcapil_state, event.dukcapil_document) == (to, number):
        return event
    if Peristiwa.objects.filter(reverses=event.pk).exists():
        raise Refused("sudah-dibatalkan", _("Peristiwa ini sudah dibatalkan"))
    raise Refused("sudah-berjalan", _("Peristiwa ini sudah lebih jauh: petugas lain sudah mencatatnya"))
