"""What goes wrong with gauges and their lines, put into a stream of readings on purpose.

After what was seen in labelled series (Logan River Observatory) and what WIB and UTC, cm and m are bound to do. The
stream comes out in the order of arrival, which late and disordered readings and wrong clocks make another than the
order of their times.
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from pasti.simulation.rivers import Sample


class Kind(StrEnum):
    """The faults there are."""

    STUCK = "stuck"  # repeats its last value
    STUCK_DIGIT = "stuck-digit"  # the same, give or take a digit
    SPIKE = "spike"  # one reading, three metres up
    SPIKE_PAIR = "spike-pair"
    SPIKES = "spikes"  # one reading in ten
    DRIFT = "drift"  # `size` cm an hour
    OFFSET = "offset"  # `size` cm from now on
    ZERO = "zero"
    MISSING_CODE = "-9999"
    NAN = "nan"
    GAP = "gap"  # nothing is sent
    LATE = "late"  # kept by the gauge and sent together at the end
    DUPLICATES = "duplicates"  # each twice
    DISORDER = "disorder"  # neighbours change places
    CLOCK = "clock"  # local time sent as UTC: seven hours ahead
    METRES = "metres"


@dataclass(frozen=True)
class Fault:
    """A fault of one gauge from `start` until `end`."""

    kind: Kind
    gauge: str
    start: dt.datetime
    end: dt.datetime
    size: float = 300.0


WIB_AHEAD = dt.timedelta(hours=7)
_CODES = {Kind.ZERO: 0.0, Kind.MISSING_CODE: -9999.0, Kind.NAN: math.nan}
_FIRST = {Kind.SPIKE: 1, Kind.SPIKE_PAIR: 2}


def inject(samples: Iterable[Sample], faults: Iterable[Fault], *, seed: int = 1) -> Iterator[Sample]:
    """The stream with the faults in it, in order of arrival."""
    stream: Iterable[Sample] = samples
    for fault in faults:
        stream = _arrange(_Faulty(fault, Random(f"{seed}:{fault}")).through(stream))  # noqa: S311 made-up faults
    return iter(stream)


def _arrange(samples: Iterator[Sample]) -> Iterator[Sample]:
    """Into the order of arrival; readings come no more than a fault's length out of it."""
    waiting: list[tuple[dt.datetime, int, Sample]] = []
    order = itertools.count()
    for one in samples:
        if one.arrives > one.at:  # late: held back
            heapq.heappush(waiting, (one.arrives, next(order), one))
            continue
        while waiting and waiting[0][0] <= one.arrives:
            yield heapq.heappop(waiting)[2]
        yield one
    while waiting:
        yield heapq.heappop(waiting)[2]


class _Faulty:
    """One fault on its way through the stream."""

    def __init__(self, fault: Fault, chance: Random) -> None:
        self.fault, self.chance = fault, chance
        self.before: float | None = None
        self.count = 0

    def through(self, samples: Iterable[Sample]) -> Iterator[Sample]:
        for one in samples:
            if one.gauge != self.fault.gauge:
                yield one
            elif self.fault.start <= one.at < self.fault.end:
                self.count += 1
                yield from self._sent(one)
            else:
                self.before = one.value
                yield one

    def _sent(self, one: Sample) -> Iterator[Sample]:
        """What becomes of a reading."""
        kind = self.fault.kind
        if kind == Kind.GAP:
            return
        if kind == Kind.LATE:
            yield one._replace(arrives=self.fault.end)
        elif kind == Kind.DUPLICATES:
            yield from (one, one)
        elif kind == Kind.DISORDER:
            yield one._replace(arrives=one.arrives + dt.timedelta(seconds=self.chance.uniform(0, 150)))
        elif kind == Kind.CLOCK:
            yield one._replace(at=one.at + WIB_AHEAD)
        else:
            yield one._replace(value=self._value(one))

    def _value(self, one: Sample) -> float:
        kind, value, fault = self.fault.kind, one.value, self.fault
        before = value if self.before is None else self.before
        if kind in _CODES:
            return _CODES[kind]
        if kind in _FIRST:
            return value + fault.size if self.count <= _FIRST[kind] else value
        hours = (one.at - fault.start).total_seconds() / 3600
        return {
            Kind.STUCK: before, Kind.STUCK_DIGIT: before + self.chance.choice((-0.1, 0.0, 0.1)),
            Kind.SPIKES: value + fault.size * (self.chance.random() < 0.1), Kind.DRIFT: value + fault.size * hours,
            Kind.OFFSET: value + fault.size, Kind.METRES: round(value / 100, 2),
        }[kind]  # fmt: skip
