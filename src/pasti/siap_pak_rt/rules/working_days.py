"""Working days of offices: Monday to Friday without the holidays given (UU 25/2009 article 21: a promised time)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

DAY = dt.timedelta(days=1)


def is_working(day: dt.date, holidays: Collection[dt.date] = ()) -> bool:
    """True from Monday to Friday unless `day` is a holiday."""
    return day.isoweekday() <= 5 and day not in holidays


def add(day: dt.date, count: int, holidays: Collection[dt.date] = ()) -> dt.date:
    """The `count`-th working day after `day`: what is asked today is promised by that day's end.

    With 0 it is `day` itself, or the next working day when nobody works on `day`.
    """
    at = day
    while count > 0 or not is_working(at, holidays):
        at += DAY
        if is_working(at, holidays):
            count -= 1
    return at


def between(start: dt.date, end: dt.date, holidays: Collection[dt.date] = ()) -> int:
    """How many working days after `start` up to and with `end`; negative when `end` comes first."""
    if end < start:
        return -between(end, start, holidays)
    days = (start + DAY * step for step in range(1, (end - start).days + 1))
    return sum(is_working(day, holidays) for day in days)
