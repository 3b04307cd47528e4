"""How the number of people changed: month by month (LAMPID: lahir, mati, pindah, datang) and over time.

A month is what was recorded in it, so that what it opens and closes with is the ledger's sum at that moment, and last
year's report can be made again. An event taken back within its month never was; one taken back later is among `other`
in the month of the taking back.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from pasti.civil.queries import statistics as counts
from pasti.civil.rules import small_cells
from pasti.civil.rules.small_cells import Cells
from pasti.kernel import clock

BIRTHS, DEATHS, ARRIVALS, DEPARTURES, OTHER = 1, 2, 3, 4, 5
KINDS = (BIRTHS, DEATHS, ARRIVALS, DEPARTURES, OTHER)
ADDS = {BIRTHS: 1, DEATHS: -1, ARRIVALS: 1, DEPARTURES: -1, OTHER: 1}
SEXES = (counts.MEN, counts.WOMEN)


@dataclass(frozen=True)
class Row:
    """Men, women and both; None where hidden."""

    kind: int
    men: int | None
    women: int | None
    total: int | None


@dataclass(frozen=True)
class Lampid:
    """One area's report of a month: the people on its first day, what changed, the people on its last."""

    area: str
    month: dt.date
    opening: Row
    changes: tuple[Row, ...]
    closing: Row

    @property
    def hides(self) -> bool:
        """Whether any number is hidden."""
        return any(None in (row.men, row.women, row.total) for row in (self.opening, *self.changes, self.closing))


@dataclass
class _Flow:
    """What was read of one area: people now and what changed since, by month."""

    now: dict[int, int]
    net: dict[tuple[dt.date, int], int]
    events: dict[tuple[dt.date, int, int], int]

    def closing(self, month: dt.date, sex: int) -> int:
        """The people at the end of the month: those of now without what came after."""
        return self.now.get(sex, 0) - sum(n for (then, one), n in self.net.items() if one == sex and then > month)

    def changed(self, month: dt.date, kind: int, sex: int) -> int:
        """How many, of one kind; OTHER is what no event explains: imports, direct registration, corrections."""
        if kind != OTHER:
            return self.events.get((month, kind, sex), 0)
        told = sum(ADDS[one] * self.events.get((month, one, sex), 0) for one in KINDS if one != OTHER)
        return self.net.get((month, sex), 0) - told


def lampid(code: str, month: dt.date) -> Lampid:
    """The mutation report of an area for the month that `month` is in. Raises NotFound as `counts.area`."""
    first = month.replace(day=1)
    counts.area(code)
    flows = _flows(code, first, events=True)
    own = flows(code)
    hidden = small_cells.NOTHING if counts.sees_all(code) else _hidden(code, first, flows)
    changes = tuple(_row(kind, {sex: own.changed(first, kind, sex) for sex in SEXES}, hidden) for kind in KINDS)
    closing = {sex: own.closing(first, sex) for sex in SEXES}
    opening = {sex: closing[sex] - own.net.get((first, sex), 0) for sex in SEXES}
    return Lampid(code, first, _row(0, opening, hidden), changes, _row(0, closing, hidden))


def series(code: str, last: dt.date, count: int = 24) -> list[tuple[dt.date, int | None]]:
    """How many people at the end of each of `count` months up to the one `last` is in; the present month as it is now."""
    counts.area(code)
    months = list(months_before(last, count))
    own = _flows(code, months[0])(code)
    people = [sum(own.closing(month, sex) for sex in SEXES) for month in months]
    small = not counts.sees_all(code) and any(0 < one < small_cells.LEAST for one in people)
    return [(month, None if small else one) for month, one in zip(months, people, strict=True)]


def last_told(today: dt.date) -> dt.date:
    """The first day of the newest month that is over and in which somebody was born, died, came or went; without one, of
    the present month. Of the whole city, so that it tells nothing about an area."""
    month = today.replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT civil_last_told(%s)", [clock.start_of_day(month)])
        (last,) = cursor.fetchone()
    return last.astimezone(clock.city_zone()).date().replace(day=1) if last else month


def months_before(last: dt.date, count: int) -> Iterator[dt.date]:
    """The first days of `count` months up to the one `last` is in, oldest first."""
    number = last.year * 12 + last.month - 1
    for one in range(number - count + 1, number + 1):
        yield dt.date(one // 12, one % 12 + 1, 1)


class _Flows:
    """What was read once, for any area of it."""

    def __init__(self, rows: list[tuple[str, dt.date | None, str, str, str, int, int]]):
        self._rows = rows
        self.places = {place for what, _month, _kind, place, _to, _sex, _people in rows if what == "now"}

    def __call__(self, code: str) -> _Flow:
        """Of one area: who moved within it neither came nor went."""
        flow = _Flow(defaultdict(int), defaultdict(int), defaultdict(int))
        for what, month, kind, place, target, sex, people in self._rows:
            here, there = counts.inside(place, code), counts.inside(target, code)
            if what == "now" and here:
                flow.now[sex] += people
            elif what == "net" and here and month:
                flow.net[month, sex] += people
            elif what == "event" and month and here != there:
                flow.events[month, _kind(kind, here), sex] += people
        return flow


def _kind(told: str, left: bool) -> int:
    return {"birth": BIRTHS, "death": DEATHS}.get(told, DEPARTURES if left else ARRIVALS)


_PEOPLE = """SELECT 'now', NULL::date, '', place, '', second, sum(people)::int
  FROM civil_tally_read(%(area)s, %(depth)s, %(kind)s, %(today)s) GROUP BY place, second
UNION ALL SELECT 'net', month, '', place, '', sex, people::int
  FROM civil_ledger_net(%(area)s, %(depth)s, %(since)s, 'infinity', %(zone)s)"""
_EVENTS = """
UNION ALL SELECT 'event', month, kind, source, target, sex, people::int
  FROM civil_mutations(%(area)s, %(depth)s, %(since)s, %(until)s, %(zone)s)"""


def _flows(code: str, first: dt.date, *, events: bool = False) -> _Flows:
    """People now and what changed in the ledger since the month `first`, on request with the events of that month alone.
    In one statement: all of one moment."""
    whole = code if counts.sees_all(code) else counts.city_of(code)
    depth = max(counts.KELURAHAN, counts.depth_of(code))
    after = (first + dt.timedelta(days=32)).replace(day=1)
    values = {"area": whole, "depth": depth, "kind": 18, "today": clock.today(), "since": clock.start_of_day(first),
              "until": clock.start_of_day(after), "zone": settings.TIME_ZONE}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE + _EVENTS if events else _PEOPLE, values)
        return _Flows(cursor.fetchall())


def _hidden(code: str, month: dt.date, flows: _Flows) -> small_cells.Pattern:
    """What an outsider may not see: small numbers of what happened, so that neither sex nor kind can be told apart."""

    def table(place: str) -> Cells:
        flow = flows(place)
        return {(kind, sex): abs(flow.changed(month, kind, sex)) for kind in KINDS for sex in SEXES}

    return small_cells.of_area(code, flows.places, table)


def _row(kind: int, people: dict[int, int], hidden: small_cells.Pattern) -> Row:
    if kind == 0:  # how many people there are is no small number, but for an area without people
        return Row(0, people[counts.MEN], people[counts.WOMEN], sum(people.values()))
    men, women = (None if hidden.everything or (kind, sex) in hidden.cells else people[sex] for sex in SEXES)
    return Row(kind, men, women, None if hidden.everything or kind in hidden.rows else sum(people.values()))
