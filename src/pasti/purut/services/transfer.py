"""From one clinic to another on the same day."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.kernel.clock import now, today
from pasti.kernel.context import current_actor
from pasti.kernel.errors import NotFound, Refused
from pasti.purut.models import Antrean, Sesi
from pasti.purut.rules.states import State
from pasti.purut.services.booking import tell_booked
from pasti.purut.services.line import turn_when_late, turned
from pasti.purut.services.places import Terms, hold_or_refuse
from pasti.purut.services.steps import move, news, trace

INTERNAL = 2  # BPJS kind of visit: internal referral


@transaction.atomic
def transfer(antrean: Antrean, sesi_id: int) -> Antrean:
    """Refer the patient on to a session of another clinic today: a place there, and this visit is over.

    The new registration waits at once, with the same payer and priority. Sending it twice is sending it once. Raises
    Refused `sesi-tutup`, `kuota-habis`, `sudah-terdaftar`, `poli-sama`, `langkah-tidak-sah`; NotFound.
    """
    done = Antrean.objects.filter(replaces=antrean, sesi_id=sesi_id).select_related("poli", "patient", "sesi").first()
    if done is not None:
        return done
    sesi = Sesi.objects.select_related("poli").filter(pk=sesi_id, date=today()).first()
    if sesi is None:
        raise NotFound(_("Sesi tidak ditemukan"))
    if sesi.poli_id == antrean.poli_id:
        raise Refused("poli-sama", _("Pasien sudah di poli ini"), field="sesi_id")
    if sesi.ends_at <= now():
        raise Refused("sesi-tutup", _("Sesi ini sudah selesai"), field="sesi_id")
    moved = _register(antrean, sesi)
    _finish(antrean)
    return moved


def _register(antrean: Antrean, sesi: Sesi) -> Antrean:
    terms = Terms(antrean.payer, "loket", INTERNAL, "", current_actor().user_id)
    moved = hold_or_refuse(sesi, antrean.patient, terms, priority=antrean.priority, replaces=antrean)
    trace(moved, State.BOOKED)
    tell_booked(moved)
    if move(moved, State.CHECKED_IN, **turned(turn_when_late(moved))):
        news(moved, "datang")
    return moved


def _finish(antrean: Antrean) -> None:
    antrean.state = Antrean.objects.select_for_update().only("state").get(pk=antrean.pk).state
    if antrean.state == State.CALLED:
        move(antrean, State.SERVING)
    if not move(antrean, State.DONE, sources={State.SERVING}):
        raise Refused("langkah-tidak-sah", _("Kunjungan ini sudah selesai"), state=antrean.state)
    news(antrean, "selesai")
