"""Disclosures of an SD-JWT: the salted statements whose digests the issuer signed (RFC 9901, sections 4.2 and 7.1).

Only SHA-256, the algorithm every implementation must know.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from pasti.identity.rules import jws
from pasti.identity.rules.invalid import Invalid
from pasti.identity.rules.jws import Json

DIGESTS, ELEMENT, HASH = "_sd", "...", "_sd_alg"
RESERVED = frozenset({DIGESTS, ELEMENT, HASH})


class Disclosure(msgspec.Struct, frozen=True):
    """One statement: the member `name` of an object, or an element of an array when `name` is None."""

    name: str | None
    value: Any
    text: str


def digest(text: str) -> str:
    """The digest under which the issuer signed a disclosure."""
    return jws.b64(hashlib.sha256(text.encode("ascii")).digest())


def make(salt: str, name: str, value: object) -> Disclosure:
    """The disclosure that `name` is `value`."""
    return Disclosure(name, value, jws.b64(jws.dump([salt, name, value])))


def parse(text: str) -> Disclosure:
    """The statement in `text`. Raises Invalid("disclosure") for what is none."""
    try:
        parts = jws.load(jws.unb64(text))
    except Invalid as wrong:
        raise Invalid("disclosure", "not readable") from wrong
    if not isinstance(parts, list) or len(parts) not in (2, 3) or not isinstance(parts[0], str):
        raise Invalid("disclosure", "salt, name and value expected")
    name = parts[1] if len(parts) == 3 else None
    if len(parts) == 3 and (not isinstance(name, str) or name in RESERVED):
        raise Invalid("disclosure", "a name that no claim may have")
    return Disclosure(name, parts[-1], text)


@dataclass(slots=True)
class Folding:
    """Disclosures put where their digests stand: `folded` is the payload with them, without digests.

    `seen` has every digest met, `used` those of the disclosures given, `names` what was disclosed of the top level.
    `twice` says that a digest stands in two places, `clash` that a name does, or a member among elements.
    """

    given: Mapping[str, Disclosure]
    closed: frozenset[str] = frozenset()
    folded: Json = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    twice: bool = False
    clash: bool = False

    def fold(self, payload: Json) -> None:
        """Fill `folded` from the issuer's payload. Raises Invalid("digests") where those are no list of texts."""
        kept = {name: payload[name] for name in self.closed if name in payload}
        self.folded = self._object({name: value for name, value in payload.items() if name not in self.closed}) | kept
        self.folded.pop(HASH, None)
        own = (self.given[one] for one in payload.get(DIGESTS, ()) if one in self.given)
        self.names = {one.name for one in own if one.name is not None}

    def _object(self, node: Json) -> Json:
        folded: Json = {}
        for name, value in node.items():
            kind = type(value)
            if kind is dict:
                folded[name] = self._object(value)
            elif kind is not list:
                folded[name] = value
            elif name != DIGESTS:
                folded[name] = self._array(value)
        for one in self._disclosed(node[DIGESTS]) if DIGESTS in node else ():
            if one.name is None or one.name in folded:
                self.clash = True
            else:
                folded[one.name] = self._nested(one.value)
        folded.pop(DIGESTS, None)
        return folded

    def _nested(self, value: Any) -> Any:
        if type(value) is dict:
            return self._object(value)
        return self._array(value) if type(value) is list else value

    def _array(self, items: list[Any]) -> list[Any]:
        folded = []
        for item in items:
            if type(item) is not dict or ELEMENT not in item:
                folded.append(self._nested(item))
                continue
            for one in self._disclosed([item[ELEMENT]] if len(item) == 1 else None):
                self.clash = self.clash or one.name is not None
                folded.append(self._nested(one.value))
        return folded

    def _disclosed(self, digests: object) -> list[Disclosure]:
        if not isinstance(digests, list) or not {str}.issuperset(map(type, digests)):
            raise Invalid("digests", "not a list of digests")
        self.twice = self.twice or len(set(digests)) != len(digests) or not self.seen.isdisjoint(digests)
        fresh = [one for one in digests if one in self.given and one not in self.used]
        self.seen.update(digests)
        self.used.update(fresh)
        return [self.given[one] for one in dict.fromkeys(fresh)]


def fold(payload: Json, given: Iterable[Disclosure], closed: frozenset[str] = frozenset()) -> Folding:
    """The issuer's payload with the disclosures given. Raises Invalid("digests").

    Nothing is put into the members `closed`, which hold nothing that may be kept back.
    """
    folding = Folding({digest(one.text): one for one in given}, closed)
    folding.fold(payload)
    return folding


def hide(members: Mapping[str, Any], salt: Callable[[], str]) -> tuple[Json, list[Disclosure]]:
    """`members` as digests and their disclosures; the members of an object are hidden one by one (section 6.2).

    Digests are sorted, so that their order says nothing.
    """
    node: Json = {}
    made: list[Disclosure] = []
    own: list[str] = []
    for name, value in members.items():
        if name in RESERVED:
            raise Invalid("disclosure", "a name that no claim may have")
        if isinstance(value, Mapping):
            node[name], inner = hide(value, salt)
            made += inner
        else:
            one = make(salt(), name, value)
            own.append(digest(one.text))
            made.append(one)
    if own:
        node[DIGESTS] = sorted(own)
    return node, made
