"""Where things stand: a new place of a thing is also a row of its history (18-088, 10.2.1.3)."""

from __future__ import annotations

import datetime as dt

from pasti.kernel.clock import now
from pasti.telemetry.models import HistoricalLocation, Thing


def place(thing_id: int, locations: list[int]) -> None:
    """From now on the thing stands at `locations` (several are one place in several encodings)."""
    Thing(pk=thing_id).locations.set(locations)
    moved = now()
    moved = moved.replace(microsecond=moved.microsecond // 1000 * 1000)  # as it is shown
    history = HistoricalLocation.objects.create(thing_id=thing_id, time=moved)
    history.locations.set(locations)


def remember(history: HistoricalLocation, locations: list[int]) -> None:
    """Give a row of history its places; the newest row says where the thing is now."""
    if not locations:
        return
    history.locations.set(locations)
    newer = HistoricalLocation.objects.filter(thing_id=history.thing_id, time__gt=history.time)
    if not newer.exists() and _past(history.time):
        Thing(pk=history.thing_id).locations.set(locations)


def _past(time: dt.datetime) -> bool:
    return time <= now()
