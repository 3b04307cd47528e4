"""How far an event has come at Disdukcapil. What happened is never rewritten; this alone moves on."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.civil.models import Peristiwa
from pasti.kernel import clock
from pasti.kernel.accounts.scope import current_scope
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.audit.services import record_change
from pasti.kernel.errors import NotFound, Refused

State = Peristiwa.Dukcapil
BEFORE = {State.SUBMITTED: [State.NOT_REPORTED], State.ISSUED: [State.NOT_REPORTED, State.SUBMITTED]}


@transaction.atomic
def mark_dukcapil(peristiwa_id: UUID, state: str, *, purpose: str, document: str = "") -> Peristiwa:
    """The event was submitted to Disdukcapil, or its paper with number `document` was issued.

    Twice is once. Raises NotFound outside the area, Refused `tahap-tidak-sah` backwards, `nomor-kosong` for a paper
    without its number.
    """
    told = Peristiwa.objects.select_for_update().filter(pk=peristiwa_id).first()
    if told is None or not covers(current_scope(), told.rt_code):
        raise NotFound
    if state == told.dukcapil_state:
        return told
    if state not in BEFORE or told.dukcapil_state not in BEFORE[State(state)]:
        raise Refused("tahap-tidak-sah", _("Dokumen peristiwa ini sudah terbit"), status=422)
    if state == State.ISSUED and not document.strip():
        raise Refused("nomor-kosong", _("Tulis nomor dokumen yang terbit"), field="document", status=422)
    before = told.dukcapil_state
    told.dukcapil_state, told.dukcapil_document, told.dukcapil_at = state, document.strip()[:60], clock.now()
    told.save(update_fields=["dukcapil_state", "dukcapil_document", "dukcapil_at"])
    record_change(
        told.person_id, "civil.peristiwa.dukcapil", purpose=purpose, object_type="peristiwa", object_id=told.pk,
        object_label=str(told), changes={"dukcapil_state": [before, state]},
    )  # fmt: skip
    return told
