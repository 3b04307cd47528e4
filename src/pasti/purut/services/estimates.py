"""Telling patients when they will be called, keeping what was told, and scoring it afterwards.

How much is written is bounded: a registration gets an estimate when there is none since it came, and after that only when
the last one is no longer true enough (`rules.estimate.moved`) and at least `PAUSE` old. With quotas of 30 that is some
hundred rows a session at the most, however often it is called.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction

from pasti.kernel.clock import now, today
from pasti.kernel.outbox.models import StoredEvent
from pasti.purut.models import Antrean, Estimate, Hospital, Sesi
from pasti.purut.queries import estimates as known
from pasti.purut.rules import estimate as rule
from pasti.purut.rules.order import in_order
from pasti.purut.rules.stamps import Session, turns
from pasti.purut.rules.states import WAITING, State
from pasti.purut.services.line import place_of, recent_calls

PAUSE = dt.timedelta(minutes=5)
SCORED_WITHIN = dt.timedelta(days=14)  # an offline counter hands in late, but not later
MOVES = {State.CHECKED_IN, State.CALLED}


def heard(event: StoredEvent) -> None:
    """Somebody came or was called: have that session estimated anew, away from what carries calls to patients."""
    from pasti.purut.jobs.estimates import renew_soon

    if event.payload.get("state", State.CALLED) in MOVES:
        for sesi_id in Antrean.objects.filter(code=event.payload["code"]).values_list("sesi_id", flat=True):
            renew_soon(sesi_id)


def renew_running() -> int:
    """Estimate anew for today's sessions in which somebody waits; returns how many estimates were written."""
    waiting = Antrean.objects.filter(date=today(), state__in=sorted(WAITING)).values_list("sesi_id", flat=True)
    return sum(renew(sesi_id) for sesi_id in waiting.order_by("sesi_id").distinct())


@transaction.atomic
def renew(sesi_id: int) -> int:
    """Estimate for everyone of today's session who waits or is expected; returns how many estimates were written.

    Safe to repeat and under two at once: what has not moved is not written again.
    """
    sesi = Sesi.objects.filter(pk=sesi_id, date=today()).exclude(state=Sesi.State.CANCELLED).first()
    if sesi is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 31))", [f"purut.estimate:{sesi_id}"])
    # Taken now and not later: a step recorded meanwhile is in the next run.
    moment = now()
    session = known.as_known(sesi_id).whole()
    habits = rule.learn([one.whole() for one in known.past_of(sesi.dokter_id, sesi.date)], sesi.minutes)
    rows = {row.number: row for row in Antrean.objects.filter(sesi_id=sesi_id, state__in=sorted(known.TOLD))}
    made = _forecast(sesi, session, habits, moment, rows.values())
    arrived = {way.number: _moment(sesi, way.arrived) for way in session.ways if way.arrived is not None}
    told = {one.antrean_id: one for one in known.newest(row.pk for row in rows.values())}
    fresh = [
        _row(sesi, rows[one.number], one, moment, _basis(session, habits))
        for one in made
        if one.number in rows
        and _is_news(sesi, told.get(rows[one.number].pk), one, moment, arrived.get(one.number))
    ]  # fmt: skip
    Estimate.objects.bulk_create(fresh)
    return len(fresh)


def score() -> int:
    """Score every estimate of the last days before today whose patient was called; returns how many. Safe to repeat.

    Only what was told to somebody who had come is scored: for others it said when the turn would reach the number.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SCORE, {"today": today(), "since": today() - SCORED_WITHIN, "now": now()})
        return int(cursor.rowcount)


_SCORE = """
INSERT INTO purut_estimatescore (estimate_id, called_at, error_minutes, inside, first, recorded_at)
SELECT e.id, w.called, abs(extract(epoch FROM w.called - e.point)) / 60, w.called BETWEEN e.lower AND e.upper,
  e.id = min(e.id) OVER (PARTITION BY e.antrean_id), %(now)s
FROM purut_estimate e
JOIN purut_antrean a ON a.id = e.antrean_id
JOIN purut_sesi d ON d.id = a.sesi_id
CROSS JOIN LATERAL (
  SELECT min(s.occurred_at) FILTER (WHERE s.step = 'checked_in') AS arrived,
    min(s.occurred_at) FILTER (WHERE s.step = 'called') AS called
  FROM purut_antreanstep s WHERE s.antrean_id = e.antrean_id) w
WHERE d.date >= %(since)s AND d.date < %(today)s AND e.made_at >= w.arrived AND e.made_at <= w.called
  AND NOT EXISTS (SELECT 1 FROM purut_estimatescore t JOIN purut_estimate u ON u.id = t.estimate_id
    WHERE u.antrean_id = e.antrean_id)
ON CONFLICT DO NOTHING
"""


def _forecast(
    sesi: Sesi, session: Session, habits: rule.Habits, moment: dt.datetime, rows: Iterable[Antrean]
) -> list[rule.Estimate]:
    ratio = Hospital.objects.values_list("priority_ratio", flat=True).first() or 3
    line = in_order(map(place_of, rows), recent_calls(sesi.pk, ratio), ratio)
    minutes = (moment - sesi.starts_at).total_seconds() / 60
    return rule.forecast(minutes, session, habits, ratio=ratio, order=[one.number for one in line])


def _is_news(
    sesi: Sesi, told: Estimate | None, made: rule.Estimate, moment: dt.datetime, arrived: dt.datetime | None
) -> bool:
    if told is None or (arrived is not None and told.made_at < arrived):
        return True
    minutes = [(at - sesi.starts_at).total_seconds() / 60 for at in (told.lower, told.point, told.upper, moment)]
    before = rule.Estimate(made.number, told.ahead, *minutes[:3])
    return told.made_at <= moment - PAUSE and rule.moved(before, made, minutes[3])


def _row(sesi: Sesi, antrean: Antrean, made: rule.Estimate, moment: dt.datetime, basis: str) -> Estimate:
    return Estimate(
        antrean=antrean, made_at=moment, ahead=made.ahead, basis=basis, lower=max(moment, _moment(sesi, made.lower)),
        point=max(moment, _moment(sesi, made.point)), upper=max(moment, _moment(sesi, made.upper)),
    )  # fmt: skip


def _basis(session: Session, habits: rule.Habits) -> str:
    if turns(session.ways):
        return Estimate.Basis.TODAY
    return Estimate.Basis.HISTORY if habits.sessions else Estimate.Basis.SCHEDULE


def _moment(sesi: Sesi, minutes: float) -> dt.datetime:
    return sesi.starts_at + dt.timedelta(minutes=minutes)
