"""The day of the visit: arriving, being called, being seen."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.kernel.clock import now, today
from pasti.kernel.errors import Refused
from pasti.purut.events import AntreanCalled, AntreanMoved
from pasti.purut.models import Antrean, Hospital
from pasti.purut.rules import numbers
from pasti.purut.rules.states import WAITING, State
from pasti.purut.services.steps import label_of, move, stamp, tell


@transaction.atomic
def check_in(antrean: Antrean) -> None:
    """The patient is here. Only on the day; doing it twice is doing it once. Raises Refused `bukan-hari-ini`."""
    if antrean.date != today():
        raise Refused("bukan-hari-ini", _("Check-in hanya pada hari kunjungan"), field="code")
    if move(antrean, State.CHECKED_IN):
        _news(antrean, "datang")


@transaction.atomic
def call_next(sesi_id: int, room: str) -> Antrean | None:
    """Call the next waiting patient of the session to `room`; None when nobody waits.

    Those skipped come after those who have not been called. Two nurses never call the same patient: a row the
    one has locked is passed over by the other.
    """
    waiting = Antrean.objects.select_related("poli", "patient").filter(sesi_id=sesi_id, state__in=WAITING)
    found = waiting.order_by("calls", "number").select_for_update(skip_locked=True, of=("self",)).first()
    if found is not None:
        _call(found, room)
    return found


@transaction.atomic
def call_again(antrean: Antrean) -> None:
    """Call a patient who did not come once more.

    Raises Refused `terlalu-sering` after the hospital's limit, `belum-dipanggil` for who was never called.
    """
    limit = Hospital.objects.get().max_calls
    locked = Antrean.objects.select_related("poli", "patient").select_for_update(of=("self",)).get(pk=antrean.pk)
    if not locked.calls:
        raise Refused("belum-dipanggil", _("Antrean %(code)s belum pernah dipanggil") % {"code": antrean.code})
    if locked.calls >= limit:
        raise Refused("terlalu-sering", _("Sudah dipanggil %(count)s kali; lewati dulu") % {"count": limit})
    _call(locked, locked.room)
    antrean.calls, antrean.state = locked.calls, locked.state


@transaction.atomic
def skip(antrean: Antrean) -> None:
    """Nobody came: the patient is passed over and can be called again later."""
    if move(antrean, State.SKIPPED):
        _news(antrean, "lewat")


@transaction.atomic
def start(antrean: Antrean) -> None:
    """The patient is with the doctor."""
    if move(antrean, State.SERVING):
        _news(antrean, "layani")


@transaction.atomic
def finish(antrean: Antrean) -> None:
    """The visit is over. A called patient who was not marked as being served is served and done. Twice is once."""
    antrean.state = Antrean.objects.select_for_update().only("state").get(pk=antrean.pk).state  # a page may be old
    if antrean.state == State.CALLED:
        move(antrean, State.SERVING)
    if move(antrean, State.DONE):
        _news(antrean, "selesai")


def _call(antrean: Antrean, room: str) -> None:
    if antrean.state == State.CALLED:
        Antrean.objects.filter(pk=antrean.pk, state=State.CALLED).update(calls=antrean.calls + 1)
        antrean.calls += 1
        stamp(antrean, State.CALLED)
    else:
        move(antrean, State.CALLED, calls=antrean.calls + 1, room=room)
    spoken = numbers.spoken(antrean.poli.prefix, antrean.number, antrean.room)
    event = AntreanCalled(antrean.code, label_of(antrean), antrean.poli_id, antrean.room, antrean.booked_by)
    tell(antrean, event, jenis="panggil", ruang=antrean.room, ucapan=spoken, pukul=now().isoformat())


def _news(antrean: Antrean, kind: str) -> None:
    tell(antrean, AntreanMoved(antrean.code, label_of(antrean), antrean.poli_id, antrean.state), jenis=kind)
