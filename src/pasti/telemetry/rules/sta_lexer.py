"""Words of query options and filters: one list of tokens, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pasti.telemetry.rules.sta_unfit import Unfit

LONGEST = 8000  # characters of an option
MOST_TOKENS = 1500
_DATE = r"\d{4}-\d\d-\d\d"
_CLOCK = r"\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?"
# A plus sign that was not percent-encoded arrives as a space: meant is the plus.
_TIME = rf"{_DATE}T{_CLOCK}(?:Z|[-+ ]\d\d(?::?\d\d)?)?"
_TOKENS = re.compile(
    rf"""(?P<space>\s+)
    |(?P<interval>{_TIME}/{_TIME})|(?P<time>{_TIME})|(?P<date>{_DATE})|(?P<clock>{_CLOCK}(?!\d))
    |(?P<typed>(?:geography|geometry|duration|datetimeoffset|datetime|date|time)'(?:[^']|'')*')
    |(?P<text>'(?:[^']|'')*')
    |(?P<number>-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w]))
    |(?P<option>\$\w+)
    |(?P<name>@?[^\W\d][\w.:-]*(?:@iot\.\w+)?)
    |(?P<sign>[(),;=/*\[\]])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word: what it is, how it is written, and where it begins."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> list[Token]:
    """The words of an option, and one of kind `end`. Raises Unfit at the first character that begins none."""
    if len(text) > LONGEST:
        raise Unfit(f"an option takes at most {LONGEST} characters")
    found, at = [], 0
    while at < len(text):
        match = _TOKENS.match(text, at)
        if match is None:
            raise Unfit(f"{text[at : at + 12]!r} is not understood", at=at)
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match[0], at))
        at = match.end()
    if len(found) > MOST_TOKENS:
        raise Unfit(f"an option takes at most {MOST_TOKENS} words")
    found.append(Token("end", "", at))
    return found


class Words:
    """The tokens of a text, read one after another."""

    def __init__(self, text: str):
        self.text = text
        self._tokens = tokens(text)
        self._index = 0

    @property
    def next(self) -> Token:
        """The word that comes, without taking it."""
        return self._tokens[self._index]

    def take(self) -> Token:
        """The word that comes."""
        token = self._tokens[self._index]
        if token.kind != "end":
            self._index += 1
        return token

    def ahead(self) -> Token:
        """The word after the one that comes."""
        return self._tokens[min(self._index + 1, len(self._tokens) - 1)]

    def skip(self, sign: str) -> bool:
        """Take `sign` if it comes."""
        if self.next.kind == "sign" and self.next.text == sign:
            self._index += 1
            return True
        return False

    def expect(self, sign: str) -> None:
        """Take `sign`. Raises Unfit when something else comes."""
        if not self.skip(sign):
            raise self.unfit(f"{sign!r} is expected")

    def expect_end(self) -> None:
        """Raises Unfit when something is left."""
        if self.next.kind != "end":
            raise self.unfit(f"{self.next.text[:20]!r} is not expected")

    def unfit(self, words: str) -> Unfit:
        """A refusal at the word that comes."""
        return Unfit(words, at=self.next.at)
