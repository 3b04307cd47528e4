"""When a session takes place, until when it can be booked, and what time a number can expect."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

# A window is honest when most people are called inside it: it widens with the people ahead, as small delays add up.
EARLY_SHARE, LATE_SHARE = 0.25, 0.5
SHORTEST = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Window:
    """The time in which a number will probably be called; `made_at` when it follows a running session, else None."""

    begins: dt.datetime
    ends: dt.datetime
    made_at: dt.datetime | None = None


def window(starts: dt.datetime, minutes: int, number: int) -> Window:
    """When number `number` of a session that begins at `starts` is expected, at `minutes` per patient."""
    ahead = dt.timedelta(minutes=minutes * (number - 1))
    begins = max(starts, starts + ahead - ahead * EARLY_SHARE)
    return Window(begins, starts + ahead + max(SHORTEST, ahead * LATE_SHARE))


def moment(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    """A local date and time of the city as an aware moment."""
    return dt.datetime.combine(day, time, tzinfo=zone)


def bookable(now: dt.datetime, ends: dt.datetime, close_minutes: int) -> bool:
    """True until `close_minutes` before the session's end."""
    return now < ends - dt.timedelta(minutes=close_minutes)


def dates(weekdays: set[int], first: dt.date, last: dt.date) -> list[dt.date]:
    """The days from `first` to `last` that fall on one of the ISO `weekdays` (1 Monday ... 7 Sunday)."""
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.isoweekday() in weekdays]
