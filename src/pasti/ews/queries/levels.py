"""How the water stands: each gauge with its newest reading, its trend, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec
from django.db.models import QuerySet

from pasti.ews.models import Gauge, River
from pasti.ews.queries import moment
from pasti.ews.rules import rates
from pasti.ews.rules.memory import Memory
from pasti.kernel.errors import NotFound
from pasti.telemetry.queries.latest import LatestReading, latest
from pasti.telemetry.queries.series import Series, series

HOUR = dt.timedelta(hours=1)
STEADY = 3.0  # cm/h: less is neither rising nor falling
SILENT_INTERVALS = 5
SILENT_AT_LEAST = dt.timedelta(minutes=15)
GOOD = (1, 2)


@dataclass(frozen=True)
class Now:
    """A gauge as it stands. `value` in cm or mm; `per_hour` is the trend in cm/h, None where it cannot be told."""

    gauge: Gauge
    value: float | None
    at: dt.datetime | None
    doubtful: bool
    silent: bool
    per_hour: float | None

    @property
    def stage(self) -> int:
        """The stage the rules see: 0 normal to 3."""
        return self.gauge.stage

    @property
    def trend(self) -> str:
        """`up`, `down`, `steady`, or empty where it cannot be told."""
        if self.per_hour is None:
            return ""
        return "up" if self.per_hour >= STEADY else "down" if self.per_hour <= -STEADY else "steady"

    @property
    def limits(self) -> list[float]:
        """The limits of stages 1 to 3 in cm; none for rain."""
        return [float(one) for one in self.gauge.rules.get("stages_cm") or []]

    @property
    def left(self) -> float | None:
        """How many cm below the next limit the water stands; None above the last, or without a reading."""
        higher = [limit for limit in self.limits if self.value is not None and limit > self.value]
        return higher[0] - self.value if higher and self.value is not None else None


def all_now() -> list[Now]:
    """Every gauge, by river; two statements however many there are."""
    return _now(list(Gauge.objects.select_related("river")))


def of_river(code: str) -> tuple[River, list[Now]]:
    """A river and its gauges. Raises NotFound."""
    river = River.objects.filter(pk=code).first()
    if river is None:
        raise NotFound
    return river, _now(list(Gauge.objects.select_related("river").filter(river=river)))


def gauges() -> QuerySet[Gauge]:
    """All gauges, to be paged."""
    return Gauge.objects.select_related("river").order_by("code")


def one_now(code: str) -> Now:
    """One gauge. Raises NotFound."""
    found = _now(list(Gauge.objects.select_related("river").filter(pk=code)))
    if not found:
        raise NotFound
    return found[0]


def shown(rows: Sequence[Gauge]) -> list[Now]:
    """These gauges as they stand."""
    return _now(list(rows))


def city_gauge(rows: Sequence[Now]) -> Now | None:
    """The level gauge inside the city, where people look; else the last level gauge of the river."""
    levels = [one for one in rows if one.gauge.kind == Gauge.Kind.LEVEL]
    return next((one for one in levels if one.gauge.place_code), levels[-1] if levels else None)


def course(gauge: Gauge, hours: int, points: int = 240) -> Series:
    """The gauge's last hours in about so many points."""
    ends = moment.now()
    return series(gauge.datastream_id, ends - hours * HOUR, ends + dt.timedelta(minutes=1), points)


def rain_by_hour(found: Series) -> list[tuple[dt.datetime, float]]:
    """Rain in mm summed by the hour, from a series of a rain station."""
    sums: dict[dt.datetime, float] = {}
    for one in found.buckets:
        hour = one.begins.replace(minute=0, second=0, microsecond=0)
        sums[hour] = sums.get(hour, 0.0) + (one.mean or 0.0) * one.readings
    return sorted(sums.items())


def gaps(found: Series, longest: dt.timedelta) -> list[tuple[dt.datetime, float | None]]:
    """Points of a series with an empty one wherever readings are missing for longer than `longest`."""
    points = [(one.begins, one.mean) for one in found.buckets if one.readings]
    filled: list[tuple[dt.datetime, float | None]] = list(points[:1])
    for (before, _), (after, value) in pairwise(points):
        if after - before > longest:
            filled.append((before + longest, None))
        filled.append((after, value))
    return filled


def _now(rows: list[Gauge]) -> list[Now]:
    heard = latest([one.datastream_id for one in rows])
    at = moment.now()
    return [_of(one, heard.get(one.datastream_id), at) for one in rows]


def _of(gauge: Gauge, newest: LatestReading | None, at: dt.datetime) -> Now:
    interval = dt.timedelta(seconds=gauge.rules.get("interval_seconds") or 60)
    patience = max(SILENT_AT_LEAST, SILENT_INTERVALS * interval)
    silent = newest is None or at - newest.time > patience
    return Now(
        gauge, newest.value if newest else None, newest.time if newest else None,
        newest is not None and newest.flag not in GOOD, silent, None if silent else _per_hour(gauge),
    )  # fmt: skip


def _per_hour(gauge: Gauge) -> float | None:
    """The trend of the last hour, from what the rules remember of the gauge: no reading is asked for."""
    if gauge.kind != Gauge.Kind.LEVEL or not gauge.memory:
        return None
    try:
        recent = Memory.from_json(gauge.memory).recent
    except msgspec.ValidationError:  # of another version, or spoilt: the page says the level all the same
        return None
    if len(recent) < rates.FEWEST:
        return None
    inside = [one for one in recent if recent[-1][0] - one[0] <= HOUR]
    enough = len(inside) >= rates.FEWEST and inside[-1][0] - inside[0][0] >= HOUR / 4
    return rates.theil_sen(inside) if enough else None
