"""Reading the messages of the OpenID standards into typed structures; members nobody knows are left alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import msgspec
from msgspec import Meta

from pasti.identity.rules import jws
from pasti.identity.rules.invalid import Invalid

Kind = TypeVar("Kind")
Texts = Annotated[list[str], Meta(min_length=1)]
Text = Annotated[str, Meta(min_length=1)]
Whole = Annotated[int, Meta(ge=0)]
Path = Annotated[list[str | Whole | None], Meta(min_length=1)]
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def read(kind: type[Kind], raw: object, code: str) -> Kind:
    """`raw`, parsed JSON, as `kind`. Raises Invalid(code) saying which member is wrong."""
    try:
        return msgspec.convert(raw, kind)
    except (msgspec.ValidationError, ValueError) as wrong:
        raise Invalid(code, str(wrong)) from wrong


def read_json(raw: bytes | str, code: str) -> Any:
    """The parsed JSON text. Raises Invalid(code)."""
    try:
        return jws.load(raw)
    except Invalid as wrong:
        raise Invalid(code, wrong.description) from wrong


def once(form: Mapping[str, Sequence[str]], code: str) -> dict[str, str]:
    """The parameters of a form. Raises Invalid(code) for one sent twice (RFC 6749 3.1); empty ones count as absent."""
    if any(len(values) > 1 for values in form.values()):
        raise Invalid(code, "a parameter was sent twice")
    return {name: values[0] for name, values in form.items() if values and values[0]}


def query(link: str, code: str) -> dict[str, str]:
    """The parameters of a link such as openid4vp://?... Raises Invalid(code)."""
    try:
        return once(parse_qs(urlsplit(link).query, strict_parsing=True), code)
    except ValueError as wrong:
        raise Invalid(code, "not a link with parameters") from wrong


def need(holds: bool, code: str, words: str) -> None:
    """Raises Invalid(code, words) unless it `holds`."""
    if not holds:
        raise Invalid(code, words)


def secure(address: str) -> bool:
    """Whether this is an https address, or one on this very machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


def unique(values: Iterable[object]) -> bool:
    """Whether none is there twice."""
    listed = list(values)
    return len(set(listed)) == len(listed)
