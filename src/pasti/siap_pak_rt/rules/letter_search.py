"""Finding a kind of letter by the words people use, also when mistyped."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

NOISE = frozenset({"surat", "keterangan", "pengantar", "permohonan", "minta", "buat", "bikin", "urus", "mengurus", "cara",
                   "untuk", "mau", "saya", "dan", "di", "ke", "the", "a", "letter", "statement", "for"})  # fmt: skip
ALIKE, GOOD = 0.78, 0.5


def score(words: str, texts: Iterable[str]) -> float:
    """How well the texts of a kind fit the words typed, 0 to 1. Words every letter has say nothing by themselves."""
    asked = [word for word in words.lower().split() if word not in NOISE]
    known = {part.strip("().,") for text in texts for part in text.lower().split()} - NOISE
    if not asked or not known:
        return 0.0
    return sum(max(_likeness(word, one) for one in known) for word in asked) / len(asked)


def _likeness(word: str, known: str) -> float:
    if word == known:
        return 1.0
    if len(word) >= 3 and known.startswith(word):
        return 0.95
    alike = SequenceMatcher(None, word, known).ratio()
    return alike if alike >= ALIKE and len(word) >= 4 else 0.0
