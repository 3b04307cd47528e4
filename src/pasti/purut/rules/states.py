"""The life of a registration (antrean): which step may follow which."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a registration stands."""

    HELD = "held"  # a place offered to the patient, who has not answered yet
    BOOKED = "booked"
    ADMISSION = "admission"  # a new patient waits at the counter for a record to be made
    ADMITTING = "admitting"
    CHECKED_IN = "checked_in"  # waits for the clinic
    CALLED = "called"
    SERVING = "serving"
    PHARMACY = "pharmacy"  # seen by the doctor, waits for medicine
    PREPARING = "preparing"
    READY = "ready"
    DONE = "done"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


# A skipped patient who turns up is called again; one who was called may still cancel, one being served may not. Only a
# new patient passes by admission, only one with a prescription by the pharmacy.
FOLLOWS: dict[State, frozenset[State]] = {
    State.HELD: frozenset({State.BOOKED, State.CANCELLED}),
    State.BOOKED: frozenset({State.ADMISSION, State.CHECKED_IN, State.CANCELLED, State.NO_SHOW}),
    State.ADMISSION: frozenset({State.ADMITTING, State.CANCELLED, State.NO_SHOW}),
    State.ADMITTING: frozenset({State.CHECKED_IN, State.CANCELLED, State.NO_SHOW}),
    State.CHECKED_IN: frozenset({State.CALLED, State.CANCELLED, State.NO_SHOW}),
    State.CALLED: frozenset({State.CALLED, State.SERVING, State.SKIPPED, State.CANCELLED}),
    State.SKIPPED: frozenset({State.CALLED, State.CANCELLED, State.NO_SHOW}),
    State.SERVING: frozenset({State.PHARMACY, State.DONE}),
    State.PHARMACY: frozenset({State.PREPARING, State.DONE}),
    State.PREPARING: frozenset({State.READY, State.DONE}),
    State.READY: frozenset({State.DONE}),
    State.DONE: frozenset(),
    State.CANCELLED: frozenset(),
    State.NO_SHOW: frozenset(),
}
# In the house for the clinic, or expected: who has been seen and waits for medicine may book the same clinic again.
BEFORE_SEEN = frozenset({State.BOOKED, State.ADMISSION, State.ADMITTING, State.CHECKED_IN, State.CALLED, State.SKIPPED})
ACTIVE = BEFORE_SEEN | {State.SERVING, State.HELD}
# Until when the patient may cancel; the hospital may still do so after the call.
BEFORE_CALLED = (BEFORE_SEEN - {State.CALLED}) | {State.HELD}
AT_PHARMACY = frozenset({State.PHARMACY, State.PREPARING, State.READY})
# Past admission: whoever has a registration in one of these has a complete record.
SEEN_BEFORE = AT_PHARMACY | {State.CHECKED_IN, State.CALLED, State.SKIPPED, State.SERVING, State.DONE}
WAITING = frozenset({State.CHECKED_IN, State.SKIPPED})


def may_become(now: State, then: State) -> bool:
    """True when a registration in state `now` may go to `then`."""
    return then in FOLLOWS[now]


def states_before(then: State) -> list[State]:
    """The states from which `then` can be reached in one step, for conditional updates."""
    return [state for state, following in FOLLOWS.items() if then in following]
