"""How the hospital's days went, for those who lead it: waits, absence, punctuality, use of places. Names nobody.

Everything comes from the stamps of the steps and the places of the sessions; nothing is entered for a report.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from pasti.kernel import clock
from pasti.purut.models import Poli
from pasti.purut.queries import poli_name

LONGEST = 366  # days of one report


@dataclass(frozen=True)
class Period:
    """The days of a report, both within it."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Wait:
    """Minutes from arrival to the first call: of how many patients, the middle one, and what nine of ten stayed under.

    `code` is short enough to stand under a bar.
    """

    label: str
    patients: int
    median: float
    most: float
    code: str = ""


@dataclass(frozen=True)
class Clinic:
    """A clinic in the period. Shares in percent, None where nothing happened that they could be of."""

    name: str
    sessions: int
    places: int
    taken: int
    booked: int
    seen: int
    absent: int
    on_time: float | None
    late_minutes: float | None

    @property
    def occupancy(self) -> float | None:
        """Places taken of all places."""
        return 100 * self.taken / self.places if self.places else None

    @property
    def no_show(self) -> float | None:
        """Who did not come, of those who came or should have."""
        due = self.seen + self.absent
        return 100 * self.absent / due if due else None


PUNCTUAL = dt.timedelta(minutes=15)
"""A session has begun on time when its first patient is with the doctor at most this late; proposed, as no rule names one."""

# The first call after the first arrival, of registrations of the period's days. `part` is what the waits are told apart by.
_WAITS = """
WITH way AS (
  SELECT a.id, a.poli_id, a.payer,
    min(s.occurred_at) FILTER (WHERE s.step IN ('admission', 'checked_in')) AS arrived,
    min(s.occurred_at) FILTER (WHERE s.step = 'called') AS called
  FROM purut_antrean a JOIN purut_antreanstep s ON s.antrean_id = a.id
  WHERE a.date BETWEEN %(first)s AND %(last)s GROUP BY a.id)
SELECT {part} AS part, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM called - arrived) / 60),
  percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM called - arrived) / 60)
FROM way WHERE arrived IS NOT NULL AND called > arrived GROUP BY 1 ORDER BY 1
"""
_PARTS = {
    "poli": "poli_id",
    "hour": "to_char(arrived AT TIME ZONE %(zone)s, 'HH24')",
    "payer": "payer",
    "all": "''",
}
_CLINICS = """
WITH began AS (
  SELECT a.sesi_id, min(s.occurred_at) AS at FROM purut_antrean a JOIN purut_antreanstep s ON s.antrean_id = a.id
  WHERE a.date BETWEEN %(first)s AND %(last)s AND s.step = 'serving' GROUP BY 1),
of_sessions AS (
  SELECT t.poli_id, count(*) AS sessions, sum(t.quota_online + t.quota_walkin) AS places,
    sum(t.used_online + t.used_walkin) AS taken,
    100.0 * count(*) FILTER (WHERE b.at <= t.starts_at + %(punctual)s) / nullif(count(b.at), 0) AS on_time,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM b.at - t.starts_at) / 60) FILTER (WHERE b.at IS NOT NULL)
      AS late
  FROM purut_sesi t LEFT JOIN began b ON b.sesi_id = t.id
  WHERE t.date BETWEEN %(first)s AND %(last)s AND t.state <> 'cancelled' GROUP BY 1),
of_patients AS (
  SELECT poli_id, count(*) AS booked, count(*) FILTER (WHERE state = 'no_show') AS absent,
    count(*) FILTER (WHERE state IN ('serving', 'pharmacy', 'preparing', 'ready', 'done')) AS seen
  FROM purut_antrean WHERE date BETWEEN %(first)s AND %(last)s GROUP BY 1)
SELECT s.poli_id, s.sessions, s.places, s.taken, coalesce(p.booked, 0), coalesce(p.seen, 0), coalesce(p.absent, 0),
  s.on_time, s.late
FROM of_sessions s LEFT JOIN of_patients p USING (poli_id) ORDER BY 1
"""


def waits(period: Period, part: str) -> list[Wait]:
    """Waits told apart by `poli`, `hour` of arrival (WIB) or `payer`; `all` together is one row, or none."""
    rows = _rows(_WAITS.format(part=_PARTS[part]), period)
    names = {code: f"{name} ({code})" for code, name in _names().items()} if part == "poli" else {}
    return [
        Wait(names.get(str(key), str(key)), count, float(median), float(most), str(key))
        for key, count, median, most in rows
    ]


def clinics(period: Period) -> list[Clinic]:
    """Each clinic that had a session in the period, by its code."""
    names = _names()
    return [
        Clinic(names[code], sessions, places, taken, booked, seen, absent, _number(on_time), _number(late))
        for code, sessions, places, taken, booked, seen, absent, on_time, late in _rows(_CLINICS, period)
    ]


def _names() -> dict[str, str]:
    return {one.pk: poli_name(one) for one in Poli.objects.all()}


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _rows(sql: str, period: Period) -> Sequence[tuple[Any, ...]]:
    values: dict[str, Any] = {
        "first": period.first,
        "last": period.last,
        "zone": clock.city_zone().key,
        "punctual": PUNCTUAL,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
