"""The way of the medicine: prescribed, being prepared, ready, handed over. BPJS task ids 5 to 7 are these stamps."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from pasti.kernel.errors import Refused
from pasti.purut.models import Antrean, Resep
from pasti.purut.rules.states import State
from pasti.purut.services.one_at_a_time import wait_for_turn
from pasti.purut.services.steps import move, news


def prescribe(antrean: Antrean, kind: str) -> Resep:
    """Write the prescription with the next number of its day and kind, in the transaction of the visit's end.

    Raises Refused `jenis-resep-tidak-dikenal`.
    """
    if kind not in Resep.Kind.values:
        raise Refused("jenis-resep-tidak-dikenal", _("Pilih jenis resep: racikan atau non-racikan"), status=422)
    # Numbers without gaps: a rolled back transaction takes its number with it, the next one waits for its end.
    wait_for_turn(f"resep:{antrean.date}:{kind}")
    last = Resep.objects.filter(date=antrean.date, kind=kind).aggregate(last=Max("number"))["last"] or 0
    return Resep.objects.create(
        antrean=antrean, date=antrean.date, kind=kind, number=last + 1
    )  # fmt: skip


@transaction.atomic
def prepare(antrean: Antrean) -> None:
    """The pharmacy begins to prepare the medicine. Twice is once."""
    if move(antrean, State.PREPARING):
        news(antrean, "farmasi")


@transaction.atomic
def declare_ready(antrean: Antrean) -> None:
    """The medicine waits for the patient. Twice is once."""
    if move(antrean, State.READY):
        news(antrean, "farmasi")


@transaction.atomic
def hand_over(antrean: Antrean) -> None:
    """The patient has the medicine; the visit is over. Twice is once."""
    if move(antrean, State.DONE, sources={State.READY}):
        news(antrean, "selesai")
