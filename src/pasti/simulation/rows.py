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
from pasti.simulation.households import Household, Resident, households
from pasti.simulation.names import STREETS

FIRST_SERIAL, LAST_SERIAL = 9000, 9999
REGISTER_OPENED = dt.date(2021, 1, 4)
THREE_MONTHS = dt.timedelta(days=90)
TABLES: dict[str, tuple[str, ...]] = {
    "civil_address": ("id", "street", "number", "rt_code", "recorded_at"),
    "civil_family": ("id", "number", "address_id", "rt_code", "recorded_at"),
    "civil_person": (
        "id", "nik", "name", "name_search", "name_sounds", "sex", "birth_place", "birth_date", "religion", "education", "occupation",
        "marital_status", "blood_type", "citizenship", "father_name", "mother_name", "status_dasar", "rt_code",
        "valid_from", "recorded_at",
    ),
    "civil_personversion": (
        "person_id", "sign", "sex", "birth_date", "has_nik", "status_dasar", "rt_code", "valid_from", "recorded_at",
    ),
    "civil_membership": ("person_id", "family_id", "relation", "starts", "ends", "rt_code", "recorded_at"),
}  # fmt: skip


@dataclass(frozen=True)
class Settlement:
    """Where people are put: a kelurahan, those of its RT that are filled, and how many people."""

    kelurahan: str
    rts: tuple[str, ...]
    people: int


@dataclass
class Batch:
    """Lines in PostgreSQL's COPY text format by table, and how many people they hold."""

    lines: dict[str, list[str]] = field(default_factory=lambda: {table: [] for table in TABLES})
    people: int = 0


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
    for settlement in settlements:
        left = settlement.people
        for count, home in enumerate(households(chance, today, town)):
            if left <= 0:
                break
            del home.members[left:]
            left -= len(home.members)
            _add(batch, clerk, home, settlement.rts[count % len(settlement.rts)], today)
            if batch.people >= size:
                yield batch
                batch = Batch()
    if batch.people:
        yield batch


def _add(batch: Batch, clerk: Clerk, home: Household, rt: str, today: dt.date) -> None:
    chance = clerk.chance
    region = rt[:8].replace(".", "")
    earliest = max(home.formed, dt.date(2006, 1, 2))
    issued = earliest + dt.timedelta(days=chance.randrange(max(1, (today - earliest).days)))
    stamp = _stamp(chance, max(issued, REGISTER_OPENED), today)
    address, family = clerk.uuid(), clerk.uuid()
    street = f"Jl. {chance.choice(STREETS)}" + (f" Gg. {chance.randint(1, 12)}" if chance.random() < 0.4 else "")
    _line(batch, "civil_address", address, street, str(chance.randint(1, 160)), rt, stamp)
    _line(batch, "civil_family", family, clerk.kk(region, issued), address, rt, stamp)
    for one in home.members:
        person = _person(batch, clerk, one, region, rt, today)
        _line(batch, "civil_membership", person, family, one.relation, max(issued, one.birth), None, rt, stamp)


def _person(batch: Batch, clerk: Clerk, one: Resident, region: str, rt: str, today: dt.date) -> str:
    """Write one person and what was known of them over time: a NIK sometimes came a while after the person."""
    chance, person = clerk.chance, clerk.uuid()
    number = clerk.nik(region, one.birth, one.sex) if chance.random() > 0.006 else None
    opened = max(one.birth, REGISTER_OPENED)
    first = _stamp(chance, opened, min(today, opened + THREE_MONTHS))
    _line(
        batch, "civil_person", person, number, one.name, folded(one.name), _array(sounds.keys(one.name)), one.sex,
        one.birth_place, one.birth,
        one.religion, one.education, one.occupation, one.marital, one.blood, 1, one.father, one.mother, 1, rt,
        one.birth, first,
    )  # fmt: skip
    late = number is not None and chance.random() < 0.025
    at_once = number is not None and not late
    _line(batch, "civil_personversion", person, 1, one.sex, one.birth, at_once, 1, rt, one.birth, first)
    if late:
        then = _stamp(chance, dt.date.fromisoformat(first[:10]) + dt.timedelta(days=1), today)
        _line(batch, "civil_personversion", person, -1, one.sex, one.birth, False, 1, rt, one.birth, then)
        _line(batch, "civil_personversion", person, 1, one.sex, one.birth, True, 1, rt, one.birth, then)
    batch.people += 1
    return person


def _stamp(chance: Random, start: dt.date, end: dt.date) -> str:
    """A moment in office hours of a day from `start` to `end`, in UTC."""
    day = start + dt.timedelta(days=chance.randrange(max(1, (end - start).days)))
    return f"{day} {chance.randint(1, 8):02}:{chance.randrange(60):02}:{chance.randrange(60):02}+00"


def _array(words: list[str]) -> str:
    """Words of plain letters as an array literal."""
    return "{" + ",".join(words) + "}"


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _line(batch: Batch, table: str, *values: object) -> None:
    batch.lines[table].append("\t".join([_text(value) for value in values]) + "\n")


def _text(value: object) -> str:
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    return str(value).translate(_ESCAPES) if type(value) is str else str(value)
