"""What is known of sessions and of doctors' habits, and what patients were last told about their waiting time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet

from pasti.kernel.clock import now, today
from pasti.purut.models import Antrean, AntreanStep, Estimate, Sesi
from pasti.purut.rules import times
from pasti.purut.rules.estimate import SESSIONS
from pasti.purut.rules.evaluation import Past
from pasti.purut.rules.stamps import Stamp
from pasti.purut.rules.states import BEFORE_SEEN, State

# Whom an estimate still says something.
TOLD = BEFORE_SEEN - {State.CALLED}
# The stamps of the pharmacy say nothing of the clinic but its end, which the first of them marks.
SAYS_NOTHING = (State.ADMISSION, State.ADMITTING, State.PREPARING, State.READY)


def past_of(dokter_id: str, before: dt.date) -> list[Past]:
    """The last sessions of a doctor before a day, the oldest first. Two queries."""
    held = Sesi.objects.filter(dokter_id=dokter_id, date__lt=before, last_number__gt=0).exclude(
        state=Sesi.State.CANCELLED
    )
    return _sessions(list(held.order_by("-date", "-id").values_list("id", flat=True)[:SESSIONS]))


def as_known(sesi_id: int) -> Past:
    """One session with the stamps it has until now. One query."""
    found = _sessions([sesi_id])
    return found[0] if found else Past(0, ())


def replayable() -> Iterator[tuple[str, list[Past]]]:
    """Each doctor of the hospital with all past sessions, the oldest first, to see how estimates would have fared."""
    ids = Sesi.objects.filter(date__lt=today()).order_by("dokter_id", "date", "id").values_list("dokter_id", "id")
    for dokter, rows in groupby(ids, key=lambda row: row[0]):
        yield dokter, _sessions([sesi for _, sesi in rows])


def newest(antreans: Iterable[int]) -> QuerySet[Estimate]:
    """The last estimate of each registration."""
    return Estimate.objects.filter(antrean_id__in=list(antreans)).order_by("antrean_id", "-id").distinct("antrean_id")


def told_to(norm: int) -> list[dict[str, Any]]:
    """All estimates a patient was given, for that patient's own copy."""
    return [
        {"catatan": "perkiraan waktu panggil", "kode": one.antrean.code, "dibuat_pada": one.made_at, "mulai": one.lower,
         "tengah": one.point, "selesai": one.upper, "di_depan": one.ahead, "dasar": one.basis}
        for one in Estimate.objects.filter(antrean__patient_id=norm).select_related("antrean").order_by("id")
    ]  # fmt: skip


def windows(rows: Iterable[Antrean]) -> dict[int, times.Window]:
    """The time each registration can expect, by its id: from the way today's session goes, else from the schedule.

    One query for all of them, none when no session of today is among them.
    """
    rows = list(rows)
    moment, day = now(), today()
    live = [row.pk for row in rows if row.date == day and row.state in TOLD]
    told = {one.antrean_id: one for one in newest(live)} if live else {}
    return {row.pk: _window(row, told.get(row.pk), moment) for row in rows}


def _window(row: Antrean, told: Estimate | None, moment: dt.datetime) -> times.Window:
    if told is None:
        return times.window(row.sesi.starts_at, row.sesi.minutes, row.number)
    # A window that has begun begins now; one that has passed is over any moment.
    begins = max(told.lower, moment)
    return times.Window(begins, max(told.upper, begins + times.SHORTEST), told.made_at)


def _sessions(ids: list[int]) -> list[Past]:
    """The stamps of these sessions in minutes after their start, by the order of their days."""
    rows = (
        AntreanStep.objects.filter(~Q(step__in=SAYS_NOTHING), antrean__sesi_id__in=ids)
        .order_by("antrean__sesi__starts_at", "antrean__sesi_id", "id")
        .values_list(
            "antrean__sesi_id", "antrean__number", "step", "occurred_at", "antrean__priority", "antrean__sesi__starts_at",
            "antrean__sesi__minutes",
        )
    )  # fmt: skip
    found = []
    for _, group in groupby(rows, key=lambda row: row[0]):
        steps = list(group)
        stamps = [
            Stamp((at - starts).total_seconds() / 60, number, State(step))
            for _, number, step, at, _, starts, _ in steps
        ]
        found.append(Past(steps[0][6], stamps, frozenset(row[1] for row in steps if row[4])))
    return found
