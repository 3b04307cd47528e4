"""The level of the next hours with a band: two naive ways, a damped one, and a regression fitted on the past.

The regression sees the level, its rise over the last half hour to three hours, the same of the gauge upstream, and the
rain by the half hour of the last six; for each horizon a ridge regression of the change to come. The band is where 80 of
100 past errors lay, of forecasts that the fit had not seen, apart for calm, moving and steep moments. Rise alone is all
the naive ways know: persistence says "as now", the trend "on as in the last hour", the damped trend lets the rise
halve with every hour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]
Mask = NDArray[np.bool_]
HORIZONS = (1, 2, 3, 4, 5, 6)  # hours
PERSISTENCE, TREND, DAMPED, REGRESSION = "persistence", "trend", "damped", "regression"
HALF = 0.5  # what a damped rise keeps of itself after an hour
INSIDE = 0.8  # of the true levels are to lie in the band
RIDGE = 1e-3  # of the rows, with features of unit variance
CLASSES = (0.85, 0.97)  # shares of the moments called calm, and calm or moving
FOLDS = 4
LOOKBACK = 6.0  # hours of history a forecast looks at
FEWEST = 50  # errors a band needs


@dataclass(frozen=True, eq=False)
class History:
    """Levels in cm at regular times, NaN where none; with the gauge upstream and the rain (mm a step), if there are."""

    every: int  # minutes
    level: Series
    upstream: Series | None = None
    rain: Series | None = None

    def steps(self, hours: float) -> int:
        """How many steps make so many hours."""
        return max(1, round(hours * 60 / self.every))


@dataclass(frozen=True)
class Expected:
    """The level expected in so many hours, and the band in which 80 of 100 come to lie."""

    hours: int
    level: float
    low: float
    high: float


@dataclass(frozen=True)
class Band:
    """The errors of forecasts of one class: `up_to` this change in cm, `low` and `high` to add."""

    up_to: float
    low: float
    high: float


@dataclass(frozen=True)
class Horizon:
    """The regression of one horizon."""

    hours: int
    intercept: float
    weights: tuple[float, ...]
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class Model:
    """A fitted regression: of its features the mean and scale, of each horizon the weights."""

    every: int
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    horizons: tuple[Horizon, ...]
    rows: int  # moments it was fitted on

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Model:
        """From JSON values. Raises msgspec.ValidationError when they are no model."""
        return msgspec.convert(stored, cls)


def naive(history: History, way: str, hours: float) -> Series:
    """The level in so many hours by persistence, trend or damped trend, at each moment."""
    rise = history.level - earlier(history.level, history.steps(1))
    growth = {PERSISTENCE: 0.0, TREND: hours, DAMPED: (1 - HALF**hours) / -math.log(HALF)}[way]
    found: Series = history.level + (growth * rise if growth else 0.0)
    return found


def fit(histories: Sequence[History], keep: Sequence[Mask] | None = None) -> Model:
    """Fit on histories of one gauge (all of the same interval), or on the moments of them to `keep`.

    Raises ValueError when they hold too few moments to fit anything.
    """
    every = histories[0].every
    seen = [features(one) for one in histories]
    masks = keep or [np.ones(len(one.level), bool) for one in histories]
    whole = np.concatenate([rows[mask] for rows, mask in zip(seen, masks, strict=True)])
    known = ~np.isnan(whole[:, 0])
    if known.sum() < 10 * whole.shape[1]:
        raise ValueError("too few moments to fit a forecast")
    mean = np.nan_to_num(_column(np.nanmean, whole[known]))
    scale = np.nan_to_num(_column(np.nanstd, whole[known]))
    scale[scale < 1e-9] = 1.0
    rows = _scaled(whole, mean, scale)
    horizons = []
    for hours in HORIZONS:
        change = np.concatenate([
            (later(one.level, one.steps(hours)) - one.level)[mask] for one, mask in zip(histories, masks, strict=True)
        ])  # fmt: skip
        usable = known & ~np.isnan(change)
        horizons.append(_horizon(hours, rows[usable], change[usable]))
    return Model(every, tuple(mean.tolist()), tuple(scale.tolist()), tuple(horizons), int(known.sum()))


def predict(model: Model, recent: History) -> list[Expected]:
    """The next hours from the last moments (six hours of them at best); nothing without a level now.

    Raises ValueError for another interval than the model's.
    """
    last = recent.steps(LOOKBACK) + 1
    upstream, rain = (None if one is None else one[-last:] for one in (recent.upstream, recent.rain))
    cut = History(recent.every, recent.level[-last:], upstream, rain)
    found = [tuple(float(one[-1]) for one in predicted(model, cut, hours)) for hours in HORIZONS]
    return [
        Expected(hours, *(round(one, 1) for one in values))
        for hours, values in zip(HORIZONS, found, strict=True) if not math.isnan(values[0])
    ]  # fmt: skip


def predicted(model: Model, history: History, hours: int) -> tuple[Series, Series, Series]:
    """Level, low and high in so many hours, at each moment of a history; NaN where no level is known."""
    if history.every != model.every:
        raise ValueError(f"a model of {model.every}-minute steps cannot read {history.every}-minute steps")
    one = next(one for one in model.horizons if one.hours == hours)
    rows = _scaled(features(history), np.array(model.mean), np.array(model.scale))
    change = one.intercept + rows @ np.array(one.weights)
    level = np.maximum(history.level + change, 0.0)
    place = np.searchsorted([band.up_to for band in one.bands[:-1]], np.abs(change))
    low = np.array([band.low for band in one.bands])[place]
    high = np.array([band.high for band in one.bands])[place]
    return level, np.maximum(level + low, 0.0), level + high


def features(history: History) -> NDArray[np.float64]:
    """What the regression sees at each moment, a column each; NaN where not known. The first column is the level."""
    level, steps = history.level, history.steps
    rises = [level - earlier(level, steps(hours)) for hours in (0.5, 1, 2, 3)]
    columns = [level, *rises, np.maximum(rises[1], 0), rises[1] - (rises[2] - rises[1])]
    absent = np.full(len(level), np.nan)
    up = history.upstream if history.upstream is not None else absent
    columns += [up, up - level, *(up - earlier(up, steps(hours)) for hours in (0.5, 1, 2, 3))]
    rain = history.rain if history.rain is not None else absent
    total = np.concatenate(([0.0], np.cumsum(np.nan_to_num(rain))))
    parts = [_between(total, steps(begin), steps(begin + 0.5) if begin else steps(0.5), begin)
             for begin in (0, 0.5, 1, 1.5, 2, 2.5)]  # fmt: skip
    parts += [_between(total, steps(begin), steps(begin + 1), begin) for begin in (3, 4, 5)]
    sums = [sum(parts[:2]), sum(parts[:6]), sum(parts)]
    wet = [*parts, *(np.sqrt(np.maximum(one, 0)) for one in sums)]
    columns += [np.where(np.isnan(rain), np.nan, one) for one in wet]
    return np.column_stack(columns)


def earlier(series: Series, steps: int) -> Series:
    """The series as it was so many steps before each moment."""
    return np.concatenate((np.full(min(steps, len(series)), np.nan), series))[: len(series)]


def later(series: Series, steps: int) -> Series:
    """The series as it is so many steps after each moment."""
    return np.concatenate((series[steps:], np.full(min(steps, len(series)), np.nan)))


def _between(total: Series, near: int, far: int, begin: float) -> Series:
    """The rain from `far` to `near` steps ago, from its running total."""
    count = len(total) - 1
    ends = np.arange(1, count + 1)
    newest = ends if not begin else np.maximum(ends - near, 0)
    found: Series = total[newest] - total[np.maximum(ends - far, 0)]
    return found


def _column(measure: Any, rows: NDArray[np.float64]) -> Series:
    """A measure of each column; NaN for one that is never known."""
    return np.array([measure(column) if not np.isnan(column).all() else np.nan for column in rows.T])


def _scaled(rows: NDArray[np.float64], mean: Series, scale: Series) -> NDArray[np.float64]:
    """With mean 0 and deviation 1; what is not known is the mean."""
    return np.nan_to_num((rows - mean) / scale)


def _horizon(hours: int, rows: NDArray[np.float64], change: Series) -> Horizon:
    intercept, weights = _solve(rows, change)
    errors, sizes = _unseen(rows, change)
    edges = [*np.quantile(sizes, CLASSES).tolist(), math.inf]
    bands, lowest = [], 0.0
    for edge in edges:
        inside = errors[(sizes > lowest) & (sizes <= edge)] if lowest else errors[sizes <= edge]
        used = inside if len(inside) >= FEWEST else errors
        low, high = np.quantile(used, [(1 - INSIDE) / 2, (1 + INSIDE) / 2]).tolist()
        bands.append(Band(min(edge, 1e9), min(low, 0.0), max(high, 0.0)))
        lowest = edge
    return Horizon(hours, intercept, tuple(weights.tolist()), tuple(bands))


def _solve(rows: NDArray[np.float64], change: Series) -> tuple[float, Series]:
    """Ridge regression: the intercept and the weights."""
    middle, offset = rows.mean(axis=0), float(change.mean())
    centred = rows - middle
    weights = np.linalg.solve(
        centred.T @ centred + RIDGE * len(rows) * np.eye(rows.shape[1]), centred.T @ (change - offset)
    )
    return offset - float(middle @ weights), weights


def _unseen(rows: NDArray[np.float64], change: Series) -> tuple[Series, Series]:
    """The errors of forecasts for stretches left out of the fit, and how large a change each had forecast."""
    fold = np.arange(len(rows)) * FOLDS // len(rows)
    forecast = np.empty(len(rows))
    for one in range(FOLDS):
        intercept, weights = _solve(rows[fold != one], change[fold != one])
        forecast[fold == one] = intercept + rows[fold == one] @ weights
    return change - forecast, np.abs(forecast)
