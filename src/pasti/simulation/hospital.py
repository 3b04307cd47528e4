"""Weeks of a hospital at work: past sessions from the booking to the last patient, and today's as far as it has come.

Each doctor has a habit of `purut.rules.day`; the stamps are those the services would have written. So the manager's
figures and the estimates of waiting time have something to go on from the first start.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from pasti.kernel.clock import now, today
from pasti.platform.database import owner_connection
from pasti.purut.models import Jadwal
from pasti.purut.rules import numbers
from pasti.purut.rules.day import HABITS, Crowd, Day, Plan, simulate
from pasti.purut.rules.estimate import Habits, forecast, learn
from pasti.purut.rules.evaluation import Past
from pasti.purut.rules.stamps import Session
from pasti.purut.rules.states import State
from pasti.purut.services import bulk, estimates

PAST_DAYS = 14
PATIENTS, FEWEST = 600, 200
ELDERLY = 60
CROWD = Crowd(no_show=0.12)
ABSENT_AFTER = dt.timedelta(hours=17)  # after the start of a session: the night in which absences are recorded


def fill(spare: Sequence[UUID], seed: int = 1) -> int:
    """Fill past sessions and today's; returns the registrations made. Doing it again on the same day makes none.

    None of the people `spare` becomes a patient: the demo's resident begins without registrations.
    """
    day, schedules = today(), list(Jadwal.objects.filter(active=True).select_related("dokter"))
    first = day - dt.timedelta(days=PAST_DAYS)
    with owner_connection() as connection:
        if not schedules or _worked(connection, day):
            return 0
        past = [first + dt.timedelta(days=n) for n in range(PAST_DAYS)]
        if not _worked(connection, first, day - dt.timedelta(days=1)):
            bulk.open_past(connection, schedules, past)
        held = bulk.empty_sessions(connection, first, day)
        patients = bulk.patients(connection, spare, PATIENTS)
        if len(patients) < FEWEST:
            return 0
        writer = _Writer(Random(f"{seed}:{day}"), patients, now())  # noqa: S311 a fictional hospital
        told_on = max((one.date for one in held if one.date < day), default=day)
        made = [row for one in held for row in writer.session(one, told=one.date == told_on)]
        _write(connection, made)
        bulk.take_places(connection, first, day)
    estimates.score()
    estimates.renew_running()
    return len(made)


def _worked(connection: Any, first: dt.date, last: dt.date | None = None) -> bool:
    return bool(connection.execute(
        "SELECT 1 FROM purut_sesi WHERE date BETWEEN %s AND %s AND last_number > 0 LIMIT 1", [first, last or first]
    ).fetchone())  # fmt: skip


def _write(connection: Any, made: list[_Rows]) -> None:
    numbered = list(zip(bulk.ids(connection, len(made)), made, strict=True))
    bulk.copy(connection, "purut_antrean", bulk.ANTREAN, ((at, *one.antrean) for at, one in numbered))
    bulk.copy(connection, "purut_antreanstep", bulk.STEP, ((at, *row) for at, one in numbered for row in one.steps))
    bulk.copy(connection, "purut_estimate", bulk.ESTIMATE, ((at, *row) for at, one in numbered for row in one.told))


@dataclass(frozen=True)
class _Rows:
    """A registration, its steps, and what its patient was told; all without the registration's id."""

    antrean: tuple[Any, ...]
    steps: list[tuple[Any, ...]]
    told: list[tuple[Any, ...]]


class _Writer:
    """Turns simulated days into rows, each patient at most once a clinic and day."""

    def __init__(self, chance: Random, patients: list[tuple[int, dt.date]], moment: dt.datetime) -> None:
        self.chance, self.patients, self.moment, self.day = chance, patients, moment, today()
        self.seen: dict[tuple[str, dt.date], set[int]] = {}
        self.habits: dict[str, str] = {}
        self.past: dict[str, list[Session]] = {}

    def session(self, held: bulk.Held, *, told: bool) -> Iterator[_Rows]:
        """The registrations of one session, the oldest session first; `told` when arrivals got an estimate."""
        places = held.places["quota_jkn"] + held.places["quota_nonjkn"]
        booked = round(places * self.chance.uniform(0.55, 0.85))
        habit = self.habits.setdefault(held.dokter, list(HABITS)[len(self.habits) % len(HABITS)])
        made = simulate(Plan(held.minutes, booked), HABITS[habit], CROWD, self.chance)
        people = self._people(held, made, booked)
        payers = self._mixed(held, "jkn", "umum", "quota_jkn", "quota_nonjkn")
        channels = self._mixed(held, "", "loket", "quota_online", "quota_walkin")
        before, whole = self.past.setdefault(held.dokter, []), Past(held.minutes, made.stamps, made.priorities)
        habits = learn(before, held.minutes) if told else None
        before.append(whole.whole())
        for number, (norm, priority), payer, channel in zip(
            range(1, booked + 1), people, payers, channels, strict=False
        ):
            channel = channel or self.chance.choice(("web", "mjkn", "web"))
            row, steps = self._antrean(held, made, number, norm, priority, payer, channel)
            yield _Rows(row, steps, self._told(held, whole, number, habits) if habits else [])

    def _told(self, held: bulk.Held, session: Past, number: int, habits: Habits) -> list[tuple[Any, ...]]:
        """What this patient of a past session was told on arrival."""
        came = next((one.at for one in session.stamps if (one.number, one.step) == (number, State.CHECKED_IN)), None)
        if came is None:
            return []
        found = next((one for one in forecast(came, session.until(came), habits) if one.number == number), None)
        if found is None:  # called the moment they came
            return []
        at, lower, point, upper = (
            held.starts_at + dt.timedelta(minutes=one) for one in (came, found.lower, found.point, found.upper)
        )
        return [(at, found.ahead, point, max(at, lower), upper, "riwayat")]

    def _antrean(
        self, held: bulk.Held, day: Day, number: int, norm: int, priority: str, payer: str, channel: str
    ) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
        stamps = [
            (one.step, held.starts_at + dt.timedelta(minutes=one.at))
            for one in day.stamps if one.number == number and one.step != State.BOOKED
        ]  # fmt: skip
        came = stamps[0][1] if stamps else held.starts_at
        ahead = dt.timedelta(minutes=3) if channel == "loket" else dt.timedelta(hours=self.chance.uniform(14, 200))
        booked_at = min(came - ahead, self.moment)
        known = [(State.BOOKED, booked_at), *(one for one in stamps if one[1] <= self.moment)]
        if held.date < self.day and known[-1][0] == State.BOOKED:
            known.append((State.NO_SHOW, min(held.starts_at + ABSENT_AFTER, self.moment)))
        calls = sum(step == State.CALLED for step, _ in known)
        referral = f"RSUD{held.id:06}R{number:04}" if payer == "jkn" else ""
        row = (
            numbers.booking_code(self.chance.choice), held.id, held.poli, held.date, norm, number, payer,
            self.chance.choice((1, 1, 3)), referral, priority, channel, None, str(known[-1][0]), calls,
            f"ruang {held.poli.lower()}" if calls else "", booked_at, booked_at,
        )  # fmt: skip
        return row, [(str(step), at, at, None) for step, at in known]

    def _people(self, held: bulk.Held, made: Day, booked: int) -> Iterator[tuple[int, str]]:
        """A patient for each number: elderly ones where the day has a priority patient."""
        taken = self.seen.setdefault((held.poli, held.date), set())
        old = held.date.replace(year=held.date.year - ELDERLY, day=min(28, held.date.day))
        left = [one for one in self.patients if one[0] not in taken]
        self.chance.shuffle(left)
        elders = [norm for norm, born in left if born <= old]
        others = [norm for norm, born in left if born > old]
        for number in range(1, booked + 1):
            elder = (number in made.priorities and elders) or not others
            norm = elders.pop() if elder else others.pop()
            taken.add(norm)
            yield norm, "lansia" if elder else ""

    def _mixed(self, held: bulk.Held, one: str, other: str, quota: str, other_quota: str) -> list[str]:
        mixed = [one] * held.places[quota] + [other] * held.places[other_quota]
        self.chance.shuffle(mixed)
        return mixed
