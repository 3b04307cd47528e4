"""How long an offered place is kept for a patient, and who loses a place when a session becomes shorter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

MOVED = dt.timedelta(hours=48)
EVENING = dt.time(20, 0)
AT_LEAST = dt.timedelta(hours=2)  # an offer made late is still read
BEFORE_THE_DAY, ON_THE_DAY = dt.timedelta(minutes=30), dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Booking:
    """A registration that may lose its place: its number, and the two quotas its place was taken from."""

    number: int
    counters: tuple[str, str]


def until_for_moved(now: dt.datetime, starts: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Until when a place in the session that begins at `starts` is kept for a patient whose own was called off.

    48 hours or the evening before, but two hours at least; never beyond the session's start.
    """
    evening = dt.datetime.combine(starts.astimezone(zone).date() - dt.timedelta(days=1), EVENING, tzinfo=zone)
    return min(max(min(now + MOVED, evening), now + AT_LEAST), starts)


def until_for_waiting(now: dt.datetime, starts: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Until when a place that became free is kept for the first of the waiting list: 30 minutes, 10 on the day."""
    same_day = starts.astimezone(zone).date() == now.astimezone(zone).date()
    return now + (ON_THE_DAY if same_day else BEFORE_THE_DAY)


def shrunk(quota: int, before: dt.timedelta, after: dt.timedelta) -> int:
    """The places left of `quota` when a session that lasted `before` lasts `after`; never more than there were."""
    return quota if after >= before else int(quota * after / before)


def displaced(bookings: Iterable[Booking], used: Mapping[str, int], quotas: Mapping[str, int]) -> list[Booking]:
    """Who loses the place so that `used` fits `quotas`: the highest numbers first, and none without need.

    The rest may still be more than the quotas, when those who are in the house already are more.
    """
    left, out = dict(used), []
    for booking in sorted(bookings, key=lambda one: -one.number):
        if any(left[counter] > quotas[counter] for counter in booking.counters):
            out.append(booking)
            for counter in booking.counters:
                left[counter] -= 1
    return out
