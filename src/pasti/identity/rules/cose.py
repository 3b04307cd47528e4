"""COSE_Sign1 with ES256 over CWT claims, as far as a status list in CBOR needs it (RFC 9052 4.2, RFC 8392, RFC 8949).

Definite lengths only, and depth is bounded: what these messages are made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pasti.identity.rules import jws
from pasti.identity.rules.invalid import Invalid
from pasti.identity.rules.jws import PublicKey, Token

_SIGN1, _ES256 = 18, -7
_ALG, _KID, _TYP = 1, 4, 16  # labels of header parameters
_DEPTH = 16
_SIMPLE = {20: False, 21: True, 22: None}


@dataclass(frozen=True, slots=True)
class Sign1:
    """A signed message of CWT claims. Nothing in it is true before `signed_by`."""

    typ: str
    kid: str
    claims: dict[Any, Any]
    signed: bytes
    signature: bytes


def parse_sign1(raw: bytes) -> Sign1:
    """The parts of the message. Raises Invalid("encoding"), or Invalid("alg") for another algorithm than ES256."""
    message = loads(raw)
    if not isinstance(message, tuple) or message[0] != _SIGN1 or not _four(message[1]):
        raise Invalid("encoding", "not a COSE_Sign1 message")
    protected, unprotected, payload, signature = message[1]
    header, claims = loads(protected) if protected else {}, loads(payload)
    if not isinstance(header, dict) or not isinstance(unprotected, dict) or not isinstance(claims, dict):
        raise Invalid("encoding", "headers and claims are maps")
    if header.get(_ALG) != _ES256:
        raise Invalid("alg", "alg must be ES256")
    kid = header.get(_KID, unprotected.get(_KID, b""))
    named = kid.decode("utf-8", "replace") if isinstance(kid, bytes) else ""
    signed = b"\x84\x6aSignature1" + _bytes(protected) + b"\x40" + _bytes(payload)
    return Sign1(str(header.get(_TYP, "")), named, claims, signed, signature)


def signed_by(message: Sign1, key: PublicKey) -> bool:
    """Whether `key` made the signature."""
    return jws.signed_by(Token({}, {}, message.signed, message.signature), key)


def _four(parts: object) -> bool:
    if not isinstance(parts, list) or len(parts) != 4:
        return False
    return all(isinstance(parts[place], bytes) for place in (0, 2, 3))


def _bytes(raw: bytes) -> bytes:
    size = len(raw)
    if size < 24:
        return bytes([0x40 | size]) + raw
    width = next(n for n in range(4) if size < 1 << (8 << n))
    return bytes([0x40 | 24 + width]) + size.to_bytes(1 << width, "big") + raw


def loads(raw: bytes) -> Any:
    """The one CBOR item in `raw`; a tagged item is a pair (tag, item). Raises Invalid("encoding")."""
    try:
        value, end = _item(raw, 0, _DEPTH)
    except (IndexError, UnicodeDecodeError, TypeError) as wrong:
        raise Invalid("encoding", "not CBOR") from wrong
    if end != len(raw):
        raise Invalid("encoding", "something follows the CBOR item")
    return value


def _head(raw: bytes, at: int) -> tuple[int, int, int]:
    major, info = raw[at] >> 5, raw[at] & 31
    if info < 24:
        return major, info, at + 1
    if info > 27:
        raise Invalid("encoding", "indefinite length")
    width = 1 << info - 24
    if at + 1 + width > len(raw):
        raise IndexError
    return major, int.from_bytes(raw[at + 1 : at + 1 + width], "big"), at + 1 + width


def _item(raw: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth == 0:
        raise Invalid("encoding", "nested too deep")
    major, number, at = _head(raw, at)
    if major in (0, 1):
        return (number if major == 0 else -1 - number), at
    if major in (2, 3):
        if at + number > len(raw):
            raise IndexError
        text = raw[at : at + number]
        return (text if major == 2 else text.decode()), at + number
    if major == 7:
        if number not in _SIMPLE or raw[at - 1] != 0xE0 | number:
            raise Invalid("encoding", "neither true, false nor null")
        return _SIMPLE[number], at
    return _nested(major, number, raw, at, depth - 1)


def _nested(major: int, number: int, raw: bytes, at: int, depth: int) -> tuple[Any, int]:
    if major == 6:
        value, at = _item(raw, at, depth)
        return (number, value), at
    items = []
    for _ in range(number * (major - 3)):
        value, at = _item(raw, at, depth)
        items.append(value)
    return (items if major == 4 else dict(zip(items[::2], items[1::2], strict=True))), at
