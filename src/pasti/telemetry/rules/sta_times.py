"""Times of SensorThings: ISO 8601 instants, intervals with a slash, and the keys of observations."""

from __future__ import annotations

import datetime as dt
import re

from pasti.telemetry.rules.sta_ast import Period
from pasti.telemetry.rules.sta_unfit import Unfit

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MILLISECOND = dt.timedelta(milliseconds=1)
_KEY = re.compile(r"([1-9][0-9]{0,17})-([0-9]{1,15})", re.ASCII)
_DURATION = re.compile(
    r"(-?)P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?", re.ASCII
)


def instant(text: str) -> dt.datetime:
    """An ISO 8601 time as aware UTC, cut to milliseconds as all times here; without an offset it is UTC. Raises Unfit."""
    try:
        time = dt.datetime.fromisoformat(text)
        if time.microsecond % 1000:
            time = time.replace(microsecond=time.microsecond // 1000 * 1000)
        return time.replace(tzinfo=dt.UTC) if time.tzinfo is None else time.astimezone(dt.UTC)
    except (ValueError, OverflowError, TypeError) as error:
        raise Unfit(f"{str(text)[:60]!r} is no ISO 8601 time") from error


def period(text: str) -> Period:
    """A time, or two with a slash where the first is not after the second. Raises Unfit."""
    if not isinstance(text, str):
        raise Unfit(f"{str(text)[:60]!r} is no ISO 8601 time")
    if "/" not in text:
        time = instant(text)
        return Period(time, time)
    first, _, second = text.partition("/")
    begin, end = instant(first), instant(second)
    if end < begin:
        raise Unfit(f"{text[:80]!r} ends before it begins")
    return Period(begin, end)


def duration(text: str) -> dt.timedelta:
    """`P1DT2H3M4.5S`, also negative. Raises Unfit."""
    found = _DURATION.fullmatch(text)
    if not found or not any(found.groups()[1:]):
        raise Unfit(f"{text[:60]!r} is no duration of days, hours, minutes and seconds")
    sign, days, hours, minutes, seconds = found.groups()
    length = dt.timedelta(int(days or 0), float(seconds or 0), 0, 0, int(minutes or 0), int(hours or 0))
    return -length if sign else length


def written(time: dt.datetime) -> str:
    """UTC with `Z`, with milliseconds only where there are some."""
    if time.microsecond:
        return time.isoformat(timespec="milliseconds")[:-6] + "Z"
    return time.isoformat()[:-6] + "Z"


def written_period(begin: dt.datetime | None, end: dt.datetime | None) -> str | None:
    """An instant, an interval, or None when there is no beginning."""
    if begin is None:
        return None
    return written(begin) if end is None or end == begin else f"{written(begin)}/{written(end)}"


def observation_key(stream: int, time: dt.datetime) -> str:
    """The id of an observation: its datastream and its time in milliseconds since 1970."""
    return f"{stream}-{(time - EPOCH) // MILLISECOND}"


def observation_parts(key: str) -> tuple[int, dt.datetime] | None:
    """Datastream and time of an observation's id; None for what cannot be one."""
    found = _KEY.fullmatch(key)
    if not found:
        return None
    try:
        return int(found[1]), EPOCH + int(found[2]) * MILLISECOND
    except OverflowError:
        return None
