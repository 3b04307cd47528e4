"""The life of a registration (antrean): which step may follow which."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a registration stands."""

    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    CALLED = "called"
    SERVING = "serving"
    DONE = "done"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


# A skipped patient who turns up is called again; one who was called may still cancel, one being served may not.
FOLLOWS: dict[State, frozenset[State]] = {
    State.BOOKED: frozenset({State.CHECKED_IN, State.CANCELLED, State.NO_SHOW}),
    State.CHECKED_IN: frozenset({State.CALLED, State.CANCELLED, State.NO_SHOW}),
    State.CALLED: frozenset({State.CALLED, State.SERVING, State.SKIPPED, State.CANCELLED}),
    State.SKIPPED: frozenset({State.CALLED, State.CANCELLED, State.NO_SHOW}),
    State.SERVING: frozenset({State.DONE}),
    State.DONE: frozenset(),
    State.CANCELLED: frozenset(),
    State.NO_SHOW: frozenset(),
}
ACTIVE = frozenset({State.BOOKED, State.CHECKED_IN, State.CALLED, State.SKIPPED, State.SERVING})
WAITING = frozenset({State.CHECKED_IN, State.SKIPPED})


def may_become(now: State, then: State) -> bool:
    """True when a registration in state `now` may go to `then`."""
    return then in FOLLOWS[now]


def states_before(then: State) -> list[State]:
    """The states from which `then` can be reached in one step, for conditional updates."""
    return [state for state, following in FOLLOWS.items() if then in following]
