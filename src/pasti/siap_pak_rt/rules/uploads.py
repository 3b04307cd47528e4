"""What a piece of an upload means, given what has come before."""

from __future__ import annotations

from enum import Enum

PIECE = 256 * 1024  # bytes of one piece at most: ten seconds on a poor line


class Step(Enum):
    """What to do with a piece."""

    WRITE = "write"  # it is the next
    KNOWN = "known"  # it came before: its answer was lost on the way
    ELSEWHERE = "elsewhere"  # the sender must go on from where we are


def step(received: int, size: int, offset: int, length: int) -> Step:
    """The step for `length` bytes from `offset` on, of a file of `size` bytes of which `received` are here."""
    if offset < 0 or length <= 0 or offset + length > size:
        return Step.ELSEWHERE
    if offset == received:
        return Step.WRITE
    return Step.KNOWN if offset + length <= received else Step.ELSEWHERE
