"""Finding a clinic by the words people use, also when mistyped."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

NOISE = frozenset({"dokter", "dr", "poli", "klinik", "spesialis", "rumah", "sakit", "rs", "rsud", "purut", "daftar",
                   "mau", "ke", "di", "saya", "untuk", "dan", "periksa", "berobat"})  # fmt: skip
ENOUGH = 0.74


def score(query: str, words: Iterable[str]) -> float:
    """How well `query` fits `words`, 0 to 1: the mean over its meaningful words of their best likeness."""
    asked = [word for word in query.lower().split() if word not in NOISE]
    known = {part for phrase in words for part in [phrase.lower(), *phrase.lower().split()]}
    if not asked or not known:
        return 0.0
    return sum(max(_likeness(word, one) for one in known) for word in asked) / len(asked)


def _likeness(word: str, known: str) -> float:
    if word == known:
        return 1.0
    if len(word) >= 3 and known.startswith(word):
        return 0.95
    likeness = SequenceMatcher(None, word, known).ratio()
    return likeness if likeness >= ENOUGH else 0.0


def initials(name: str) -> str:
    """A name by its first letters: "S. A. R.". Enough for its bearer, too little for whoever stands behind."""
    return " ".join(f"{word[0].upper()}." for word in name.split()[:3] if word)
