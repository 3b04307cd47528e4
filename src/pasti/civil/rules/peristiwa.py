"""What can have happened to whom, and until when it must be told. Errors stop a report, warnings ask to look again.

Times: UU 23/2006 jo. UU 24/2013, articles 27 (birth: 60 days), 44 (death: 30 days), 34 (marriage: 60 days),
40 (divorce: 60 days); arrivals after 1 x 24 hours by local custom of RT.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

MALE, FEMALE = 1, 2
ALIVE, DEAD, MOVED, MISSING, LEFT, VOID = 1, 2, 3, 4, 6, 9
SINGLE, MARRIED, DIVORCED, WIDOWED = 1, 2, 3, 4
MARRIAGE_AGE = 19  # UU 16/2019 article 7
LEGAL_DAYS = {"birth": 60, "stillbirth": 30, "death": 30, "marriage": 60, "divorce": 60, "move_in": 30, "move_out": 30}
BETWEEN_BIRTHS = dt.timedelta(days=180)


@dataclass(frozen=True)
class Fault:
    """Something wrong with a report: at which field, and whether it stops it."""

    code: str
    field: str
    stops: bool = True


def age_on(birth: dt.date, day: dt.date) -> int:
    """Full years on `day`; someone born on 29 February turns a year older on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def of_day(occurred: dt.date, today: dt.date, birth: dt.date | None = None) -> list[Fault]:
    """Faults of the day something happened: not yet, or before the person was born."""
    found = []
    if occurred > today:
        found.append(Fault("future", "occurred_on"))
    if birth is not None and occurred < birth:
        found.append(Fault("before_birth", "occurred_on"))
    return found


def of_birth(born: dt.date, mother_born: dt.date, mother_sex: int, other_children: list[dt.date]) -> list[Fault]:
    """Faults of a birth: the mother is a woman of 10 to 60; less than half a year between births asks to look again.

    Twins share a birth date, or are a day apart.
    """
    found = []
    if mother_sex != FEMALE:
        found.append(Fault("mother_sex", "mother"))
    if not 10 <= age_on(mother_born, born) <= 60:
        found.append(Fault("mother_age", "mother"))
    apart = [abs(born - other) for other in other_children]
    if any(dt.timedelta(days=1) < days < BETWEEN_BIRTHS for days in apart):
        found.append(Fault("births_close", "occurred_on", stops=False))
    return found


def of_marriage(day: dt.date, births: Sequence[dt.date], sexes: Sequence[int], statuses: Sequence[int]) -> list[Fault]:
    """Faults of a marriage: a man and a woman (UU 1/1974 article 1); age and an existing marriage ask to look again,
    since a court may allow both. Of a couple only one may be known, when the other is of elsewhere."""
    found = []
    if len(sexes) > 1 and sexes[0] == sexes[1]:
        found.append(Fault("same_sex", "spouse"))
    if any(age_on(birth, day) < MARRIAGE_AGE for birth in births):
        found.append(Fault("too_young", "occurred_on", stops=False))
    if MARRIED in statuses:
        found.append(Fault("already_married", "spouse", stops=False))
    return found


def due_on(kind: str, occurred: dt.date) -> dt.date | None:
    """The last day to report at Disdukcapil; None where the law names none."""
    days = LEGAL_DAYS.get(kind)
    return occurred + dt.timedelta(days=days) if days else None
