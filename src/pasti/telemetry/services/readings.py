"""Storing readings: many at once, safe to repeat, nothing acknowledged before it is durable."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction

from pasti.kernel.clock import now
from pasti.kernel.outbox.services import emit
from pasti.kernel.statements import run
from pasti.telemetry.events import WatchedReadings
from pasti.telemetry.models import Device
from pasti.telemetry.rules import quality
from pasti.telemetry.services import feed, judging, rows, streams
from pasti.telemetry.services.rows import Key, milliseconds, moment
from pasti.telemetry.services.streams import Stream

AHEAD = dt.timedelta(minutes=5)  # a clock may be this much fast; later readings are refused
SEEN_EVERY = dt.timedelta(seconds=10)  # a device's row is written at most this often
KEPT = dt.timedelta(days=365)  # the raw readings of a year are never put away (`services.archive`)


class Outcome(StrEnum):
    """What became of one reading."""

    STORED = "stored"
    REPEATED = "repeated"  # this stream has a reading of this time already; the first is kept
    FUTURE = "future"
    ANCIENT = "ancient"  # from before 1970, or from a month that is kept as a file only
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


def store(
    readings: Sequence[Reading], *, device: Device | None = None, at: dt.datetime | None = None,
    known: Mapping[int, Stream] | None = None,
) -> list[Outcome]:  # fmt: skip
    """Store `readings` in one transaction; returns what became of each, in their order. When it returns they are durable.

    The same reading twice is stored once (the first value stays). A reading from the future or for an unknown stream is
    refused alone, the others are kept. With `device`, only its own streams may be written. A result that is no finite
    number is stored as missing. `known`: all of their streams that are there, where the caller's transaction has read them already.
    """
    now_is = at or now()
    keys = [(one.datastream_id, milliseconds(one.time)) for one in readings]
    ids = {key[0] for key in keys}
    known = streams.read(ids) if known is None else known
    refused = _refusals(ids, known, device)
    latest, archived = milliseconds(now_is + AHEAD), _archived(keys, now_is)
    outcomes: list[Outcome] = []
    fresh: dict[Key, int] = {}
    for index, key in enumerate(keys):
        outcome = refused.get(key[0]) or (
            Outcome.STORED if 0 <= key[1] <= latest and not archived(key[1])
            else Outcome.FUTURE if key[1] > latest else Outcome.ANCIENT
        )  # fmt: skip
        if outcome is Outcome.STORED and fresh.setdefault(key, index) != index:
            outcome = Outcome.REPEATED
        outcomes.append(outcome)
    if fresh:
        for key in _write(fresh, readings, known, now_is, device):
            outcomes[fresh[key]] = Outcome.REPEATED
    return outcomes


def _refusals(ids: set[int], known: Mapping[int, Stream], device: Device | None) -> dict[int, Outcome]:
    """The streams whose readings are refused whatever their time."""
    refused = dict.fromkeys(ids - known.keys(), Outcome.UNKNOWN)
    if device is not None:
        foreign = [pk for pk, stream in known.items() if stream.device_id != device.pk]
        refused |= dict.fromkeys(foreign, Outcome.FORBIDDEN)
    return refused


def _archived(keys: Sequence[Key], now_is: dt.datetime) -> Callable[[int], bool]:
    """Says of milliseconds whether their month is put away; asks only when there are readings that old."""
    border = milliseconds(now_is - KEPT)
    old = {key[1] for key in keys if 0 <= key[1] < border}
    months = rows.archived(old) if old else set()
    return (lambda ms: ms < border and not months.isdisjoint(rows.months_of([ms]))) if months else (lambda _: False)


@transaction.atomic(savepoint=False)
def _write(
    fresh: dict[Key, int], readings: Sequence[Reading], known: Mapping[int, Stream], now_is: dt.datetime,
    device: Device | None,
) -> set[Key]:  # fmt: skip
    """Judge and write the new readings; returns the keys that were there already."""
    # In the order of the key, so that two batches with common keys wait for each other and never in a circle.
    keys = sorted(fresh)
    ordered = [readings[fresh[key]] for key in keys]
    values = [_number(one.result) for one in ordered]
    rows.ensure_months(keys)
    judged = judging.judge(keys, values, known)
    for index in (at for at, one in enumerate(ordered) if one.value is not None):
        judged.flags[index] = quality.NOT_EVALUATED  # text, truth or object: nothing is missing, and no test applies
    columns: rows.Columns = {"result": values, "flag": judged.flags, "reasons": judged.reasons}
    columns |= _rarer(ordered)
    judging.revise(judged.revised)
    kept = rows.insert(keys, columns, now_is)
    if kept:
        rows.mark_stale(judged.revised)
        feed.announce(kept, now_is)
        _tell([*kept, *judged.revised], known)
    _seen(device, keys, now_is)
    return fresh.keys() - kept if len(kept) < len(keys) else set()


def _number(result: float | None) -> float | None:
    return float(result) if result is not None and math.isfinite(result) else None


def _rarer(ordered: Sequence[Reading]) -> rows.Columns:
    """The columns that few readings fill, where one does."""
    columns: rows.Columns = {
        "phenomenon_end": [one.end for one in ordered],
        "result_json": [_json(one.value) for one in ordered],
        "result_time": [one.result_time for one in ordered],
        "feature_id": [one.feature_id for one in ordered],
        "valid_begin": [one.valid and one.valid[0] for one in ordered],
        "valid_end": [one.valid and one.valid[1] for one in ordered],
        "parameters": [_json(one.parameters) for one in ordered],
        "result_quality": [_json(one.result_quality) for one in ordered],
    }
    return {name: column for name, column in columns.items() if any(column)}


def _json(value: Any) -> str | None:
    """JSON that PostgreSQL takes: no NaN, no NUL, no half characters, whatever a device wrote."""
    if value is None:
        return None
    sound = json.loads(json.dumps(value), parse_constant=lambda _: None)
    text = json.dumps(sound, ensure_ascii=False).encode(errors="replace").decode()
    return text.replace("\\u0000", "\ufffd")


_SEEN = """
UPDATE telemetry_device SET last_seen = %s, clock_skew_seconds = %s
WHERE id = %s AND (last_seen IS NULL OR last_seen < %s)"""


def _seen(device: Device | None, keys: Sequence[Key], now_is: dt.datetime) -> None:
    """A device that writes is alive. Written at most every ten seconds: a thousand devices at 1 Hz must not fight."""
    due = now_is - SEEN_EVERY
    if device is None or (device.last_seen is not None and device.last_seen >= due):
        return
    skew = (moment(max(key[1] for key in keys)) - now_is).total_seconds()
    run(_SEEN, [now_is, skew, device.pk, due])


def _tell(touched: Iterable[Key], known: Mapping[int, Stream]) -> None:
    """Those who watch hear of new readings, and of flags that changed."""
    watched = [key for key in touched if known[key[0]].watched]
    if watched:
        earliest = moment(min(key[1] for key in watched))
        emit(WatchedReadings(sorted({key[0] for key in watched}), earliest), aggregate="telemetry.watched")
