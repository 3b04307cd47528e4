"""How good a forecast is: its error, and whether it would have warned.

The error alone deceives: "as now" has nearly the best of all and never warns of anything. So each horizon is judged as a
warning too: at each moment under the limit, is it said that the limit will be crossed within so many hours, and was it?
With hits H, misses M and false alarms F: POD = H/(H+M), FAR = F/(H+F), CSI = H/(H+M+F), bias = (H+F)/(H+M), as in the
categorical verification of the US National Weather Service. Lead time: from the first warning in the six hours before
a crossing that was kept up until then (but for an hour's pause), counted once an event.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pasti.ews.rules.forecast import HORIZONS, Series, later

Marks = Mapping[int, Series]  # the forecast level by horizon, at each moment
APART = 6.0  # hours under the limit between two events
PAUSE = 1.0  # hours a warning may falter and be the same
AROUND = 6.0  # hours around a crossing that are counted as its event


@dataclass(frozen=True)
class Score:
    """The marks of one method at one horizon. A share nothing was counted for is NaN."""

    method: str
    hours: int
    rmse: float  # cm, over all moments
    event_rmse: float  # cm, over the moments around the events
    hits: int
    misses: int
    false: int

    @property
    def pod(self) -> float:
        """The share of crossings that were warned of."""
        return _share(self.hits, self.hits + self.misses)

    @property
    def far(self) -> float:
        """The share of warnings without a crossing."""
        return _share(self.false, self.hits + self.false)

    @property
    def csi(self) -> float:
        """Hits among all that was warned of or should have been."""
        return _share(self.hits, self.hits + self.misses + self.false)

    @property
    def bias(self) -> float:
        """Warnings per crossing."""
        return _share(self.hits + self.false, self.hits + self.misses)


@dataclass(frozen=True)
class Lead:
    """How early the events were warned of: their number, how many in time, and the median minutes of those."""

    method: str
    events: int
    warned: int
    minutes: float


def crossings(level: Series, limit: float, apart: int) -> list[int]:
    """The moments at which the level comes up to the limit, after at least `apart` steps known and under it."""
    above = level >= limit
    found, last = [], -apart - 1
    for at in np.flatnonzero(above).tolist():
        if at - last > apart and at > 0 and np.isfinite(level[max(0, at - apart) : at]).any():
            found.append(at)
        last = at
    return found


def score(level: Series, forecasts: Mapping[str, Marks], limit: float, every: int) -> list[Score]:
    """The marks of each method at each horizon, on the moments all methods have a forecast for."""
    known = np.isfinite(level)
    for marks in forecasts.values():
        known &= np.all([np.isfinite(marks[hours]) for hours in HORIZONS], axis=0)
    near = _around(level, crossings(level, limit, _steps(APART, every)), _steps(AROUND, every))
    found = []
    for hours in HORIZONS:
        ahead = later(level, _steps(hours, every))
        judged, event = known & np.isfinite(ahead), known & np.isfinite(ahead) & near
        under = judged & (level < limit)
        comes = _highest_ahead(level, _steps(hours, every)) >= limit
        for method, marks in forecasts.items():
            warned = warning(marks, limit, hours)
            found.append(Score(
                method, hours, _rmse(marks[hours], ahead, judged), _rmse(marks[hours], ahead, event),
                int((under & warned & comes).sum()), int((under & ~warned & comes).sum()),
                int((under & warned & ~comes).sum()),
            ))  # fmt: skip
    return found


def warning(marks: Marks, limit: float, hours: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """At each moment, whether the forecast reaches the limit within so many hours."""
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = np.any(
        [marks[one] >= limit for one in HORIZONS if one <= hours], axis=0
    )
    return found


def leads(level: Series, forecasts: Mapping[str, Marks], limit: float, every: int) -> list[Lead]:
    """How early each method warned of each crossing, with all its horizons."""
    window = _steps(HORIZONS[-1], every)
    pause, events = _steps(PAUSE, every), crossings(level, limit, _steps(APART, every))
    found = []
    for method, marks in forecasts.items():
        warned = warning(marks, limit, HORIZONS[-1])
        steps = [_kept_up(warned, event, window, pause) for event in events]
        early = [one * every for one in steps if one]
        found.append(Lead(method, len(events), len(early), float(np.median(early)) if early else math.nan))
    return found


def coverage(level: Series, low: Marks, high: Marks, every: int) -> dict[int, float]:
    """The share of true levels within the band, by horizon."""
    found = {}
    for hours in HORIZONS:
        ahead = later(level, _steps(hours, every))
        judged = np.isfinite(ahead) & np.isfinite(low[hours])
        inside = (ahead >= low[hours]) & (ahead <= high[hours])
        found[hours] = float(inside[judged].mean()) if judged.any() else math.nan
    return found


def _kept_up(warned: np.ndarray[tuple[int], np.dtype[np.bool_]], event: int, window: int, pause: int) -> int:
    """How many steps before the event the warning began that stood until then, but for pauses."""
    began, last = 0, 0
    for back in range(1, min(window, event) + 1):
        if warned[event - back]:
            began = last = back
        elif back - last > pause:
            break
    return began


def _around(level: Series, events: Sequence[int], steps: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    found = np.zeros(len(level), bool)
    for event in events:
        found[max(0, event - steps) : event + steps] = True
    return found


def _highest_ahead(level: Series, steps: int) -> Series:
    filled = np.where(np.isfinite(level), level, -np.inf)
    padded = np.concatenate((filled[1:], np.full(steps, -np.inf)))
    found: Series = np.lib.stride_tricks.sliding_window_view(padded, steps).max(axis=1)[: len(level)]
    return found


def _rmse(forecast: Series, truth: Series, judged: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    return float(np.sqrt(np.mean((forecast[judged] - truth[judged]) ** 2))) if judged.any() else math.nan


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def _steps(hours: float, every: int) -> int:
    return max(1, round(hours * 60 / every))
