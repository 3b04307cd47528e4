"""Sessions come from the weekly schedules, and end with the day."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

from django.db import transaction

from pasti.kernel.clock import city_zone, now, today
from pasti.kernel.errors import Refused
from pasti.purut.models import Antrean, Hospital, Jadwal, Sesi
from pasti.purut.rules import times
from pasti.purut.rules.states import BEFORE_SEEN, State
from pasti.purut.services.steps import move

QUOTAS = ("quota_jkn", "quota_nonjkn", "quota_online", "quota_walkin")


@transaction.atomic
def ensure_sessions() -> int:
    """Make the sessions of the booking horizon that are missing; returns how many. Safe to repeat and to race."""
    # Locked, so that of two at once the second waits and counts only what it made itself.
    horizon = Hospital.objects.select_for_update().values_list("horizon_days", flat=True).first()
    if horizon is None:
        return 0
    first = today()
    wanted = [
        session_on(jadwal, day)
        for jadwal in Jadwal.objects.filter(active=True).select_related("dokter")
        for day in times.dates({jadwal.weekday}, first, first + dt.timedelta(days=horizon))
    ]
    before = Sesi.objects.count()
    Sesi.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=1000)
    return Sesi.objects.count() - before


def session_on(jadwal: Jadwal, day: dt.date) -> Sesi:
    """The session a schedule makes on one day, not yet stored."""
    zone = city_zone()
    return Sesi(
        jadwal=jadwal, poli_id=jadwal.dokter.poli_id, dokter=jadwal.dokter, date=day, minutes=jadwal.minutes,
        starts_at=times.moment(day, jadwal.starts, zone), ends_at=times.moment(day, jadwal.ends, zone),
        **{name: getattr(jadwal, name) for name in QUOTAS},
    )  # fmt: skip


def mark_no_shows() -> int:
    """After a session's day: who booked and never came, or was skipped and never came back. Returns how many."""
    marked = 0
    late = Antrean.objects.filter(sesi__ends_at__lt=now(), date__lt=today())
    for antrean in late.filter(state__in=sorted(BEFORE_SEEN - {State.CALLED})).select_related("poli", "patient")[:2000]:
        with suppress(Refused), transaction.atomic():  # refused: somebody cancelled it meanwhile
            marked += move(antrean, State.NO_SHOW)
    return marked
