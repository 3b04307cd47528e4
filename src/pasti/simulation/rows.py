"""Made-up households as rows of the register's tables, numbered by the rules.

NIK and KK carry serials 9000-9999 only: no number of a living person is ever printed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random

from pasti.civil.rules import kk, nik, sounds
from pasti.civil.rules.names import folded
from pasti.civil.services.bulk import Batch
from pasti.simulation.history import History
from pasti.simulation.households import Household, Resident, households
from pasti.simulation.names import STREETS

FIRST_SERIAL, LAST_SERIAL = 9000, 9999
REGISTER_OPENED = dt.date(2021, 1, 4)
THREE_MONTHS, A_YEAR = dt.timedelta(days=90), dt.timedelta(days=365)
LOOKED_AT = 0.4


@dataclass(frozen=True)
class Settlement:
    """Where people are put: a kelurahan, those of its RT that are filled, and how many people."""

    kelurahan: str
    rts: tuple[str, ...]
    people: int


@dataclass
class Clerk:
    """Gives out ids and numbers, each once."""

    chance: Random
    used: Counter[tuple[str, dt.date, int]] = field(default_factory=Counter)

    def uuid(self) -> str:
        """A version 4 UUID from the generator, as 32 hex digits."""
        bits = self.chance.getrandbits(128)
        return f"{bits & ~(0xF << 76) & ~(0x3 << 62) | (4 << 76) | (2 << 62):032x}"

    def nik(self, region: str, birth: dt.date, sex: int) -> str:
        """The next NIK of this kecamatan, day and sex. Raises OverflowError after a thousand."""
        return nik.build(region, birth, sex, self._serial(region, birth, sex))

    def kk(self, region: str, issued: dt.date) -> str:
        """The next KK number of this kecamatan and day; a full day passes on to the next."""
        while self.used[(region, issued, 0)] > LAST_SERIAL - FIRST_SERIAL:
            issued += dt.timedelta(days=1)
        return kk.build(region, issued, self._serial(region, issued, 0))

    def _serial(self, region: str, day: dt.date, kind: int) -> int:
        # Two centuries share the two digits of the year, so they share the serials.
        key = (region, day.replace(year=2000 + day.year % 100) if (day.month, day.day) != (2, 29) else day, kind)
        serial = FIRST_SERIAL + self.used[key]
        if serial > LAST_SERIAL:
            raise OverflowError(f"a thousand numbers of {region} on {day} are used up")
        self.used[key] += 1
        return serial


def batches(
    seed: int, settlements: Iterable[Settlement], today: dt.date, town: str, size: int = 4000
) -> Iterator[Batch]:
    """Rows of the whole city in batches of about `size` people. Same seed and settlements, same bytes."""
    chance = Random(f"pasti-{seed}")  # noqa: S311 (a city to look at, not a secret)
    clerk, batch = Clerk(chance), Batch()
    past = Past(Random(f"pasti-{seed}-past"), Random(f"pasti-{seed}-looks"), clerk, today)  # noqa: S311
    for settlement in settlements:
        left = settlement.people
        for count, home in enumerate(households(chance, today, town)):
            if left <= 0:
                break
            del home.members[left:]
            left -= len(home.members)
            _add(batch, clerk, home, settlement.rts[count % len(settlement.rts)], today, past)
            if batch.people >= size:
                yield batch
                batch = Batch()
    if batch.people:
        yield batch


class Past:
    """Writes what happened to a home before: with numbers of its own chance, and serials nobody else has.

    `looks` is the chance of the RT's looks at cards, so that who is looked at changes nobody's past.
    """

    def __init__(self, chance: Random, looks: Random, clerk: Clerk, today: dt.date):
        self.history, self.clerk, self.today = History(chance, today), Clerk(chance, clerk.used), today
        self.looks = looks

    def look(self, batch: Batch, family: str, rt: str, known: str) -> dt.date | None:
        """The day the RT last looked at a card, for two in five: in the year before today, after it was `known`."""
        if self.looks.random() > LOOKED_AT:
            return None
        start = max(dt.date.fromisoformat(known[:10]) + dt.timedelta(days=1), self.today - A_YEAR)
        if start >= self.today:
            return None
        at = _stamp(self.looks, start, self.today)
        day = dt.date.fromisoformat(at[:10])
        batch.look(family, rt, day, at)
        return day

    def births(self, batch: Batch, born: list[tuple[str, Resident, str]], family: str, rt: str) -> None:
        """Those of two years, as they were first recorded."""
        for person, one, first in born:
            if self.history.is_recent(one.birth):
                batch.event(self.clerk.uuid(), "birth", person, family, rt, one.birth, first, _registered([person]))

    def arrival(self, batch: Batch, people: list[str], family: str, rt: str, at: str) -> None:
        """A home that came as a whole."""
        day = dt.date.fromisoformat(at[:10])
        batch.event(self.clerk.uuid(), "move_in", people[0], family, rt, day, at, _registered(people))

    def absent(self, batch: Batch, home: Household, family: str, region: str, rt: str) -> None:
        """Those who died or left."""
        chance = self.clerk.chance
        for gone in self.history.absent(home):
            person, one = self.clerk.uuid(), gone.who
            first, then = (
                _stamp(chance, REGISTER_OPENED, REGISTER_OPENED + THREE_MONTHS),
                _stamp(chance, gone.recorded, self.today),
            )
            number = self.clerk.nik(region, one.birth, one.sex)
            _row(batch, person, number, one, rt, gone.last, first, gone.status)
            batch.membership(person, family, one.relation, min(home.formed, gone.last), gone.last, rt, first)
            batch.version(person, 1, one.sex, one.birth, True, 1, rt, one.birth, first)
            batch.version(person, -1, one.sex, one.birth, True, 1, rt, one.birth, then)
            batch.version(person, 1, one.sex, one.birth, True, gone.status, rt, gone.last, then)
            left = [
                {"act": "set", "person": person, "before": {"status_dasar": 1}, "after": {"status_dasar": gone.status}}
            ]
            batch.event(self.clerk.uuid(), gone.kind, person, family, rt, gone.last, then, left)


def _registered(people: list[str]) -> list[dict[str, str]]:
    return [{"act": "register", "person": person} for person in people]


def _add(batch: Batch, clerk: Clerk, home: Household, rt: str, today: dt.date, past: Past) -> None:
    chance = clerk.chance
    region = rt[:8].replace(".", "")
    earliest = max(home.formed, dt.date(2006, 1, 2))
    issued = earliest + dt.timedelta(days=chance.randrange(max(1, (today - earliest).days)))
    stamp = _stamp(chance, max(issued, REGISTER_OPENED), today)
    address, family = clerk.uuid(), clerk.uuid()
    street = f"Jl. {chance.choice(STREETS)}" + (f" Gg. {chance.randint(1, 12)}" if chance.random() < 0.4 else "")
    came = past.history.arrival(home)
    at = _stamp(past.clerk.chance, came, came) if came else ""
    batch.address(address, street, str(chance.randint(1, 160)), rt, at or stamp)
    looked = past.look(batch, family, rt, at or stamp)
    batch.family(family, clerk.kk(region, issued), address, rt, looked, at or stamp)
    made = []
    for one in home.members:
        person, first = _person(batch, clerk, one, region, rt, today, at)
        batch.membership(person, family, one.relation, came or max(issued, one.birth), None, rt, at or stamp)
        made.append((person, one, first))
    if came:
        past.arrival(batch, [person for person, _one, _first in made], family, rt, at)
    else:
        past.births(batch, made, family, rt)
        past.absent(batch, home, family, region, rt)


def _person(
    batch: Batch, clerk: Clerk, one: Resident, region: str, rt: str, today: dt.date, came: str
) -> tuple[str, str]:
    """Write one person and what was known of them over time: a NIK sometimes came a while after the person.

    Returns the id and the moment of the first record: when the person came, for one who came from elsewhere.
    """
    chance, person = clerk.chance, clerk.uuid()
    number = clerk.nik(region, one.birth, one.sex) if chance.random() > 0.006 else None
    opened = max(one.birth, REGISTER_OPENED)
    first = _stamp(chance, opened, min(today, opened + THREE_MONTHS))
    first, since = came or first, dt.date.fromisoformat(came[:10]) if came else one.birth
    _row(batch, person, number, one, rt, since, first, 1)
    late = number is not None and chance.random() < 0.025
    at_once = number is not None and not late
    batch.version(person, 1, one.sex, one.birth, at_once, 1, rt, since, first)
    if late:
        then = _stamp(chance, dt.date.fromisoformat(first[:10]) + dt.timedelta(days=1), today)
        batch.version(person, -1, one.sex, one.birth, False, 1, rt, since, then)
        batch.version(person, 1, one.sex, one.birth, True, 1, rt, since, then)
    batch.people += 1
    return person, first


def _row(
    batch: Batch, person: str, number: str | None, one: Resident, rt: str, since: dt.date, first: str, status: int
) -> None:
    batch.person(
        person, number, one.name, folded(one.name), _array(sounds.keys(one.name)), one.sex, one.birth_place, one.birth,
        one.religion, one.education, one.occupation, one.marital, one.blood, 1, one.father, one.mother, status, rt,
        since, first,
    )  # fmt: skip


def _stamp(chance: Random, start: dt.date, end: dt.date) -> str:
    """A moment in office hours of a day from `start` to `end`, in UTC."""
    day = start + dt.timedelta(days=chance.randrange(max(1, (end - start).days)))
    return f"{day} {chance.randint(1, 8):02}:{chance.randrange(60):02}:{chance.randrange(60):02}+00"


def _array(words: list[str]) -> str:
    """Words of plain letters as an array literal."""
    return "{" + ",".join(words) + "}"
