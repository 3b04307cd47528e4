"""How alike two records are: may they be one person entered twice?

Names are compared word by word, by their sound or within as many typing errors as their length allows: none up to three
letters, one up to six, two from seven on. A birth date may have day and month swapped, or one digit wrong. The mother's
name decides between namesakes. Twins share nearly all of it and are told apart by their names and numbers.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pasti.civil.rules import names, sounds

ALIKE = 70  # a pair of this score or more is shown to somebody
NINE_MONTHS = 270  # days
_WEIGHTS = {
    "nik": 100, "nik_near": 40, "name": 40, "name_near": 30, "birth_date": 30, "birth_swapped": 25, "birth_near": 20,
    "mother": 20, "mother_near": 15,
}  # fmt: skip
_AGAINST = {"sex": 20, "nik_other": 15}


@dataclass(frozen=True)
class Record:
    """What is compared of a person."""

    name: str
    birth_date: dt.date
    sex: int
    nik: str = ""
    mother_name: str = ""
    mother_nik: str = ""


@dataclass(frozen=True)
class Likeness:
    """Points from 0 to 100, and what is alike by code."""

    score: int
    signs: tuple[str, ...]

    @property
    def is_enough(self) -> bool:
        """Whether somebody should look."""
        return self.score >= ALIKE


def likeness(one: Record, other: Record) -> Likeness:
    """How alike two records are. The order does not matter."""
    signs = [*_of_numbers(one, other), *_of_names(one, other), *_of_births(one, other), *_of_mothers(one, other)]
    score = sum(_WEIGHTS[sign] for sign in signs)
    if one.sex != other.sex:
        score -= _AGAINST["sex"]
    if one.nik and other.nik and not {"nik", "nik_near"} & set(signs):
        score -= _AGAINST["nik_other"]
    if births_too_close(one, other):
        return Likeness(max(ALIKE, min(score, 100)), (*signs, "births_close"))
    return Likeness(max(0, min(score, 100)), tuple(signs))


def births_too_close(one: Record, other: Record) -> bool:
    """Two births of one mother within nine months that are no twins: one of the dates, or the mother, is wrong."""
    same_mother = bool(one.mother_nik) and one.mother_nik == other.mother_nik
    return same_mother and 1 < abs((one.birth_date - other.birth_date).days) < NINE_MONTHS


def errors_allowed(word: str) -> int:
    """Typing errors that a word of this length may have."""
    return 0 if len(word) <= 3 else 1 if len(word) <= 6 else 2


def near(one: str, other: str) -> bool:
    """Whether two folded words are one word: the same, the same by sound, or within the errors of the shorter one."""
    if one == other or (min(len(one), len(other)) > 1 and sounds.key(one) == sounds.key(other) != ""):
        return True
    most = min(errors_allowed(one), errors_allowed(other))
    return most > 0 and distance(one, other, most) <= most


def distance(one: str, other: str, most: int) -> int:
    """Letters to add, drop, change or swap with the neighbour; `most` + 1 when it is more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, left in enumerate(one, 1):
        new = [at]
        for to, right in enumerate(other, 1):
            cost = min(row[to] + 1, new[-1] + 1, row[to - 1] + (left != right))
            if at > 1 and to > 1 and left == other[to - 2] and one[at - 2] == right:
                cost = min(cost, before[to - 2] + 1)
            new.append(cost)
        if min(new) > most:
            return most + 1
        before, row = row, new
    return min(row[-1], most + 1)


def names_near(one: str, other: str) -> bool:
    """Whether every word of the shorter name is a word of the longer one, which may have one word more."""
    short, long = sorted((names.folded(one).split(), names.folded(other).split()), key=len)
    if not short or len(long) - len(short) > 1:
        return False
    return _all_paired(short, long)


def _all_paired(short: list[str], long: list[str]) -> bool:
    """Whether each word of `short` has a word of `long` to itself: a matching by augmenting paths (Kuhn 1955).

    Taking the first that fits would depend on which record is asked about the other.
    """
    taken: dict[int, int] = {}

    def finds(at: int, tried: set[int]) -> bool:
        for to, word in enumerate(long):
            if to not in tried and near(short[at], word):
                tried.add(to)
                if to not in taken or finds(taken[to], tried):
                    taken[to] = at
                    return True
        return False

    return all(finds(at, set()) for at in range(len(short)))


def _of_numbers(one: Record, other: Record) -> list[str]:
    if not (one.nik and other.nik):
        return []
    if one.nik == other.nik:
        return ["nik"]
    return ["nik_near"] if distance(one.nik, other.nik, 1) == 1 and one.nik[:12] != other.nik[:12] else []


def _of_names(one: Record, other: Record) -> list[str]:
    if names.folded(one.name) == names.folded(other.name):
        return ["name"]
    return ["name_near"] if names_near(one.name, other.name) else []


def _of_births(one: Record, other: Record) -> list[str]:
    left, right = one.birth_date, other.birth_date
    if left == right:
        return ["birth_date"]
    if left.year == right.year and (left.day, left.month) == (right.month, right.day):
        return ["birth_swapped"]
    wrong = sum(a != b for a, b in zip(f"{left:%d%m%Y}", f"{right:%d%m%Y}", strict=True))
    return ["birth_near"] if wrong == 1 else []


def _of_mothers(one: Record, other: Record) -> list[str]:
    if one.mother_nik and one.mother_nik == other.mother_nik:
        return ["mother"]
    left, right = names.folded(one.mother_name), names.folded(other.mother_name)
    if not (left and right):
        return []
    return ["mother"] if left == right else ["mother_near"] if names_near(left, right) else []
