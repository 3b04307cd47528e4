"""Names by their sound: Muhammad, Mohamad and Mochammad, Sjafei and Syafi'i, Aziz and Asis fall together.

Spellings of before 1972 (oe, dj, tj, sj), Arabic names in their many Latin forms, doubled letters and vowels make
most of the differences between two entries of one name; what is left is a short key of consonants.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pasti.civil.rules.names import folded

LONGEST = 12
_SPELLINGS = (
    ("dj", "j"), ("tj", "c"), ("oe", "u"), ("sj", "s"), ("sy", "s"), ("sh", "s"), ("ts", "s"), ("dz", "s"), ("dh", "d"),
    ("th", "t"), ("kh", "h"), ("ch", "h"), ("gh", "g"), ("ph", "f"), ("v", "f"), ("q", "k"), ("x", "ks"), ("z", "s"),
    ("y", "i"), ("j", "i"),
)  # fmt: skip
_SHORT = {"moh": "muhammad", "muh": "muhammad", "mochamad": "muhammad", "moch": "muhammad", "m": "muhammad", "md": "muhammad",
          "abd": "abdul", "st": "siti"}  # fmt: skip
_DOUBLED = re.compile(r"(.)\1+")
_WEAK = re.compile(r"[aeiouhw]")


@lru_cache(maxsize=50_000)
def key(word: str) -> str:
    """The sound of one word of a name, at most 12 letters; empty for what has no letters."""
    plain = re.sub(r"[^a-z]", "", folded(word))
    plain = _SHORT.get(plain, plain)
    for written, spoken in _SPELLINGS:
        plain = plain.replace(written, spoken)
    if not plain:
        return ""
    first = "a" if plain[0] in "aeiou" else plain[0]
    rest = _WEAK.sub("", plain[1:])
    return _DOUBLED.sub(r"\1", first + rest)[:LONGEST]


def keys(name: str) -> list[str]:
    """The sounds of a name's words, each once, sorted."""
    return sorted({sound for word in name.split() if (sound := key(word))})
