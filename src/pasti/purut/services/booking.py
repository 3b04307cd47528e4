"""Booking and cancelling. Never oversells, never loses: the quota is a database fact (decision 8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.kernel.clock import now
from pasti.kernel.context import current_actor
from pasti.kernel.errors import Refused
from pasti.kernel.transactions import act
from pasti.purut.events import AntreanBooked
from pasti.purut.models import Antrean, Hospital, Patient, Sesi
from pasti.purut.rules import times
from pasti.purut.rules.states import BEFORE_CALLED, State
from pasti.purut.services.arriving import admit, check_in
from pasti.purut.services.line import set_priority
from pasti.purut.services.patients import PatientWanted, record_of
from pasti.purut.services.places import (
    Terms,
    bookable_session,
    check_payer,
    full,
    give_back,
    has_place,
    hold_or_refuse,
    lock_session,
    priority_of,
)
from pasti.purut.services.steps import ALL, label_of, move, news, tell, trace
from pasti.purut.services.waiting import pass_on


@act
def book(
    *,
    sesi_id: int,
    patient: PatientWanted | Patient | UUID,
    payer: str,
    channel: str,
    visit_kind: int = 1,
    referral_no: str = "",
) -> Antrean:
    """Take a place for `patient` (a person of the register within the scope, a patient record, or data typed).

    Raises Refused: `kuota-habis`, `sesi-tutup`, `di-luar-jangkauan`, `rujukan-wajib`, `rujukan-terpakai`,
    `sudah-terdaftar`; NotFound for an unknown session or person.
    """
    check_payer(payer, visit_kind, referral_no)
    terms = Terms(payer, channel, visit_kind, referral_no, current_actor().user_id)
    sesi, rules = bookable_session(sesi_id, channel)
    if not has_place(sesi, terms):
        raise full()
    # Everything that can be known before comes before: the session is locked from here to the commit.
    record = record_of(patient)
    antrean = hold_or_refuse(sesi, record, terms, priority=priority_of(record, sesi.date, rules))
    trace(antrean, State.BOOKED)
    tell_booked(antrean)
    return antrean


@transaction.atomic
def walk_in(*, priority: str = "", **asked: Any) -> Antrean:
    """Register a patient who stands at the counter, and let them wait for the clinic: the clerk has just typed the
    record, which is admission. Raises Refused as `book` does."""
    antrean = book(channel="loket", **asked)
    if priority:
        set_priority(antrean, priority)
    check_in(antrean)
    if antrean.state == State.ADMISSION:
        admit(antrean)
    return antrean


@transaction.atomic
def cancel(antrean: Antrean, *, by_patient: bool = True) -> None:
    """Give the place back; the number is not used again. Cancelling twice is cancelling once.

    A patient may cancel until called and, where the hospital says so, until some minutes before the session; the
    hospital may until the patient is being served. Raises Refused `terlambat-batal`, `langkah-tidak-sah`.
    """
    sesi = lock_session(antrean.sesi_id)
    if by_patient:
        _check_in_time(antrean, sesi)
    if withdraw(antrean, BEFORE_CALLED if by_patient else ALL):
        pass_on(sesi)


def withdraw(antrean: Antrean, sources: Collection[State]) -> bool:
    """Cancel and give the place back, with the session locked by the caller. False when it was cancelled before."""
    if not move(antrean, State.CANCELLED, sources=sources):
        return False
    give_back(antrean)
    news(antrean, "batal")
    return True


def tell_booked(antrean: Antrean) -> None:
    """The receipt, and the boards."""
    sesi = antrean.sesi
    window = times.window(sesi.starts_at, sesi.minutes, antrean.number)
    event = AntreanBooked(
        antrean.code, label_of(antrean), antrean.poli_id, antrean.date, window.begins, window.ends, antrean.booked_by
    )
    tell(antrean, event, jenis="daftar")


def _check_in_time(antrean: Antrean, sesi: Sesi) -> None:
    minutes = Hospital.objects.get().cancel_minutes_before_start
    too_late = minutes and now() > sesi.starts_at - dt.timedelta(minutes=minutes)
    still = Antrean.objects.filter(pk=antrean.pk, state__in=sorted(BEFORE_CALLED - {State.HELD}))
    if too_late and still.exists():
        message = _("Batal paling lambat %(minutes)s menit sebelum sesi dimulai. Hubungi loket bila berhalangan.")
        raise Refused("terlambat-batal", message % {"minutes": minutes}, minutes=minutes)
