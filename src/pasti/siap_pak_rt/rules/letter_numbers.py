"""How a letter's number is written. The pattern comes from the city pack, the serial from the unit's own row of numbers.

Example of a pattern: "{code}/{serial:04}/{unit}/{year}" gives "470/0012/35.75.02.1004/2026" (after the classification
codes of Permendagri 83/2022 on archives).
"""

from __future__ import annotations

import datetime as dt
from string import Formatter

KNOWN = frozenset({"code", "serial", "unit", "year", "month", "rt", "rw"})
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def faults(pattern: str) -> list[str]:
    """What is wrong with a pattern, in words; empty when it can be used."""
    try:
        used = [name for _text, name, _spec, _conversion in Formatter().parse(pattern) if name is not None]
        number("0", pattern, 1, "00.00.00.0000.001.001", dt.date(2026, 1, 1))
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        return [f"pola nomor tidak terbaca (pattern cannot be read): {error}"]
    unknown = sorted(set(used) - KNOWN)
    if unknown:
        return [f"isian tidak dikenal (unknown placeholder): {', '.join(unknown)}"]
    return [] if {"serial", "year"} <= set(used) else ["pola nomor harus memuat {serial} dan {year} (must hold both)"]


def number(code: str, pattern: str, serial: int, unit: str, day: dt.date) -> str:
    """The number as printed: classification `code`, `serial` of the year, `unit` a place code, the day of issue."""
    levels = unit.split(".")
    return pattern.format(
        code=code, serial=serial, unit=unit, year=day.year, month=ROMAN[day.month - 1],
        rw=levels[4][-2:] if len(levels) > 4 else "", rt=levels[5][-2:] if len(levels) > 5 else "",
    )  # fmt: skip
