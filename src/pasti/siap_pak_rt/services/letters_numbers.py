"""Numbers without a gap: each unit has one row per year, locked until the letter that took a number is committed."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from pasti.siap_pak_rt.models import LetterKind, LetterUnit
from pasti.siap_pak_rt.rules import letter_numbers

# One statement takes the row's lock and the next number: who comes second waits for the first to commit or give up.
_TAKE = """
INSERT INTO siap_pak_rt_numberseries (unit_code, year, last) VALUES (%s, %s, 1)
ON CONFLICT (unit_code, year) DO UPDATE SET last = siap_pak_rt_numberseries.last + 1 RETURNING last
"""


def allot(kind: LetterKind, level: str, unit_code: str, day: dt.date) -> tuple[int, str]:
    """The next serial of the unit in the year of `day`, and the number as printed.

    Call it in the transaction that issues: a rollback gives the number back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [unit_code, day.year])
        serial = int(cursor.fetchone()[0])
    pattern = LetterUnit.objects.get(pk=level).pattern
    return serial, letter_numbers.number(kind.classification, pattern, serial, unit_code, day)
