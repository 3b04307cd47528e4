"""The line of a session as the rule of order sees it."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused
from pasti.purut.models import Antrean, Hospital
from pasti.purut.rules import order
from pasti.purut.rules.states import BEFORE_CALLED, WAITING
from pasti.purut.services.one_at_a_time import wait_for_turn
from pasti.purut.services.steps import PURPOSE, label_of


def next_in_line(sesi_id: int) -> Antrean | None:
    """The locked row of who is called next, or None. Of two nurses the second waits until the first has called.

    A row that somebody else is changing just now, a patient who cancels, is passed over.
    """
    wait_for_turn(f"call:{sesi_id}")
    ratio = Hospital.objects.get().priority_ratio
    line = {place_of(one): one for one in _waiting(sesi_id).select_for_update(skip_locked=True, of=("self",))}
    chosen = order.following(line, recent_calls(sesi_id, ratio), ratio)
    return line[chosen] if chosen else None


def turn_when_late(antrean: Antrean) -> int | None:
    """Behind which number an arriving patient stands whose own number was called past; None in the own place."""
    own_turn = Q(turn=None) | Q(turned_at__gt=F("called_at"))  # the latter were skipped after it
    called = Antrean.objects.filter(own_turn, sesi_id=antrean.sesi_id, called_at__isnull=False)
    if not order.was_passed(antrean.number, antrean.priority, called.values_list("number", "priority")):
        return None
    return order.turn_of_late(map(place_of, _waiting(antrean.sesi_id)), antrean.priority)


def turn_when_skipped(antrean: Antrean) -> int:
    """Behind which number a skipped patient stands."""
    others = map(place_of, _waiting(antrean.sesi_id).exclude(pk=antrean.pk))
    return order.turn_of_skipped(place_of(antrean), others, antrean.calls)


def set_priority(antrean: Antrean, priority: str) -> None:
    """Call this patient first, or in the usual order with an empty `priority`. The own number counts again.

    Raises Refused `prioritas-tidak-dikenal`, `langkah-tidak-sah` once the patient was called or has left.
    """
    if priority not in ("", *order.Priority):
        raise Refused("prioritas-tidak-dikenal", _("Pilih alasan didahulukan"), status=422, field="priority")
    rows = Antrean.objects.filter(pk=antrean.pk, state__in=sorted(BEFORE_CALLED)).exclude(priority=priority)
    if rows.update(priority=priority, turn=None, turned_at=None):
        record_change(
            antrean.patient.person_id, "purut.antrean.priority", purpose=PURPOSE, object_type="antrean",
            object_id=antrean.code, object_label=label_of(antrean), changes={"priority": priority},
        )  # fmt: skip
    antrean.refresh_from_db(fields=["state", "priority", "turn", "turned_at"])
    if antrean.priority != priority:
        raise Refused("langkah-tidak-sah", _("Pasien ini sudah dipanggil"), state=antrean.state)


def place_of(antrean: Antrean) -> order.Waiting:
    """The row as the rule sees it."""
    return order.Waiting(antrean.number, antrean.priority, antrean.turn, antrean.turned_at)


def turned(turn: int | None) -> dict[str, Any]:
    """The columns of a new place in the line."""
    return {"turn": turn, "turned_at": now() if turn is not None else None}


def _waiting(sesi_id: int) -> QuerySet[Antrean]:
    return Antrean.objects.select_related("poli", "patient", "sesi__dokter").filter(
        sesi_id=sesi_id, state__in=sorted(WAITING)
    )


def recent_calls(sesi_id: int, ratio: int) -> list[str]:
    """The priorities of the last calls, the newest first, emergencies left out."""
    called = Antrean.objects.filter(sesi_id=sesi_id, called_at__isnull=False).exclude(priority=order.Priority.DARURAT)
    return list(called.order_by("-called_at").values_list("priority", flat=True)[:ratio])
