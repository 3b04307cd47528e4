"""The number of a family card (KK): sixteen digits, kecamatan, date of issue, serial (Permendagri 109/2019)."""

from __future__ import annotations

import datetime as dt

from pasti.civil.rules import nik


def build(region: str, issued: dt.date, serial: int) -> str:
    """The KK number of a family of the kecamatan `region` (six digits), issued on a day."""
    return nik.build(region, issued, nik.MALE, serial)


def check(text: str) -> str:
    """`text` when it is a KK number. Raises nik.InvalidNik; a KK's day is never shifted by 40."""
    parts = nik.parse(text)
    if parts.sex == nik.FEMALE:
        raise nik.InvalidNik("day", "the day of issue is 1-31")
    return text
