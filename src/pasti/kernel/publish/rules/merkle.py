"""The root of a Merkle tree over records (RFC 6962, section 2.1), in one pass and little memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

EMPTY = hashlib.sha256(b"").hexdigest()


def root(records: Iterable[tuple[str, str]]) -> str:
    """Root in hex over (id, digest) pairs in their order. Any changed, missing, added or moved record changes it."""
    peaks: list[tuple[int, bytes]] = []  # (height, hash) of complete subtrees, the tallest first
    for record_id, digest in records:
        peaks.append((0, hashlib.sha256(b"\x00" + f"{record_id}\x1f{digest}".encode()).digest()))
        while len(peaks) > 1 and peaks[-1][0] == peaks[-2][0]:
            (height, right), (_, left) = peaks.pop(), peaks.pop()
            peaks.append((height + 1, _node(left, right)))
    if not peaks:
        return EMPTY
    _, total = peaks.pop()
    while peaks:
        total = _node(peaks.pop()[1], total)
    return total.hex()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
