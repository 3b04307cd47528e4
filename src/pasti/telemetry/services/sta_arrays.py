"""Data arrays: many observations of many streams in one request (18-088, 12.3), stored in one go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from pasti.kernel.clock import now
from pasti.telemetry.models import Device
from pasti.telemetry.rules import sta_times
from pasti.telemetry.rules.sta_bodies import body, key, result
from pasti.telemetry.rules.sta_model import ENTITIES, OBSERVATIONS
from pasti.telemetry.rules.sta_unfit import Unfit
from pasti.telemetry.services.readings import Reading
from pasti.telemetry.services.sta_observations import Made, reading, record

MOST = 50_000  # observations in one request
FEATURE = "FeatureOfInterest/id"
COMPONENTS = frozenset({*OBSERVATIONS.properties, FEATURE})
_QUICK = frozenset({"phenomenonTime", "result", "resultTime"})


@dataclass(frozen=True, slots=True)
class Array:
    """The observations of one stream: the names of the columns, and the rows."""

    stream: int
    components: Sequence[str]
    rows: Sequence[Any]


@transaction.atomic
def record_arrays(arrays: Sequence[Array], *, device: Device | None = None) -> list[Made]:
    """Store what can be stored; returns what became of each row, in order. Raises Unfit for arrays that make no sense."""
    if sum(len(one.rows) for one in arrays) > MOST:
        raise Unfit(f"at most {MOST} observations in one request", status=413)
    moment = now()
    made: list[Made | None] = []
    readings: list[Reading] = []
    for array in arrays:
        for one in _read(array, moment):
            made.append(one if isinstance(one, Made) else None)
            if not isinstance(one, Made):
                readings.append(one)
    stored = iter(record(readings, device=device)) if readings else iter(())
    return [one if one is not None else next(stored) for one in made]


def _read(array: Array, moment: dt.datetime) -> list[Reading | Made]:
    names = list(array.components)
    if unknown := set(names) - COMPONENTS:
        raise Unfit(f"{min(unknown)[:40]!r} is no component of a data array")
    if len(set(names)) < len(names) or "result" not in names:
        raise Unfit("components name result, and each but once")
    quick = set(names) <= _QUICK
    width = len(names)
    found: list[Reading | Made] = []
    for row in array.rows:
        try:
            if not isinstance(row, list) or len(row) != width:
                raise Unfit("a row has a value for each component")
            found.append(
                _quickly(array.stream, names, row, moment) if quick else _fully(array.stream, names, row, moment)
            )
        except Unfit as error:
            found.append(Made("", error.status, error.words))
    return found


def _quickly(stream: int, names: list[str], row: list[Any], moment: dt.datetime) -> Reading:
    values = dict(zip(names, row, strict=True))
    when = values.get("phenomenonTime")
    number, other = result(values["result"])
    made = values.get("resultTime")
    told = sta_times.instant(made) if made is not None else None
    if when is None:
        return Reading(stream, moment, number, other, None, told)
    if isinstance(when, str) and "/" not in when:
        return Reading(stream, sta_times.instant(when), number, other, None, told)
    span = sta_times.period(when)
    return Reading(stream, span.begin, number, other, span.end if span.end != span.begin else None, told)


def _fully(stream: int, names: list[str], row: list[Any], moment: dt.datetime) -> Reading:
    values = dict(zip(names, row, strict=True))
    feature = values.pop(FEATURE, None)
    understood = body(OBSERVATIONS, values, without=("Datastream",))
    named = None if feature is None else int(key(ENTITIES["FeaturesOfInterest"], feature))
    return reading(stream, understood.values, named, moment)
