"""Arriving on the day: who is known waits for the clinic, who is new goes by the counter first."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.kernel.clock import city_zone, now, today
from pasti.kernel.errors import Refused
from pasti.purut.models import Antrean, Hospital
from pasti.purut.rules.states import SEEN_BEFORE, State
from pasti.purut.services.line import set_priority, turn_when_late, turned
from pasti.purut.services.steps import move, news

ARRIVED = frozenset({State.ADMISSION, State.ADMITTING, State.CHECKED_IN})


@transaction.atomic
def check_in(antrean: Antrean) -> None:
    """The patient is here. Only on the day; doing it twice is doing it once. Raises Refused `bukan-hari-ini`.

    A patient who has never been seen here goes to admission, the others wait for the clinic.
    """
    if antrean.date != today():
        raise Refused("bukan-hari-ini", _("Check-in hanya pada hari kunjungan"), field="code")
    antrean.state = Antrean.objects.select_for_update().only("state").get(pk=antrean.pk).state
    if antrean.state in ARRIVED:
        return
    if is_new(antrean):
        if move(antrean, State.ADMISSION, sources={State.BOOKED}):
            news(antrean, "loket")
    else:
        _to_the_clinic(antrean, State.BOOKED)


@transaction.atomic
def arrive(antrean: Antrean, priority: str = "") -> None:
    """Check in by oneself, saying why one should be called first; a priority known already stays.

    Raises Refused `belum-dibuka` before the hospital's time for it, `sesi-selesai` after the session; then the counter
    decides.
    """
    if antrean.state == State.BOOKED:
        _check_hours(antrean)
    check_in(antrean)
    if priority and not antrean.priority and antrean.state in ARRIVED:
        set_priority(antrean, priority)


def _check_hours(antrean: Antrean) -> None:
    minutes, sesi = Hospital.objects.get().check_in_opens_minutes, antrean.sesi
    opens = sesi.starts_at - dt.timedelta(minutes=minutes)
    if antrean.date == today() and now() < opens:
        words = _("Kedatangan dicatat mulai pukul %(time)s WIB. Datanglah lagi pada jam itu, atau tanyakan di loket.")
        raise Refused("belum-dibuka", words % {"time": f"{opens.astimezone(city_zone()):%H.%M}"}, field="code")
    if antrean.date == today() and now() >= sesi.ends_at:
        raise Refused("sesi-selesai", _("Sesi ini sudah selesai. Silakan ke loket."), field="code")


@transaction.atomic
def begin_admission(antrean: Antrean) -> None:
    """A clerk makes the new patient's record now."""
    if move(antrean, State.ADMITTING):
        news(antrean, "loket")


@transaction.atomic
def admit(antrean: Antrean) -> None:
    """The record is made; the patient waits for the clinic. Twice is once."""
    antrean.state = Antrean.objects.select_for_update().only("state").get(pk=antrean.pk).state
    if antrean.state == State.ADMISSION:
        move(antrean, State.ADMITTING)
    _to_the_clinic(antrean, State.ADMITTING)


def is_new(antrean: Antrean) -> bool:
    """True when no other registration of this patient has come past admission."""
    others = Antrean.objects.filter(patient_id=antrean.patient_id, state__in=sorted(SEEN_BEFORE))
    return not others.exclude(pk=antrean.pk).exists()


def _to_the_clinic(antrean: Antrean, source: State) -> None:
    if move(antrean, State.CHECKED_IN, sources={source}, **turned(turn_when_late(antrean))):
        news(antrean, "datang")
