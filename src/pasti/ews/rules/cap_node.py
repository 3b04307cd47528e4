"""An element of a CAP message while it is read: gives values, notes what is wrong with them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from pasti.ews.rules.cap_fault import CapFault

STRICT_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
YEARS = range(1970, 2201)  # a time outside of them is a mistake
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)  # stands in a message that is refused for its time
OLD_WORDS = {"very likely": "Likely"}  # CAP 1.2, 3.2.2, certainty
T = TypeVar("T")


class Node:
    """An element, its path for people, and the list that its faults go to."""

    def __init__(self, element: Any, path: str, notes: list[CapFault]):
        self._element, self._path, self._notes = element, path, notes
        self._space = element.tag[1:].split("}")[0]

    def know(self, tags: Sequence[str]) -> None:
        """Note children that are not among `tags`, and those out of this order."""
        places = []
        for child in self._element:
            space, _, tag = str(child.tag)[1:].rpartition("}")
            if space == self._space and tag in tags:
                places.append(tags.index(tag))
            elif space == self._space:
                self._note("tak-dikenal", tag, "Unsur ini tidak ada dalam CAP", "CAP has no such element", child)
        if places != sorted(places):
            self._note("urutan", "", "Urutan unsur tidak sesuai skema", "Elements are not in the schema's order")

    def nodes(self, tag: str) -> list[Node]:
        """The children of this name."""
        found = self._all(tag)
        return [Node(one, f"{self._path}/{tag}[{place}]", self._notes) for place, one in enumerate(found, 1)]

    def texts(self, tag: str) -> tuple[str, ...]:
        """The texts of the children of this name; empty ones are no texts."""
        return tuple(filter(None, (_content(one) for one in self._all(tag))))

    def text(self, tag: str) -> str:
        """The text of the one child of this name; empty when there is none."""
        one = self._one(tag)
        return "" if one is None else _content(one)

    def required(self, tag: str) -> str:
        """The text, which must be there."""
        text = self.text(tag)
        if not text:
            self._missing(tag)
        return text

    def word(self, tag: str, words: type[StrEnum]) -> str:
        """A word of a code list, which must be there."""
        text = self.required(tag)
        return self._word(tag, text, words) if text else ""

    def words(self, tag: str, words: type[StrEnum], *, required: bool = False) -> tuple[str, ...]:
        """Words of a code list."""
        texts = self.texts(tag)
        if required and not texts:
            self._missing(tag)
        return tuple(self._word(tag, text, words) for text in texts)

    def required_time(self, tag: str) -> dt.datetime:
        """The time, which must be there."""
        self.required(tag)
        return self.time(tag) or NEVER

    def time(self, tag: str) -> dt.datetime | None:
        """A time; None when there is none, or none that can be understood."""
        text = self.text(tag)
        if not text:
            return None
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or moment.year not in YEARS:
            id_, en = "Waktu tidak dapat dibaca atau tanpa zona", "The time cannot be read or has no zone"
            self._note("waktu", tag, f"{id_}: {text}", f"{en}: {text}", grave=True)
            return None
        if not STRICT_TIME.fullmatch(text):
            id_, en = "Penulisan waktu tidak sesuai CAP", "The time is not written as CAP wants it"
            self._note("tulisan-waktu", tag, f"{id_}: {text}", f"{en}: {text}")
        return moment.replace(microsecond=0)

    def whole_number(self, tag: str) -> int | None:
        """A whole number; None when there is none, or none that can be understood."""
        return self._number(tag, int)

    def decimal(self, tag: str) -> Decimal | None:
        """A number; None when there is none, or none that can be understood."""
        number = self._number(tag, Decimal)
        return number if number is not None and number.is_finite() else None

    def _number(self, tag: str, kind: Callable[[str], T]) -> T | None:
        text = self.text(tag)
        try:
            return kind(text) if text else None
        except (ValueError, InvalidOperation):
            self._note("angka", tag, f"Bukan angka: {text[:40]}", f"Not a number: {text[:40]}")
            return None

    def _word(self, tag: str, text: str, words: type[StrEnum]) -> str:
        if text in list(words):
            return text
        meant = {word.casefold(): str(word) for word in words} | {
            old: new for old, new in OLD_WORDS.items() if new in list(words)
        }
        known = meant.get(text.casefold(), "")
        id_, en = f"“{text[:40]}” bukan kata dalam daftar CAP", f"“{text[:40]}” is not a word of CAP's list"
        self._note("kode", tag, id_, en, grave=not known)
        return known

    def _all(self, tag: str) -> list[Any]:
        return list(self._element.findall(f"{{{self._space}}}{tag}"))

    def _one(self, tag: str) -> Any:
        found = self._all(tag)
        if len(found) > 1:
            self._note("berulang", tag, "Hanya boleh sekali", "May stand only once", found[1], grave=True)
        return found[0] if found else None

    def _missing(self, tag: str) -> None:
        self._note("wajib", tag, f"Unsur {tag} wajib diisi", f"The element {tag} is required", grave=True)

    def _note(self, code: str, tag: str, id_: str, en: str, element: Any = None, *, grave: bool = False) -> None:
        path = f"{self._path}/{tag}" if tag else self._path
        if element is None:
            element = next(iter(self._all(tag)), self._element) if tag else self._element
        fault = CapFault(code, path, id_, en, "3.2", element.sourceline or 0, grave)
        if fault not in self._notes:
            self._notes.append(fault)


def _content(element: Any) -> str:
    return "".join(element.itertext()).strip()
