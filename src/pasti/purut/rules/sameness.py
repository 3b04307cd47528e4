"""Whether what was told of a patient and what is on record can be the same human being."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from difflib import SequenceMatcher

NEARLY = 0.8  # "Siti Nurhaliza" and "Sitti Nurhalisa" are one name, "Siti Aminah" is another


@dataclass(frozen=True)
class Told:
    """A person as somebody says or wrote it. `sex` is L or P."""

    name: str
    birth_date: dt.date
    sex: str


def same_person(one: Told, other: Told) -> bool:
    """True when birth date and sex agree, or the names nearly do.

    A registered birth date may be corrected and a name be spelled in two ways, but who agrees in neither is somebody
    else: the number that brought the two together has a wrong digit.
    """
    return (one.birth_date, one.sex) == (other.birth_date, other.sex) or same_name(one.name, other.name)


def same_name(one: str, other: str) -> bool:
    """True for nearly the same name, whatever its spelling, case and spaces."""
    return SequenceMatcher(None, _plain(one), _plain(other)).ratio() >= NEARLY


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
