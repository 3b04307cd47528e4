"""Token Status List: one compressed array says of every credential whether it is valid, revoked or suspended.

draft-ietf-oauth-status-list-20 (in the RFC editor's queue). Entry `idx` has `bits` bits, from the least significant
bit of its byte; the array is compressed with zlib (DEFLATE, RFC 1950).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pasti.identity.rules import cose, jws
from pasti.identity.rules.invalid import Invalid
from pasti.identity.rules.jws import Json, PublicKey, SigningKey

VALID, INVALID, SUSPENDED = 0, 1, 2
JWT_TYPE, CWT_TYPE = "statuslist+jwt", "application/statuslist+cwt"
JWT_MEDIA, CWT_MEDIA = "application/statuslist+jwt", "application/statuslist+cwt"
SIZES = (1, 2, 4, 8)
LARGEST = 16 * 1024 * 1024  # bytes of an unpacked list; a bomb must not fill the memory
SKEW = 60  # seconds
_SUB, _EXP, _IAT, _TTL, _LIST = 2, 4, 6, 65534, 65533  # claim keys of a CWT


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list as its issuer signed it. Times in seconds since 1970; `ttl` says how long a copy may be kept."""

    uri: str
    bits: int
    entries: bytes
    iat: int
    exp: int | None
    ttl: int | None

    def at(self, idx: int) -> int:
        """The status of entry `idx`. Raises Invalid("status-index") beyond the end."""
        return status_at(self.entries, self.bits, idx)

    def expired(self, now: int) -> bool:
        """Whether nobody may rely on this list any more."""
        return self.exp is not None and now >= self.exp


def pack(statuses: Mapping[int, int], bits: int, size: int) -> bytes:
    """`size` entries of `bits` bits; those not in `statuses` are valid. Raises Invalid("bits" | "status-index")."""
    if bits not in SIZES:
        raise Invalid("bits", "1, 2, 4 or 8 bits")
    packed = bytearray(-(-size * bits // 8))
    for idx, status in statuses.items():
        if not 0 <= idx < size or not 0 <= status < 1 << bits:
            raise Invalid("status-index", "no such entry or status")
        packed[idx * bits // 8] |= status << idx * bits % 8
    return bytes(packed)


def encode(entries: bytes) -> str:
    """The text of `lst`: compressed as far as it goes, base64url."""
    return jws.b64(zlib.compress(entries, 9))


def decode(lst: str) -> bytes:
    """The entries in the text of `lst`. Raises Invalid("encoding")."""
    return unpack(jws.unb64(lst))


def unpack(compressed: bytes) -> bytes:
    """The entries of a compressed list. Raises Invalid("encoding"): not zlib, cut off, too large."""
    stream = zlib.decompressobj()
    try:
        entries = stream.decompress(compressed, LARGEST)
    except zlib.error as wrong:
        raise Invalid("encoding", "not a compressed list") from wrong
    if not stream.eof or stream.unused_data:
        raise Invalid("encoding", "a compressed list that is cut off, too large or followed by something")
    return entries


def status_at(entries: bytes, bits: int, idx: int) -> int:
    """The status of entry `idx`. Raises Invalid("status-index") beyond the end: such a credential is not valid."""
    place = idx * bits
    if idx < 0 or place // 8 >= len(entries):
        raise Invalid("status-index", "the list has no such entry")
    return entries[place // 8] >> place % 8 & (1 << bits) - 1


def token(listed: StatusList, key: SigningKey) -> str:
    """The status list token, a JWT, as it is served under its address."""
    times = {"exp": listed.exp, "ttl": listed.ttl}
    payload = {
        "sub": listed.uri,
        "iat": listed.iat,
        **{name: value for name, value in times.items() if value is not None},
        "status_list": {"bits": listed.bits, "lst": encode(listed.entries)},
    }
    return jws.sign({"typ": JWT_TYPE}, payload, key)


def parse_jwt(text: str, *, issuer_key: Callable[[Json], PublicKey | None], uri: str, now: int) -> StatusList:
    """The list of a JWT fetched from `uri`. Raises Invalid, also "expired": nobody may rely on it any more.

    A token as long as a list is no presentation: the bound on its length is that of a list.
    """
    read = jws.parse(text, longest=LARGEST)
    jws.expect(read, JWT_TYPE)
    key = issuer_key(read.header)
    if key is None or not jws.signed_by(read, key):
        raise Invalid("signature")
    claims = read.payload
    place = claims.get("status_list")
    if not isinstance(place, dict) or not isinstance(place.get("lst"), str):
        raise Invalid("status", "no status_list")
    times = (claims.get("iat"), claims.get("exp"), claims.get("ttl"))
    return _checked(claims.get("sub"), place.get("bits"), decode(place["lst"]), times, uri, now)


def parse_cwt(raw: bytes, *, issuer_key: Callable[[Json], PublicKey | None], uri: str, now: int) -> StatusList:
    """The list of a CWT fetched from `uri`; `issuer_key` gets {"kid": ...}. Raises Invalid as `parse_jwt` does."""
    message = cose.parse_sign1(raw)
    if message.typ != CWT_TYPE:
        raise Invalid("typ", f"typ must be {CWT_TYPE}")
    key = issuer_key({"kid": message.kid})
    if key is None or not cose.signed_by(message, key):
        raise Invalid("signature")
    claims = message.claims
    place = claims.get(_LIST)
    if not isinstance(place, dict) or not isinstance(place.get("lst"), bytes):
        raise Invalid("status", "no status_list")
    times = (claims.get(_IAT), claims.get(_EXP), claims.get(_TTL))
    return _checked(claims.get(_SUB), place.get("bits"), unpack(place["lst"]), times, uri, now)


def _checked(sub: object, bits: object, entries: bytes, times: tuple[Any, Any, Any], uri: str, now: int) -> StatusList:
    iat, exp, ttl = times
    if sub != uri:
        raise Invalid("status-subject", "a list of another address")
    if bits not in SIZES or isinstance(bits, bool) or not isinstance(bits, int):
        raise Invalid("bits", "1, 2, 4 or 8 bits")
    if not _whole(iat) or not all(one is None or _whole(one) for one in (exp, ttl)) or ttl == 0:
        raise Invalid("status", "iat, exp and ttl are whole numbers")
    listed = StatusList(uri, bits, entries, iat, exp, ttl)
    if iat > now + SKEW:
        raise Invalid("issued-in-future")
    if listed.expired(now):
        raise Invalid("expired", "the status list has expired")
    return listed


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
