"""Places kept for a patient who has not answered yet: offered, accepted, refused, released.

An offer is a registration in state `held`: it has its number, and its place counts in the quota, so nobody else can
take it and nothing has to be taken when the patient says yes.
"""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.kernel.clock import now
from pasti.kernel.errors import Refused
from pasti.kernel.outbox.services import emit
from pasti.purut.events import OfferLapsed
from pasti.purut.models import Antrean
from pasti.purut.rules.states import State
from pasti.purut.services.booking import tell_booked, withdraw
from pasti.purut.services.places import lock_session
from pasti.purut.services.steps import move
from pasti.purut.services.waiting import pass_on


@transaction.atomic
def accept(antrean: Antrean) -> None:
    """Take the offered place. Twice is once. Raises Refused `tawaran-berakhir` when it was given up or ran out."""
    fresh = Antrean.objects.select_for_update().only("state", "held_until").get(pk=antrean.pk)
    if fresh.state == State.BOOKED:
        antrean.state = fresh.state
        return
    if fresh.state != State.HELD or (fresh.held_until and fresh.held_until <= now()):
        raise Refused("tawaran-berakhir", _("Tawaran ini sudah berakhir. Pilih hari lain dari daftar poli."))
    if move(antrean, State.BOOKED, sources={State.HELD}, held_until=None):
        tell_booked(antrean)


@transaction.atomic
def refuse(antrean: Antrean, *, lapsed: bool = False) -> None:
    """Give an offered place back; the next who waits gets it. Twice is once, and after an acceptance it is refused.

    Who lets it lapse is told: they may not have seen the offer, and think that they still wait.
    """
    sesi = lock_session(antrean.sesi_id)
    if withdraw(antrean, {State.HELD}):
        if lapsed:
            event = OfferLapsed(antrean.code, antrean.poli_id, antrean.date)
            emit(event, aggregate=f"purut.sesi:{antrean.sesi_id}")
        pass_on(sesi)


def release_lapsed() -> int:
    """Give back the offered places nobody accepted in time; returns how many."""
    released = 0
    lapsed = Antrean.objects.filter(state=State.HELD, held_until__lte=now()).select_related("poli", "patient")
    for antrean in lapsed.order_by("held_until", "id")[:500]:
        with suppress(Refused):  # accepted at the last moment
            refuse(antrean, lapsed=True)
            released += 1
    return released
