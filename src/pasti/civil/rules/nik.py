"""The national identity number (NIK): sixteen digits that carry a kecamatan, a birth date and a sex.

Rule: UU 23/2006 article 13 and its elucidation, Permendagri 109/2019. Six digits of the kecamatan of first
registration, day of birth (plus 40 for women), month, year in two digits, serial from 0001 in registration
order. A NIK is for life: later corrections of birth date, sex or address do not change it, so a difference
from the record is a warning and never an error.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

MALE, FEMALE = 1, 2
LENGTH = 16
OLDEST = 120  # years
_DAY_SHIFT = 40
_BETWEEN = str.maketrans("", "", " .-;'\u2019\u00a0\u200b\t")
_ROUNDED = re.compile(r"[eE]\+?\d|^\d{15,16}[.,]0+$")


class InvalidNik(ValueError):
    """Not a NIK. `code` is one of: length, digits, excel, day, date, serial, region."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Nik:
    """The parts of a valid NIK. `year` has two digits: the century is not in the number."""

    value: str
    region: str
    day: int
    month: int
    year: int
    sex: int
    serial: int

    def dates(self) -> tuple[dt.date, ...]:
        """The birth dates the number can mean, of the 20th and the 21st century."""
        return _dates(self.year, self.month, self.day)

    @property
    def kecamatan(self) -> str:
        """The dotted code of the kecamatan of first registration."""
        return f"{self.region[:2]}.{self.region[2:4]}.{self.region[4:]}"


@lru_cache(maxsize=4096)  # a file of families says each number of a card once per member
def parse(text: str) -> Nik:
    """The parts of the NIK in `text`. Raises InvalidNik saying what is wrong.

    Only ASCII digits count: look-alike digits of other scripts would be another string in every other system.
    """
    _check_form(text)
    day, month, year, serial = int(text[6:8]), int(text[8:10]), int(text[10:12]), int(text[12:])
    sex = FEMALE if day > _DAY_SHIFT else MALE
    day -= _DAY_SHIFT * (sex == FEMALE)
    if text[:2] == "00" or text[2:4] == "00" or text[4:6] == "00":
        raise InvalidNik("region", "six digits of a kecamatan, none of its pairs 00")
    if not 1 <= day <= 31:
        raise InvalidNik("day", "day of birth 1-31, or 41-71 for women")
    if not 1 <= month <= 12 or day > _longest(month):
        raise InvalidNik("date", "no such day in the calendar")
    if serial == 0:
        raise InvalidNik("serial", "the serial starts at 0001")
    nik = Nik(text, text[:6], day, month, year, sex, serial)
    if not nik.dates():
        raise InvalidNik("date", "29 February in no leap year")
    return nik


def cleaned(text: str) -> str:
    """`text` without what people put between the digits: spaces, points, hyphens, a leading apostrophe.

    What a spreadsheet did to the number ("3.575E+15", "3575020101909000.0") is left as it is, to be recognised.
    """
    plain = text.strip()
    if _ROUNDED.search(plain):
        return plain
    return plain.translate(_BETWEEN)


def faults(text: str) -> list[str]:
    """Codes of what is wrong with a NIK as somebody wrote it; empty when nothing is."""
    try:
        parse(cleaned(text))
    except InvalidNik as error:
        return [error.code]
    return []


def birth_guesses(nik: Nik, today: dt.date) -> tuple[dt.date, ...]:
    """The birth dates that are possible today, the later one first: not in the future, at most 120 years ago.

    Two are a question for the person, never for the program.
    """
    oldest = today.year - OLDEST
    return tuple(day for day in sorted(nik.dates(), reverse=True) if day <= today and day.year >= oldest)


def build(region: str, birth: dt.date, sex: int, serial: int) -> str:
    """The NIK of these parts; `region` is six digits. Raises InvalidNik when they make none."""
    day = birth.day + (_DAY_SHIFT if sex == FEMALE else 0)
    return parse(f"{region}{day:02}{birth:%m%y}{serial:04}").value


def differences(nik: Nik, birth: dt.date | None, sex: int | None) -> list[str]:
    """What a record says otherwise than its NIK: "birth_date", "sex". Warnings only."""
    found = []
    if birth is not None and birth not in nik.dates():
        found.append("birth_date")
    if sex is not None and sex != nik.sex:
        found.append("sex")
    return found


def masked(text: str) -> str:
    """A NIK as shown to others: the kecamatan's digits and the last two, the rest hidden."""
    return f"{text[:6]}********{text[-2:]}" if len(text) == LENGTH else "*" * len(text)


def _check_form(text: str) -> None:
    if _ROUNDED.search(text):
        raise InvalidNik("excel", "a spreadsheet turned the number into a rounded one: format the column as text")
    if len(text) != LENGTH:
        raise InvalidNik("length", "sixteen digits")
    if not (text.isascii() and text.isdigit()):
        raise InvalidNik("digits", "digits 0-9 only")


@lru_cache(maxsize=40_000)
def _dates(year: int, month: int, day: int) -> tuple[dt.date, ...]:
    possible = [century + year for century in (1900, 2000) if day <= calendar.monthrange(century + year, month)[1]]
    return tuple(dt.date(one, month, day) for one in possible)


def _longest(month: int) -> int:
    return 29 if month == 2 else calendar.monthrange(2001, month)[1]
