"""Codes of papers, the words printed on them, and who may read them besides the person they are about."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence

# Crockford's base 32: no I, L, O, U, so that a code read aloud or copied by hand is not mistaken.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 28  # 28 x 5 bits = 140 bits: not to be guessed
_MEANT = str.maketrans("OIL", "011")

MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
          "Desember")  # fmt: skip
OF_AGE = 17  # UU 23/2006 article 63: from 17 on one holds an own KTP-el, and answers for the own papers


def code_from(chance: Sequence[int]) -> str:
    """The code that `chance` (28 random numbers from 0 to 31) spells."""
    return "".join(ALPHABET[number] for number in chance)


def read_code(text: str) -> str:
    """A code as typed or scanned: any case, spaces and hyphens, O for 0, I or L for 1. Empty when it cannot be one."""
    plain = "".join(c for c in text.upper() if c.isascii() and c.isalnum()).translate(_MEANT)
    return plain if len(plain) == LENGTH and all(c in ALPHABET for c in plain) else ""


def grouped(code: str) -> str:
    """The code in fours, as printed and typed: "ABCD-EFGH-…"."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def date_in_words(day: dt.date) -> str:
    """A day as an Indonesian letter writes it: "2 Maret 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def plain_text(text: str) -> str:
    """Text that can be printed: composed, without control and direction marks; runs of blanks are one."""
    composed = unicodedata.normalize("NFC", text)
    kept = (" " if c.isspace() else c for c in composed if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join("".join(kept).split())


def family_may_read(born: dt.date, today: dt.date) -> bool:
    """Whether others on the family card may read a paper about someone born on `born`: until the age of 17."""
    birthday_passed = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (not birthday_passed) < OF_AGE
