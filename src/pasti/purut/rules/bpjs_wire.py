"""What goes over the wire to BPJS Kesehatan: signed requests, and answers that are encrypted and packed.

Source: BPJS Kesehatan, "WS Antrean RS" (TrustMark): signature HMAC-SHA256 over `consid&timestamp`; answers AES-256-CBC
with PKCS#7, key SHA-256 of consid, secret and timestamp, the IV its first 16 bytes; inside, LZ-string in its alphabet
for addresses (pieroxy, lz-string 1.x).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-$"
LARGEST = 5_000_000  # characters an answer may unpack to
_WORTH = {letter: worth for worth, letter in enumerate(ALPHABET[:64])}
_BLOCK = 128  # bits
_BYTE, _UNIT, _END = 0, 1, 2  # codes of the stream that are not entries of the dictionary


def signature(cons_id: str, secret: str, timestamp: str) -> str:
    """The value of `x-signature`; `timestamp` is UTC seconds since 1970 as text."""
    digest = hmac.digest(secret.encode(), f"{cons_id}&{timestamp}".encode(), "sha256")
    return base64.b64encode(digest).decode()


def headers(cons_id: str, secret: str, user_key: str, timestamp: str) -> dict[str, str]:
    """The headers that make a request ours."""
    return {"x-cons-id": cons_id, "x-timestamp": timestamp, "x-signature": signature(cons_id, secret, timestamp),
            "user_key": user_key}  # fmt: skip


def key(cons_id: str, secret: str, timestamp: str) -> bytes:
    """The 32 bytes an answer to the request of `timestamp` is encrypted with."""
    return hashlib.sha256(f"{cons_id}{secret}{timestamp}".encode()).digest()


def read(answer: str, secret_key: bytes) -> str:
    """The text of an encrypted and packed `response`. Raises ValueError when it is not one for this key."""
    reader = Cipher(algorithms.AES(secret_key), modes.CBC(secret_key[:16])).decryptor()
    padded = reader.update(base64.b64decode(answer, validate=True)) + reader.finalize()
    unpad = PKCS7(_BLOCK).unpadder()
    return unpack((unpad.update(padded) + unpad.finalize()).decode())


def unpack(packed: str) -> str:
    """The text that lz-string's `compressToEncodedURIComponent` packed. Raises ValueError for anything else."""
    bits = _bits(packed)
    first = _take(bits, 2)
    if first == _END:
        return ""
    word = _literal(first, bits)
    entries, found, width, length = ["", "", "", word], [word], 3, len(word)
    while (code := _take(bits, width)) != _END:
        if code in (_BYTE, _UNIT):
            entries.append(_literal(code, bits))
            code = len(entries) - 1
            width += len(entries) == 1 << width
        if code > len(entries):
            raise ValueError("no such entry in the dictionary")
        entry = entries[code] if code < len(entries) else word + word[0]
        found.append(entry)
        length += len(entry)
        if length > LARGEST:
            raise ValueError("unpacks to too much")
        entries.append(word + entry[0])
        width += len(entries) == 1 << width
        word = entry
    # Characters beyond the basic plane come as the two halves JavaScript writes them with.
    return "".join(found).encode("utf-16", "surrogatepass").decode("utf-16")


def _bits(packed: str) -> Iterator[int]:
    for letter in packed.replace(" ", "+"):
        worth = _WORTH.get(letter)
        if worth is None:
            raise ValueError("a letter that is not of the alphabet")
        for place in range(5, -1, -1):
            yield worth >> place & 1


def _take(bits: Iterator[int], count: int) -> int:
    """A number of so many bits, the lowest first."""
    number = 0
    for place in range(count):
        bit = next(bits, None)
        if bit is None:
            raise ValueError("ends before its end mark")
        number |= bit << place
    return number


def _literal(code: int, bits: Iterator[int]) -> str:
    return chr(_take(bits, 8 if code == _BYTE else 16))
