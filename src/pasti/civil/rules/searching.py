"""What somebody types to find a person: a number, a name, or where one lives."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pasti.civil.rules import nik, sounds
from pasti.civil.rules.names import folded

LONGEST = 8  # words that count
_PLACE = re.compile(r"\b(rt|rw)\s*0*(\d{1,3})(?:\s*/\s*(?:rw\s*)?0*(\d{1,3}))?\b")
_STREET = frozenset({"jl", "jln", "jalan", "gg", "gang", "perum", "perumahan", "blok"})
_KELURAHAN = frozenset({"kel", "kelurahan"})
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Asked:
    """A search taken apart.

    `number` is set when only digits were written. `words` are folded; `street` tells that they name a street and not a
    person. `kelurahan` are words behind "kel".
    """

    words: tuple[str, ...] = ()
    number: str = ""
    rt: str = ""
    rw: str = ""
    kelurahan: str = ""
    street: bool = False

    @property
    def sounds(self) -> tuple[str, ...]:
        """The sound of each word, empty for a word without letters or of one letter."""
        return tuple(sounds.key(word) if len(word) > 1 else "" for word in self.words)

    @property
    def is_empty(self) -> bool:
        """Nothing was asked."""
        return not (self.words or self.number or self.rt or self.rw or self.kelurahan)


def taken_apart(text: str) -> Asked:
    """What `text` asks for. "Sjafi'i rt 3/rw 2" is a name in an RT; "3575.0201.0190.9001" is a number."""
    digits = nik.cleaned(text)
    if digits.isascii() and digits.isdigit() and len(digits) > 3:
        return Asked(number=digits)
    plain = folded(text.replace("/", " / ").replace(".", " "))
    rt, rw, plain = _places(plain)
    given = _WORD.findall(plain)
    kelurahan, given = _after(given, _KELURAHAN)
    words = tuple(word for word in given if word not in _STREET and word != "no")[:LONGEST]
    return Asked(words, "", rt, rw, kelurahan, street=any(word in _STREET for word in given))


def _places(plain: str) -> tuple[str, str, str]:
    found = {"rt": "", "rw": ""}
    for kind, number, second in _PLACE.findall(plain):
        found[kind] = number.zfill(3)
        if second and kind == "rt":
            found["rw"] = second.zfill(3)
    return found["rt"], found["rw"], _PLACE.sub(" ", plain)


def _after(words: list[str], markers: frozenset[str]) -> tuple[str, list[str]]:
    """The words behind a marker as one text, and those before it."""
    for at, word in enumerate(words):
        if word in markers and at + 1 < len(words):
            return " ".join(words[at + 1 :]), words[:at]
    return "", words
