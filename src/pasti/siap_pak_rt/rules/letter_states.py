"""The life of a letter: who has it, and which verdict leads where.

A kind of letter has a route: the levels of unit that must agree, in order. The last of them issues. At the kelurahan
there are two acts, verifying and signing, so that whoever signs sees a letter that was looked through.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

LEVELS = ("rt", "rw", "kelurahan")


class State(StrEnum):
    """Where a letter stands."""

    AT_RT = "at_rt"
    MEET = "meet"  # the RT has asked to meet the resident first
    AT_RW = "at_rw"
    AT_KELURAHAN = "at_kelurahan"
    TO_SIGN = "to_sign"  # verified, waits for the signature
    ISSUED = "issued"
    REVOKED = "revoked"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    CLOSED = "closed"  # the resident died or moved away meanwhile


class Verdict(StrEnum):
    """What an official can say."""

    APPROVE = "approve"
    REFUSE = "refuse"
    MEET = "meet"


LEVEL_OF = {
    State.AT_RT: "rt", State.MEET: "rt", State.AT_RW: "rw", State.AT_KELURAHAN: "kelurahan", State.TO_SIGN: "kelurahan",
}  # fmt: skip
OPEN = frozenset(LEVEL_OF)
NEEDS_REASON = frozenset({Verdict.REFUSE, Verdict.MEET})
_ENTRY = {"rt": State.AT_RT, "rw": State.AT_RW, "kelurahan": State.AT_KELURAHAN}


class NotAllowed(ValueError):
    """This verdict has no meaning in this state."""


def first(route: Sequence[str]) -> State:
    """Where a letter with this route begins."""
    return _ENTRY[route[0]]


def after(state: State, verdict: Verdict, route: Sequence[str]) -> State:
    """Where `verdict` leads. Only the RT asks to meet, and only once. Raises NotAllowed."""
    if state not in OPEN or verdict not in allowed(state):
        raise NotAllowed(f"{verdict} in {state}")
    if verdict is Verdict.REFUSE:
        return State.REFUSED
    if verdict is Verdict.MEET:
        return State.MEET
    return State.TO_SIGN if state is State.AT_KELURAHAN else _next(LEVEL_OF[state], route)


def allowed(state: State) -> tuple[Verdict, ...]:
    """The verdicts that can be given in `state`."""
    if state is State.AT_RT:
        return (Verdict.APPROVE, Verdict.MEET, Verdict.REFUSE)
    return (Verdict.APPROVE, Verdict.REFUSE) if state in OPEN else ()


def issues(state: State, route: Sequence[str]) -> bool:
    """Whether approving here issues the letter."""
    return Verdict.APPROVE in allowed(state) and after(state, Verdict.APPROVE, route) is State.ISSUED


def level_above(level: str) -> str:
    """The level that may act when `level` is overdue; empty above the kelurahan."""
    at = LEVELS.index(level) + 1
    return LEVELS[at] if at < len(LEVELS) else ""


def can_cancel(state: State) -> bool:
    """The resident may take a letter back until it is issued."""
    return state in OPEN


def _next(level: str, route: Sequence[str]) -> State:
    at = list(route).index(level) + 1
    return _ENTRY[route[at]] if at < len(route) else State.ISSUED
