"""Compact JWS with ES256, and the P-256 keys it needs (RFC 7515, RFC 7517, RFC 7518 3.4, RFC 7638).

ES256 is the only algorithm here: `alg` is compared, never used to choose. Signing goes through the `SigningKey`
protocol, so that a key may live in a file or in a device that never gives it out.
"""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from pasti.identity.rules.invalid import Invalid

ALGORITHM = "ES256"
LONGEST = 64 * 1024  # characters of one token, disclosures and all
PublicKey = ec.EllipticCurvePublicKey
Json = dict[str, Any]
_ES256 = ec.ECDSA(hashes.SHA256())
_P256 = ec.SECP256R1()
_SIZE = 32  # bytes of a coordinate and of each half of a signature
_STANDARD = bytes.maketrans(b"-_+/", b"+/-_")  # and the other way: what is not of the URL alphabet stays out
_PADDING = (b"", b"===", b"==", b"=")  # by the length modulo 4; no text has length 1 modulo 4
_encode = msgspec.json.Encoder().encode
_decode64, _encode64 = binascii.a2b_base64, binascii.b2a_base64
_decode = msgspec.json.Decoder().decode


class SigningKey(Protocol):
    """A P-256 key that signs: a file's, a device's."""

    @property
    def kid(self) -> str: ...

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes R and S over SHA-256 of `message`."""
        ...


@dataclass(frozen=True, slots=True)
class LocalKey:
    """A private key held in memory."""

    kid: str
    private: ec.EllipticCurvePrivateKey

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self.private.sign(message, _ES256))
        return r.to_bytes(_SIZE, "big") + s.to_bytes(_SIZE, "big")


class Token(msgspec.Struct, frozen=True):
    """A compact JWS taken apart. Nothing in it is true before `verified`."""

    header: Json
    payload: Json
    signed: bytes
    signature: bytes


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return _encode64(raw, newline=False).translate(_STANDARD).rstrip(b"=").decode("ascii")


def unb64(text: str) -> bytes:
    """The bytes of base64url without padding. Raises Invalid("encoding")."""
    try:
        return _decode64(text.encode("ascii").translate(_STANDARD) + _PADDING[len(text) % 4], strict_mode=True)
    except (ValueError, binascii.Error) as wrong:
        raise Invalid("encoding", "not base64url") from wrong


def dump(value: object) -> bytes:
    """JSON, compact, UTF-8."""
    return _encode(value)


def load(raw: bytes | str) -> Any:
    """What the JSON text says. Raises Invalid("encoding"): broken text, NaN, nesting without end."""
    try:
        return _decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError) as wrong:
        raise Invalid("encoding", "not JSON") from wrong


def load_object(raw: bytes | str) -> Json:
    """The JSON object in `raw`. Raises Invalid("encoding")."""
    value = load(raw)
    if not isinstance(value, dict):
        raise Invalid("encoding", "not a JSON object")
    return value


def sign(header: Mapping[str, Any], payload: Mapping[str, Any], key: SigningKey) -> str:
    """The compact JWS of `payload`; `alg` is set here, `kid` unless the header names the key otherwise."""
    named = {"jwk", "x5c", "kid"} & header.keys()
    full = {"alg": ALGORITHM, **header} if named else {"alg": ALGORITHM, "kid": key.kid, **header}
    signed = f"{b64(dump(full))}.{b64(dump(payload))}"
    return f"{signed}.{b64(key.sign(signed.encode()))}"


def parse(text: str, longest: int = LONGEST) -> Token:
    """The parts of a compact JWS whose payload is a JSON object. Raises Invalid("encoding")."""
    if len(text) > longest:
        raise Invalid("encoding", "too long")
    signed, _, signature = text.rpartition(".")
    header, dot, payload = signed.partition(".")
    if not dot or "." in payload:
        raise Invalid("encoding", "not three parts")
    return Token(_header(header), load_object(unb64(payload)), signed.encode(), unb64(signature))


@lru_cache(maxsize=64)
def _header(text: str) -> Json:
    """Headers repeat: an issuer's are all alike, and so are a wallet's. Nobody changes what this returns."""
    return load_object(unb64(text))


def expect(token: Token, typ: str) -> None:
    """Raises Invalid: "typ" for another kind of token, "alg" for another algorithm or an extension we do not know."""
    if token.header.get("typ") != typ:
        raise Invalid("typ", f"typ must be {typ}")
    if token.header.get("alg") != ALGORITHM or "crit" in token.header:
        raise Invalid("alg", f"alg must be {ALGORITHM}, without crit")


def signed_by(token: Token, key: PublicKey) -> bool:
    """Whether `key` made the signature."""
    raw = token.signature
    if len(raw) != 2 * _SIZE:
        return False
    der = encode_dss_signature(int.from_bytes(raw[:_SIZE], "big"), int.from_bytes(raw[_SIZE:], "big"))
    try:
        key.verify(der, token.signed, _ES256)
    except InvalidSignature:
        return False
    return True


def verified(text: str, typ: str, key: PublicKey) -> Token:
    """The token of kind `typ`, signed by `key`. Raises Invalid("encoding" | "typ" | "alg" | "signature")."""
    token = parse(text)
    expect(token, typ)
    if not signed_by(token, key):
        raise Invalid("signature")
    return token


def public_key(jwk: object) -> PublicKey:
    """The P-256 key of a JWK. Raises Invalid("key"): another type or curve, a private key, not on the curve."""
    if not isinstance(jwk, dict) or jwk.get("kty") != "EC" or jwk.get("crv") != "P-256" or "d" in jwk:
        raise Invalid("key", "not a public P-256 key")
    x, y = (unb64(part) if isinstance(part := jwk.get(name), str) else b"" for name in ("x", "y"))
    if len(x) != _SIZE or len(y) != _SIZE:
        raise Invalid("key", "coordinates have 32 bytes")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_P256, b"\x04" + x + y)
    except ValueError as wrong:
        raise Invalid("key", "not on the curve") from wrong


def jwk_of(key: PublicKey) -> Json:
    """The JWK of a P-256 public key."""
    numbers = key.public_numbers()
    x, y = (b64(number.to_bytes(_SIZE, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """The name a key gives itself: RFC 7638, SHA-256."""
    return b64(hashlib.sha256(dump({name: jwk[name] for name in ("crv", "kty", "x", "y")})).digest())
