"""Storing readings: many at once, safe to repeat, nothing acknowledged before it is durable."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import models, transaction

from pasti.kernel.clock import now
from pasti.kernel.outbox.services import emit
from pasti.telemetry.events import WatchedReadings
from pasti.telemetry.models import Datastream, Device
from pasti.telemetry.rules import quality
from pasti.telemetry.services import feed, rows

AHEAD = dt.timedelta(minutes=5)  # a clock may be this much fast; later readings are refused
OLDEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Outcome(StrEnum):
    """What became of one reading."""

    STORED = "stored"
    REPEATED = "repeated"  # this stream has a reading of this time already; the first is kept
    FUTURE = "future"
    ANCIENT = "ancient"
    UNKNOWN = "unknown"  # no such datastream
    FORBIDDEN = "forbidden"  # another device's datastream


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading to be stored. `time` is aware and kept to the millisecond; `result` None with no `value` is missing."""

    datastream_id: int
    time: dt.datetime
    result: float | None
    value: Any = None  # a result that is not a number: text, truth, object
    end: dt.datetime | None = None
    result_time: dt.datetime | None = None
    feature_id: int | None = None
    valid: tuple[dt.datetime, dt.datetime] | None = None
    parameters: dict[str, Any] | None = None
    result_quality: Any = None


def store(readings: Sequence[Reading], *, device: Device | None = None, at: dt.datetime | None = None) -> list[Outcome]:
    """Store `readings` in one transaction; returns what became of each, in their order. When it returns they are durable.

    The same reading twice is stored once (the first value stays). A reading from the future or for an unknown stream is
    refused alone, the others are kept. With `device`, only its own streams may be written.
    """
    moment = at or now()
    streams = _streams({one.datastream_id for one in readings})
    outcomes = [_verdict(one, streams.get(one.datastream_id), device, moment) for one in readings]
    fresh: dict[rows.Key, Reading] = {}
    for index, one in enumerate(readings):
        if outcomes[index] is Outcome.STORED:
            key = (one.datastream_id, _to_millisecond(one.time))
            if key in fresh:
                outcomes[index] = Outcome.REPEATED
            else:
                fresh[key] = one
    if fresh:
        kept = _write(fresh, streams, moment)
        _seen(device, fresh, moment)
        first: set[rows.Key] = set()
        for index, one in enumerate(readings):
            key = (one.datastream_id, _to_millisecond(one.time))
            if outcomes[index] is Outcome.STORED and (key not in kept or key in first):
                outcomes[index] = Outcome.REPEATED
            first.add(key)
    return outcomes


def _streams(ids: set[int]) -> dict[int, Datastream]:
    return Datastream.objects.only("device_id", "quality", "watched", "interval_seconds").in_bulk(list(ids))


def _verdict(one: Reading, stream: Datastream | None, device: Device | None, moment: dt.datetime) -> Outcome:
    if stream is None:
        return Outcome.UNKNOWN
    if device is not None and stream.device_id != device.pk:
        return Outcome.FORBIDDEN
    if one.time > moment + AHEAD:
        return Outcome.FUTURE
    return Outcome.ANCIENT if one.time < OLDEST else Outcome.STORED


def _to_millisecond(time: dt.datetime) -> dt.datetime:
    return time.replace(microsecond=time.microsecond // 1000 * 1000).astimezone(dt.UTC)


@transaction.atomic
def _write(fresh: dict[rows.Key, Reading], streams: dict[int, Datastream], moment: dt.datetime) -> set[rows.Key]:
    """Judge and write the new readings; returns the keys that were not there yet."""
    # In the order of the key, so that two batches with common keys wait for each other and never in a circle.
    keys = sorted(fresh)
    rows.ensure_months({key[1] for key in keys})
    judged = _judged(keys, fresh, streams)
    kept = rows.insert([rows.row(key, fresh[key], *judged[key], moment) for key in keys])
    if kept:
        rows.renew_latest(kept, moment)
        rows.mark_stale(kept)
        feed.announce(kept, moment)
        _tell(kept, streams)
    return kept


def _judged(
    keys: Sequence[rows.Key], fresh: dict[rows.Key, Reading], streams: dict[int, Datastream]
) -> dict[rows.Key, tuple[int, int]]:
    """Flag and reasons of each new reading, from the stream's limits and the readings before it."""
    grouped: dict[int, list[rows.Key]] = defaultdict(list)
    for key in keys:
        grouped[key[0]].append(key)
    before = rows.before({pk: group[0][1] for pk, group in grouped.items() if streams[pk].quality})
    judged: dict[rows.Key, tuple[int, int]] = {}
    for pk, group in grouped.items():
        points = [(key[1], fresh[key].result) for key in group]
        found = quality.judge(streams[pk].quality, before.get(pk, []), points, streams[pk].interval_seconds)
        judged.update(zip(group, found, strict=True))
    return judged


def _seen(device: Device | None, fresh: dict[rows.Key, Reading], moment: dt.datetime) -> None:
    """A device that writes is alive. Written at most every ten seconds: a thousand devices at 1 Hz must not fight."""
    if device is None:
        return
    newest = max(key[1] for key in fresh)
    due = models.Q(last_seen=None) | models.Q(last_seen__lt=moment - dt.timedelta(seconds=10))
    Device.objects.filter(due, pk=device.pk).update(
        last_seen=moment, clock_skew_seconds=(newest - moment).total_seconds()
    )


def _tell(kept: set[rows.Key], streams: dict[int, Datastream]) -> None:
    watched = sorted({key[0] for key in kept if streams[key[0]].watched})
    if watched:
        earliest = min(key[1] for key in kept if streams[key[0]].watched)
        emit(WatchedReadings(watched, earliest), aggregate="telemetry.watched")
