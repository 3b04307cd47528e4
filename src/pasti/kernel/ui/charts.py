"""Where the lines and bars of a chart go: plain numbers in, SVG coordinates out. No styles, no scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 14, 34
HEADROOM = 24  # below a pyramid, for the numbers of its axis


@dataclass(frozen=True)
class Mark:
    """A point or bar: where it is and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: Any


@dataclass(frozen=True)
class Chart:
    """A drawn chart in a box of 720 by 260 units."""

    kind: str
    ticks: list[tuple[float, float]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    labels: list[tuple[float, str]] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    target_y: float | None = None


def line(points: Sequence[tuple[str, Any]], target: Any = None) -> Chart:
    """A line chart; a missing value breaks the line instead of touching zero."""
    top = _ceiling([v for _, v in points] + [target])
    step = (WIDTH - LEFT - RIGHT) / max(1, len(points) - 1)
    marks: list[Mark] = []
    segments: list[str] = []
    run: list[str] = []
    for at, (label, value) in enumerate(points):
        if value is None:
            segments, run = _closed(segments, run), []
            continue
        x, y = round(LEFT + at * step, 1), _y(value, top)
        marks.append(Mark(x, y, 0, 0, label, value))
        run.append(f"{x},{y}")
    return Chart(
        "line", _ticks(top), marks, _labels(points, step, LEFT), _closed(segments, run),
        _y(target, top) if target is not None else None,
    )  # fmt: skip


def bars(points: Sequence[tuple[str, Any]]) -> Chart:
    """A bar chart from zero."""
    top = _ceiling([v for _, v in points])
    step = (WIDTH - LEFT - RIGHT) / max(1, len(points))
    marks = [
        Mark(round(LEFT + at * step + step * 0.15, 1), _y(v, top), round(step * 0.7, 1),
             round(HEIGHT - BOTTOM - _y(v, top), 1), label, v)
        for at, (label, v) in enumerate(points) if v is not None
    ]  # fmt: skip
    return Chart("bars", _ticks(top), marks, _labels(points, step, LEFT + step / 2))


def _closed(segments: list[str], run: list[str]) -> list[str]:
    return [*segments, " ".join(run)] if run else segments


def _ceiling(values: Sequence[Any]) -> float:
    """A round number no value exceeds."""
    highest = max([float(v) for v in values if v is not None] + [0.0]) or 1.0
    size = 10.0 ** (len(str(int(highest))) - 1) if highest >= 1 else 0.1
    return next(size * m for m in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 20) if size * m >= highest)


def _y(value: Any, top: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - max(0.0, float(value)) / top), 1)


def _ticks(top: float) -> list[tuple[float, float]]:
    return [(_y(top * part / 4, top), top * part / 4) for part in range(5)]


def _labels(points: Sequence[tuple[str, Any]], step: float, first: float) -> list[tuple[float, str]]:
    every = max(1, -(-len(points) // 12))
    return [(round(first + at * step, 1), label) for at, (label, _) in enumerate(points) if at % every == 0]


@dataclass(frozen=True)
class Pyramid:
    """Bars to both sides of a middle, youngest below, in a box of 720 units and `height`."""

    height: int
    rows: list[tuple[str, float, Mark | None, Mark | None]]  # label, its y, left bar, right bar
    ticks: list[tuple[float, float]]  # x and the number it stands for, on both sides
    bottom: float


def pyramid(groups: Sequence[tuple[str, Any, Any]]) -> Pyramid:
    """A population pyramid of (label, left, right), the first group lowest; a value of None has no bar."""
    step, half, middle = 22, 300, 60
    top = _ceiling([value for _, left, right in groups for value in (left, right)])
    bottom = TOP + step * len(groups)
    rows = []
    for at, (label, left, right) in enumerate(groups):
        y = bottom - step * (at + 1)
        sizes = [None if value is None else round(half * float(value) / top, 1) for value in (left, right)]
        marks = [
            None if size is None else Mark(half - size if side == 0 else half + 2 * middle, y + 2, size, step - 4, label, value)
            for side, (size, value) in enumerate(zip(sizes, (left, right), strict=True))
        ]  # fmt: skip
        rows.append((label, y + step / 2, marks[0], marks[1]))
    shares = (0.5, 1)
    ticks = [(half - half * share, top * share) for share in shares]
    ticks += [(half + 2 * middle + half * share, top * share) for share in shares]
    return Pyramid(bottom + HEADROOM, rows, ticks, bottom)
