"""Who is called next: numbers in order, some first by a published ratio, and a fair place for who came late.

The rule as it hangs on the wall: emergencies at once; of every 1 + `ratio` calls one goes to those called first, when
one of them waits; who arrives after the own number was passed waits for two others of the own line, who was skipped
for three, and who was skipped again for all who wait then. So nobody is overtaken by one person more than twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

LATE_AFTER, SKIPPED_AFTER = 2, 3


class Priority(StrEnum):
    """Why somebody is called first."""

    LANSIA = "lansia"
    DISABILITAS = "disabilitas"
    HAMIL = "hamil"
    DARURAT = "darurat"


@dataclass(frozen=True)
class Waiting:
    """One who waits. `turn` is the number behind which a late or skipped one stands, since `turned_at`."""

    number: int
    priority: str = ""
    turn: int | None = None
    turned_at: dt.datetime | None = None

    @property
    def place(self) -> tuple[int, float, int]:
        """What the line is sorted by: those put behind a number follow it in the order in which they were put there."""
        since = self.turned_at.timestamp() if self.turned_at else 0.0
        return (self.number if self.turn is None else self.turn, since, self.number)


def priority_by_age(birth: dt.date, day: dt.date, *, elderly_from: int, classes: Iterable[str]) -> str:
    """`lansia` for who is at least `elderly_from` years old on `day`, where the hospital calls the elderly first."""
    age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    return str(Priority.LANSIA) if Priority.LANSIA in set(classes) and age >= elderly_from else ""


def following(waiting: Iterable[Waiting], recent: Sequence[str], ratio: int) -> Waiting | None:
    """Who is called next; None when nobody waits.

    `recent` are the priorities of those called before, the newest first; emergencies among them do not count.
    """
    line = sorted(waiting, key=lambda one: one.place)
    # An emergency that nobody answered to waits like the others called first: it must not hold up the house.
    urgent = [one for one in line if one.priority == Priority.DARURAT and one.turn is None]
    first = [one for one in line if one.priority and one not in urgent]
    others = [one for one in line if not one.priority]
    if urgent:
        return urgent[0]
    if first and (not others or first_are_due(recent, ratio)):
        return first[0]
    return others[0] if others else None


def first_are_due(recent: Sequence[str], ratio: int) -> bool:
    """True when `ratio` calls in a row went to the others."""
    calls = [priority for priority in recent if priority != Priority.DARURAT][:ratio]
    return len(calls) == ratio and not any(calls)


def in_order(waiting: Iterable[Waiting], recent: Sequence[str], ratio: int) -> list[Waiting]:
    """All who wait, in the order in which they will be called if nobody else comes."""
    left, calls, order = list(waiting), list(recent), []
    while (one := following(left, calls, ratio)) is not None:
        left.remove(one)
        order.append(one)
        calls.insert(0, one.priority)
    return order


def was_passed(number: int, priority: str, called: Iterable[tuple[int, str]]) -> bool:
    """True when a higher number of the same line was called at its own turn. `called` are numbers and priorities."""
    return any(other > number and bool(first) == bool(priority) for other, first in called)


def turn_of_late(line: Iterable[Waiting], priority: str) -> int | None:
    """Behind which number one stands who comes late; None when the own line is empty. Emergencies are never late."""
    return None if priority == Priority.DARURAT else _behind(line, priority, LATE_AFTER)


def as_if_come(
    absent: Iterable[Waiting], line: Sequence[Waiting], called: Sequence[tuple[int, str]], now: dt.datetime
) -> list[Waiting]:
    """Those who are expected, where they would stand if all of them came at `now`: who was passed behind others of `line`."""
    placed = []
    for one in absent:
        late = was_passed(one.number, one.priority, called)
        turn = turn_of_late(line, one.priority) if late else None
        placed.append(one if turn is None else Waiting(one.number, one.priority, turn, now))
    return placed


def turn_of_skipped(me: Waiting, line: Iterable[Waiting], calls: int) -> int:
    """Behind which number a skipped one stands: three places back, and after the second call at the end."""
    others = list(line)
    behind = _behind(others, me.priority, SKIPPED_AFTER if calls <= 1 else max(len(others), 1))
    return behind if behind is not None else me.place[0]


def _behind(line: Iterable[Waiting], priority: str, places: int) -> int | None:
    own = sorted(one.place for one in line if bool(one.priority) == bool(priority))
    return own[min(places, len(own)) - 1][0] if own else None
