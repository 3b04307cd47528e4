"""The task ids of BPJS Kesehatan and their times, from the stamps of a visit. Never typed.

Source: BPJS Kesehatan, "WS Antrean RS", `antrean/updatewaktu`: 1 waits for admission (new patients), 2 admission begins,
3 waits for the clinic, 4 is served by the clinic, 5 waits for the pharmacy, 6 medicine is prepared, 7 medicine is handed
over, 99 absent or cancelled.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import dropwhile

from pasti.purut.rules.states import State

WAITS_FOR_CLINIC, SERVED, SEEN, PREPARING, HANDED_OVER, GONE = 3, 4, 5, 6, 7, 99
ADD, UPDATE, CANCEL = "add", "updatewaktu", "batal"
FIRST_POSITION, CANCEL_POSITION = 0, 98  # of a message among those of its registration; a time's is its task id
_TASKS = {
    State.ADMISSION: 1, State.ADMITTING: 2, State.CHECKED_IN: WAITS_FOR_CLINIC, State.SERVING: SERVED,
    State.PHARMACY: SEEN, State.PREPARING: PREPARING, State.CANCELLED: GONE, State.NO_SHOW: GONE,
}  # fmt: skip


@dataclass(frozen=True)
class Task:
    """A task id with its time."""

    id: int
    at: dt.datetime


@dataclass(frozen=True)
class Message:
    """Something BPJS is to learn of a registration; sent by `position`."""

    kind: str
    position: int
    at: dt.datetime


def tasks(stamps: Iterable[tuple[str, dt.datetime]]) -> list[Task]:
    """The tasks of a visit with these stamps (step and time, in the order they were written).

    Each task once and by its first stamp, ids only upwards, times never backwards: what was stamped by a clock that
    stood still or late takes the time before it.
    """
    found: list[Task] = []
    for step, at in stamps:
        last = found[-1] if found else None
        task = _task(State(step), last.id if last else 0)
        if task > (last.id if last else 0):
            found.append(Task(task, max(at, last.at) if last else at))
    return found


def _task(step: State, last: int) -> int:
    """The task a step begins; 0 for none. The end of a visit is what it ends: the clinic, or the pharmacy's work."""
    if step == State.DONE:
        return {SERVED: SEEN, PREPARING: HANDED_OVER}.get(last, 0)
    return _TASKS.get(step, 0)


def messages(
    stamps: Iterable[tuple[str, dt.datetime]], *, made_by_bpjs: bool, cancelled_by_bpjs: bool
) -> list[Message]:
    """What BPJS is to learn of a registration by its stamps, in the order of sending.

    A registration or cancellation that came from BPJS is not told to it again; its times are. A place that is only
    held for somebody is none yet.
    """
    given = list(dropwhile(lambda stamp: stamp[0] == State.HELD, stamps))
    if given and given[0][0] == State.CANCELLED:
        return []
    found = [] if made_by_bpjs or not given else [Message(ADD, FIRST_POSITION, given[0][1])]
    cancelled = any(step == State.CANCELLED for step, _at in given)
    for task in tasks(given):
        if task.id == GONE and cancelled and not cancelled_by_bpjs:
            found.append(Message(CANCEL, CANCEL_POSITION, task.at))
        found.append(Message(UPDATE, task.id, task.at))
    return found
