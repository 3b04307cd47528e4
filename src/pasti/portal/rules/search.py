"""Scoring texts against what people type: daily words, endings, misspellings."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

NOISE = frozenset(
    {"yang", "dan", "di", "ke", "dari", "untuk", "saya", "mau", "cara", "bagaimana", "the", "a", "to", "how", "for"}
)
PREFIXES, SUFFIXES = ("mem", "men", "meng", "pen", "pem", "peng", "ber", "di", "me", "pe"), ("an", "kan", "nya", "i")
ENOUGH = 0.78


def meaningful(query: str) -> list[str]:
    """The words of a query that say something, lower case."""
    return [word for word in query.lower().split() if word not in NOISE]


def stem(word: str) -> str:
    """The word without one common Indonesian prefix and suffix: "pendaftaran" and "mendaftar" meet at "daftar"."""
    for prefix in sorted(PREFIXES, key=len, reverse=True):
        if word.startswith(prefix) and len(word) - len(prefix) >= 4:
            word = word[len(prefix) :]
            break
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word


def score(query: str, texts: Iterable[str]) -> float:
    """How well `texts` answer `query`, 0 to 1: the mean over its words of their best likeness."""
    asked = meaningful(query)
    known = {part.strip(".,;:()?") for text in texts for part in text.lower().split()}
    if not asked or not known:
        return 0.0
    return sum(max(_likeness(word, one) for one in known) for word in asked) / len(asked)


def _likeness(word: str, known: str) -> float:
    if word == known:
        return 1.0
    one, other = stem(word), stem(known)
    if one == other or (len(word) >= 3 and known.startswith(word)):
        return 0.95
    likeness = SequenceMatcher(None, one, other).ratio()
    return likeness if likeness >= ENOUGH and min(len(one), len(other)) >= 4 else 0.0
