"""Families that could be: who lives with whom, how old, married to whom, schooled and working how.

Pure: everything comes from the random generator that is handed in. Codes are those of the official lists.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from pasti.simulation.names import FEMALE, MALE, TOWNS, person_name

HEAD, WIFE, CHILD, IN_LAW, GRANDCHILD, PARENT, OTHER_KIN = 1, 3, 4, 5, 6, 7, 9
SINGLE, MARRIED, DIVORCED, WIDOWED = 1, 2, 3, 4
ADULT = 17


@dataclass
class Resident:
    """One made-up person before numbers are given. Dates are dates, codes are official codes."""

    sex: int
    birth: dt.date
    relation: int
    marital: int
    name: str = ""
    birth_place: str = ""
    religion: int = 1
    education: int = 1
    occupation: int = 1
    blood: int = 13
    father: str = ""
    mother: str = ""


@dataclass
class Household:
    """Those on one family card, head first; `formed` is when the card could first have been issued."""

    formed: dt.date
    members: list[Resident] = field(default_factory=list)


def households(chance: Random, today: dt.date, town: str) -> Iterator[Household]:
    """Households without end. The first is always a couple with two children at school."""
    yield _finish(chance, _couple(chance, today, head_age=38, children=[12, 7]), today, town)
    while True:
        yield _finish(chance, _any(chance, today), today, town)


def _any(chance: Random, today: dt.date) -> Household:
    draw, age = chance.random(), _head_age(chance)
    if draw < 0.72 and age >= 20:
        return _couple(chance, today, age, None)
    if draw < 0.88:
        return _lone_parent(chance, today, max(age, 26))
    return _alone(chance, today, age)


def _head_age(chance: Random) -> int:
    band = chance.choices(range(19, 89, 5), (7, 13, 13, 12, 11.5, 11, 10.5, 9, 7, 5, 3, 1.8, 0.9, 0.3))[0]
    return int(band) + chance.randrange(5)


def _couple(chance: Random, today: dt.date, head_age: int, children: list[int] | None) -> Household:
    wife_age = max(19, head_age - max(-4, round(chance.gauss(3.2, 3))))
    husband = Resident(MALE, _born(chance, today, head_age), HEAD, MARRIED)
    wife = Resident(FEMALE, _born(chance, today, wife_age), WIFE, MARRIED)
    ages = _child_ages(chance, wife_age) if children is None else children
    home = Household(dt.date(max(husband.birth.year, wife.birth.year) + 19, 6, 1), [husband, wife])
    home.members += _children(chance, today, ages)
    if children is None:
        _add_kin(chance, today, home, head_age, wife_age)
    return home


def _add_kin(chance: Random, today: dt.date, home: Household, head_age: int, wife_age: int) -> None:
    if head_age < 62 and chance.random() < 0.09:
        older = max(head_age, wife_age) + chance.randint(19, 32)
        sex = FEMALE if chance.random() < 0.7 else MALE
        home.members.append(Resident(sex, _born(chance, today, min(older, 97)), PARENT, WIDOWED))
    if head_age > 52 and chance.random() < 0.14:
        home.members.append(Resident(chance.choice((MALE, FEMALE)), _born(chance, today, chance.randint(0, 9)),
                                     GRANDCHILD, SINGLE))  # fmt: skip
    if chance.random() < 0.04:
        home.members.append(Resident(chance.choice((MALE, FEMALE)), _born(chance, today, chance.randint(15, 40)),
                                     OTHER_KIN, SINGLE))  # fmt: skip


def _lone_parent(chance: Random, today: dt.date, age: int) -> Household:
    sex = FEMALE if chance.random() < 0.76 else MALE
    widowed = chance.random() < min(0.95, age / 75)
    head = Resident(sex, _born(chance, today, age), HEAD, WIDOWED if widowed else DIVORCED)
    mother_age = age if sex == FEMALE else age - 2
    home = Household(dt.date(head.birth.year + 22, 6, 1), [head])
    home.members += _children(chance, today, _child_ages(chance, mother_age))
    return home


def _alone(chance: Random, today: dt.date, age: int) -> Household:
    sex = FEMALE if chance.random() < (0.68 if age > 55 else 0.42) else MALE
    marital = WIDOWED if age > 58 else chance.choice((SINGLE, SINGLE, DIVORCED)) if age > 24 else SINGLE
    head = Resident(sex, _born(chance, today, age), HEAD, marital)
    return Household(dt.date(head.birth.year + 18, 6, 1), [head])


def _child_ages(chance: Random, mother_age: int) -> list[int]:
    """Ages of the children still at home: births between the mother's 20th and 41st year, some have left."""
    born_at = 20 + int(abs(chance.gauss(0, 3.5)))
    ages: list[int] = []
    wanted = chance.choices((0, 1, 2, 3, 4), (6, 22, 40, 23, 9))[0]
    while len(ages) < wanted and born_at <= min(41, mother_age):
        age = mother_age - born_at
        if age < 19 or chance.random() < max(0.04, 0.95 - (age - 18) * 0.06):
            ages.append(age)
        else:
            wanted -= 1
        born_at += 2 + int(chance.random() * 5)
    return ages


def _children(chance: Random, today: dt.date, ages: list[int]) -> list[Resident]:
    sexes = (MALE if chance.random() < 0.508 else FEMALE for _ in ages)
    return [Resident(sex, _born(chance, today, age), CHILD, SINGLE) for sex, age in zip(sexes, ages, strict=True)]


def _born(chance: Random, today: dt.date, age: int) -> dt.date:
    """A birth date that makes `age` full years on `today`."""
    return _years_before(today, age) - dt.timedelta(days=chance.randrange(365))


def _years_before(day: dt.date, years: int) -> dt.date:
    return day.replace(year=day.year - years, day=min(day.day, 28))


def age_on(birth: dt.date, day: dt.date) -> int:
    """Full years lived on `day`."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


_RELIGIONS = ((1, 2, 3, 4, 5, 6, 7), (955, 19, 13, 3, 6, 2, 2))


def _finish(chance: Random, home: Household, today: dt.date, town: str) -> Household:
    religion = chance.choices(*_RELIGIONS)[0]
    for one in home.members:
        one.religion = religion
        one.name = person_name(chance, one.sex, one.birth.year, muslim=religion == 1)
        one.birth_place = town if chance.random() < 0.82 else chance.choice(TOWNS)
        one.blood = chance.choices((13, 1, 2, 3, 4), (60, 10, 11, 3, 16))[0]
        _school_and_work(chance, one, age_on(one.birth, today))
    _name_parents(chance, home)
    return home


def _name_parents(chance: Random, home: Household) -> None:
    head = home.members[0]
    wife = next((one for one in home.members if one.relation == WIFE), None)
    for one in home.members:
        muslim = one.religion == 1
        known_father = one.relation == CHILD and head.sex == MALE
        known_mother = one.relation == CHILD and (wife or head.sex == FEMALE)
        one.father = head.name if known_father else person_name(chance, MALE, one.birth.year - 29, muslim=muslim)
        mother = (wife or head).name
        one.mother = mother if known_mother else person_name(chance, FEMALE, one.birth.year - 25, muslim=muslim)


def _school_and_work(chance: Random, one: Resident, age: int) -> None:
    if age < 7:
        one.education, one.occupation = 1, 1
    elif age < 13:
        one.education, one.occupation = 2, 3
    elif age < 16:
        one.education, one.occupation = 3, 3
    elif age < 19:
        one.education, one.occupation = 4, 3
    else:
        older = age > 58
        one.education = chance.choices(
            (1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
            (14, 18, 36, 13, 13, 1, 2, 3, 0.3, 0.05) if older else (1, 3, 18, 20, 42, 1, 3, 11, 1, 0.1),
        )[0]
        one.occupation = _work(chance, one, age)


def _work(chance: Random, one: Resident, age: int) -> int:
    if age < 23 and one.education >= 5 and one.marital == SINGLE and chance.random() < 0.45:
        return 3
    if age > 62 and chance.random() < 0.5:
        return 4 if one.education >= 5 else 1 if one.sex == MALE else 2
    if one.sex == FEMALE and chance.random() < 0.52:
        return 2
    if one.education >= 8:
        return chance.choices((15, 65, 5, 88, 18, 74, 73, 72, 71), (30, 18, 16, 14, 8, 5, 3, 2, 1))[0]
    return chance.choices(
        (15, 88, 19, 84, 11, 27, 12, 26, 81, 20, 14, 30, 35, 1, 99, 6, 7),
        (30, 20, 14, 10, 5, 4, 4, 2, 2, 2, 1, 1, 1, 2, 1, 0.4, 0.4),
    )[0]
