"""The day of the visit: being called, being seen."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.kernel.clock import now
from pasti.kernel.errors import Refused
from pasti.purut.events import AntreanCalled
from pasti.purut.models import Antrean, Hospital
from pasti.purut.rules import numbers
from pasti.purut.rules.states import AT_PHARMACY, State
from pasti.purut.services.line import next_in_line, turn_when_skipped, turned
from pasti.purut.services.pharmacy import prescribe
from pasti.purut.services.steps import label_of, move, news, stamp, tell


@transaction.atomic
def call_next(sesi_id: int, room: str) -> Antrean | None:
    """Call the next waiting patient of the session to `room`, in the order of `rules/order.py`; None when nobody waits.

    Two nurses never call the same patient: the second waits until the first has called.
    """
    found = next_in_line(sesi_id)
    if found is not None:
        _call(found, room)
    return found


@transaction.atomic
def call_again(antrean: Antrean) -> None:
    """Call a patient who did not come once more.

    Raises Refused `terlalu-sering` after the hospital's limit, `belum-dipanggil` for who was never called.
    """
    limit = Hospital.objects.get().max_calls
    locked = (
        Antrean.objects.select_related("poli", "patient", "sesi__dokter")
        .select_for_update(of=("self",))
        .get(pk=antrean.pk)
    )
    if not locked.calls:
        raise Refused("belum-dipanggil", _("Antrean %(code)s belum pernah dipanggil") % {"code": antrean.code})
    if locked.calls >= limit:
        raise Refused("terlalu-sering", _("Sudah dipanggil %(count)s kali; lewati dulu") % {"count": limit})
    _call(locked, locked.room)
    antrean.calls, antrean.state = locked.calls, locked.state


@transaction.atomic
def skip(antrean: Antrean) -> None:
    """Nobody came: the patient is passed over and called again a few places later. Twice is once."""
    if move(antrean, State.SKIPPED, **turned(turn_when_skipped(antrean))):
        news(antrean, "lewat")


@transaction.atomic
def start(antrean: Antrean) -> None:
    """The patient is with the doctor."""
    if move(antrean, State.SERVING):
        news(antrean, "layani")


@transaction.atomic
def finish(antrean: Antrean, resep: str = "") -> None:
    """The visit is over, with a prescription of kind `resep` or without. Twice is once.

    A called patient who was not marked as being served is served and done.
    """
    antrean.state = Antrean.objects.select_for_update().only("state").get(pk=antrean.pk).state  # a page may be old
    if antrean.state in AT_PHARMACY | {State.DONE}:
        return
    if antrean.state == State.CALLED:
        move(antrean, State.SERVING)
    then = State.PHARMACY if resep else State.DONE
    if move(antrean, then, sources={State.SERVING}):
        if resep:
            prescribe(antrean, resep)
        news(antrean, "selesai")


def _call(antrean: Antrean, room: str) -> None:
    if antrean.state == State.CALLED:
        Antrean.objects.filter(pk=antrean.pk, state=State.CALLED).update(calls=antrean.calls + 1)
        antrean.calls += 1
        stamp(antrean, State.CALLED)
    else:
        move(antrean, State.CALLED, calls=antrean.calls + 1, room=room, called_at=now())
    spoken = numbers.spoken(antrean.poli.prefix, antrean.number, antrean.room)
    event = AntreanCalled(antrean.code, label_of(antrean), antrean.poli_id, antrean.room, antrean.booked_by)
    tell(
        antrean,
        event,
        jenis="panggil",
        ruang=antrean.room,
        dokter=antrean.sesi.dokter.name,
        ucapan=spoken,
        pukul=now().isoformat(),
    )
