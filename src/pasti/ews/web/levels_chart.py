"""A gauge's course as a chart drawn here: the line, the limits with their names, gaps left open."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from pasti.ews.models import Gauge
from pasti.ews.queries import levels, moment
from pasti.ews.queries.levels import Now
from pasti.kernel.clock import city_zone

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 14, 34


@dataclass(frozen=True)
class Drawn:
    """What the template draws. `limits` are (y, stage, cm); `rows` the table beside it: label and value."""

    now: Now
    kind: str
    runs: list[str] = field(default_factory=list)
    bars: list[tuple[float, float, float, float, str]] = field(default_factory=list)
    ticks: list[tuple[float, float]] = field(default_factory=list)
    labels: list[tuple[float, str]] = field(default_factory=list)
    limits: list[tuple[float, int, float]] = field(default_factory=list)
    rows: list[tuple[str, float | None]] = field(default_factory=list)


def chart_of(one: Now, hours: int) -> Drawn:
    """The gauge's last `hours`."""
    ends = moment.now()
    begins = ends - dt.timedelta(hours=hours)
    return _rain(one, hours, begins, ends) if one.gauge.kind == Gauge.Kind.RAIN else _level(one, hours, begins, ends)


def _level(one: Now, hours: int, begins: dt.datetime, ends: dt.datetime) -> Drawn:
    found = levels.course(one.gauge, hours)
    longest = max(dt.timedelta(minutes=30), found.width * 2)
    points = levels.gaps(found, longest)
    top = _top([value for _, value in points if value is not None] + one.limits)
    return Drawn(
        one, "level", _runs(points, begins, ends, top), ticks=_ticks(top), labels=_labels(begins, ends),
        limits=[(_y(limit, top), stage, limit) for stage, limit in enumerate(one.limits, 1)],
        rows=_by_hour(points),
    )  # fmt: skip


def _rain(one: Now, hours: int, begins: dt.datetime, ends: dt.datetime) -> Drawn:
    sums = levels.rain_by_hour(levels.course(one.gauge, hours, points=20_000))
    top = _top([value for _, value in sums] + [10.0])
    width = (WIDTH - LEFT - RIGHT) / hours * 0.8
    bars = [
        (_x(at, begins, ends), _y(value, top), round(max(width, 1.5), 1), round(HEIGHT - BOTTOM - _y(value, top), 1),
         f"{_clock(at)}: {value:.1f} mm")
        for at, value in sums if at >= begins
    ]  # fmt: skip
    rows: list[tuple[str, float | None]] = [(_moment(at), round(value, 1)) for at, value in reversed(sums)]
    return Drawn(one, "rain", bars=bars, ticks=_ticks(top), labels=_labels(begins, ends), rows=rows[:72])


def _runs(
    points: list[tuple[dt.datetime, float | None]], begins: dt.datetime, ends: dt.datetime, top: float
) -> list[str]:
    runs: list[list[str]] = [[]]
    for at, value in points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{_x(at, begins, ends)},{_y(value, top)}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _by_hour(points: list[tuple[dt.datetime, float | None]]) -> list[tuple[str, float | None]]:
    """The newest value of each hour, newest first."""
    hours: dict[dt.datetime, tuple[dt.datetime, float | None]] = {}
    for at, value in points:
        if value is not None:
            hours[at.replace(minute=0, second=0, microsecond=0)] = (at, round(value, 1))
    return [(_moment(at), value) for at, value in reversed(list(hours.values()))][:72]


def _x(at: dt.datetime, begins: dt.datetime, ends: dt.datetime) -> float:
    share = (at - begins) / (ends - begins)
    return round(LEFT + (WIDTH - LEFT - RIGHT) * max(0.0, min(1.0, share)), 1)


def _y(value: float, top: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - max(0.0, min(value, top)) / top), 1)


def _top(values: list[float]) -> float:
    """A round number above all values."""
    highest = max(values, default=10.0) * 1.05
    return next(
        (step for step in (10, 20, 50, 100, 150, 200, 250, 300, 350, 400, 500, 600, 800, 1000) if step >= highest),
        highest,
    )


def _ticks(top: float) -> list[tuple[float, float]]:
    return [(_y(top * part / 4, top), top * part / 4) for part in range(5)]


def _labels(begins: dt.datetime, ends: dt.datetime) -> list[tuple[float, str]]:
    step = (ends - begins) / 6
    days = ends - begins > dt.timedelta(days=2)
    return [
        (_x(begins + step * part, begins, ends), _day(begins + step * part) if days else _clock(begins + step * part))
        for part in range(1, 6)
    ]


def _clock(at: dt.datetime) -> str:
    return f"{at.astimezone(city_zone()):%H.%M}"


def _day(at: dt.datetime) -> str:
    return f"{at.astimezone(city_zone()):%d/%m %H.00}"


def _moment(at: dt.datetime) -> str:
    return f"{at.astimezone(city_zone()):%d/%m %H.%M}"
