"""Names in the form in which they are searched: what differs only in writing is made equal."""

from __future__ import annotations

import unicodedata

_DROPPED = dict.fromkeys(map(ord, "'`´‘’ʼʿʾ.,-"), None)


def folded(text: str) -> str:
    """Lower case, without diacritics, apostrophes and points, single spaces: "Syafi'i" -> "syafii"."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return " ".join(plain.translate(_DROPPED).lower().split())


def masked(text: str) -> str:
    """A name for the eyes of others: the first letter of each word, "Siti Aminah" -> "S*** A*****"."""
    return " ".join(word[0] + "*" * (len(word) - 1) for word in text.split())
