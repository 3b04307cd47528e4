"""A session as its stamps tell it, in minutes after its scheduled start: simulated days and real ones look alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pasti.purut.rules.states import BEFORE_SEEN, WAITING, State

SEEN = frozenset({State.PHARMACY, State.DONE})  # what the clinic's end is stamped with, whichever comes first
WITH_DOCTOR = frozenset({State.CALLED, State.SERVING})


@dataclass(frozen=True)
class Stamp:
    """One step of one registration, `at` minutes after the scheduled start (before it: negative)."""

    at: float
    number: int
    step: State


@dataclass
class Way:
    """One registration's way to the doctor as far as its stamps go; a time that has not come is None."""

    number: int
    state: State = State.BOOKED
    priority: bool = False
    arrived: float | None = None
    calls: list[float] = field(default_factory=list)
    done: float | None = None

    @property
    def waits(self) -> bool:
        """In the house and not with the doctor: to be called."""
        return self.state in WAITING

    @property
    def expected(self) -> bool:
        """Not seen yet, not given up: waits, or may still come."""
        return self.state in BEFORE_SEEN - WITH_DOCTOR


@dataclass(frozen=True)
class Session:
    """A doctor's session: the schedule's minutes for each patient, and everybody's way by number."""

    minutes: float
    ways: Sequence[Way]


@dataclass(frozen=True)
class Turn:
    """The minutes one patient took of the doctor's time, from the call that was answered at `at`."""

    at: float
    minutes: float


def read(stamps: Iterable[Stamp], minutes: float, priorities: frozenset[int] = frozenset()) -> Session:
    """The session behind these stamps, in order. Give it only those up to a moment, and it is what was known then."""
    ways: dict[int, Way] = {}
    for one in sorted(stamps, key=lambda stamp: stamp.at):  # stable: two steps of one moment stay in their order
        way = ways.setdefault(one.number, Way(one.number, priority=one.number in priorities))
        way.state = one.step
        if one.step == State.CHECKED_IN and way.arrived is None:
            way.arrived = one.at
        elif one.step == State.CALLED:
            way.calls.append(one.at)
        elif one.step in SEEN and way.done is None:
            way.done = one.at
    return Session(minutes, [ways[number] for number in sorted(ways)])


def turns(ways: Iterable[Way]) -> list[Turn]:
    """How long each finished patient kept the doctor.

    Until the next answered call when the next patient had been waiting: walking in, breaks, and calls nobody answered
    belong to what the queue waits for. Else until the end of the visit.
    """
    seen = sorted(
        (way for way in ways if way.calls and (way.done is not None or way.state in WITH_DOCTOR)), key=_answered
    )
    found = []
    for way, following in zip(seen, [*seen[1:], None], strict=False):
        if way.done is None:
            continue
        waited = following is not None and following.arrived is not None and following.arrived <= way.done
        ends = max(_answered(following), way.done) if waited and following else way.done
        if ends > way.calls[-1]:
            found.append(Turn(way.calls[-1], ends - way.calls[-1]))
    return found


def begun(ways: Iterable[Way]) -> float | None:
    """When the first patient was called; None before."""
    return min((way.calls[0] for way in ways if way.calls), default=None)


def lateness(ways: Sequence[Way]) -> float | None:
    """Minutes from when the first call could have been (the start, or the first arrival after it) to when it was."""
    first = begun(ways)
    came = [way.arrived for way in ways if way.arrived is not None]
    return None if first is None or not came else first - max(0.0, min(came))


def calling_order(ways: Iterable[Way], ratio: int, since_priority: int = 0) -> list[Way]:
    """Those to be called in the order of calling, as if all of them were in the house.

    Skipped after uncalled, by number; of every 1 + `ratio` calls one goes to priority, when there is one. `since_priority`
    is how many others have been called since the last of these.
    """
    rows = sorted(ways, key=lambda way: (len(way.calls) > 0, way.number))
    first, others = [w for w in rows if w.priority], [w for w in rows if not w.priority]
    merged = []
    while first or others:
        chosen = first if first and (since_priority >= ratio or not others) else (others or first)
        since_priority = 0 if chosen is first else since_priority + 1
        merged.append(chosen.pop(0))
    return merged


def since_priority(ways: Iterable[Way]) -> int:
    """How many others have been called since the last call of a priority patient."""
    calls = sorted(((way.calls[-1], way.priority) for way in ways if way.calls), reverse=True)
    return next((at for at, (_, priority) in enumerate(calls) if priority), len(calls))


def _answered(way: Way) -> float:
    return way.calls[-1]
