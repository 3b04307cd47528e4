"""Rivers in rain: made-up levels and rain of the city's three rivers, minute by minute, the same for the same seed.

Rain in the hills fills a row of three equal reservoirs (Nash, IASH Publication 45, 1957) which let the water go; it
passes the gauge upstream and, `travel` later, the city, where the sea's tide backs it up. Discharge becomes level by a
power of 3/5 (Manning, in a wide channel). Limits, travel times and shapes are proposals ("usulan"), not measurements:
thresholds of the real gauges were not found.
"""

from __future__ import annotations

import datetime as dt
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

LEVEL, RAIN = "level_cm", "rain_mm"
MINUTE = dt.timedelta(minutes=1)
SPREAD = 0.45  # of the logarithm of what one spot gets of a storm: tropical cells are narrow
Series = NDArray[np.float64]


class Sample(NamedTuple):
    """A reading as a gauge sends it, and when it reaches us."""

    gauge: str
    at: dt.datetime
    kind: str
    value: float
    arrives: dt.datetime


@dataclass(frozen=True)
class River:
    """A river: its gauges, and how it answers rain. Levels in cm above the gauge's zero, times in minutes."""

    name: str
    gauge: str
    upstream: str
    rain: str
    low: float  # level of dry weather in the city
    stages: tuple[float, float, float]  # waspada, siaga, awas (over the banks) in the city
    upstream_low: float
    upstream_stages: tuple[float, float, float]
    respond: float  # minutes of each of the three reservoirs
    to_upstream: int  # minutes from rain to the gauge upstream
    travel: int  # minutes from there to the city
    tide: float = 0.0  # amplitude in the city
    loss: float = 6.0  # mm the dry hills keep of a storm
    lateral: float = 0.35  # share of the catchment that drains in below the gauge upstream


PETUNG = River("Petung", "petung-bokwedi", "petung-hulu", "hujan-puspo",
               60, (150, 200, 250), 40, (110, 160, 210), 30, 20, 75, tide=6)  # fmt: skip
GEMBONG = River("Gembong", "gembong-kebonsari", "gembong-hulu", "hujan-pasrepan",
                80, (160, 210, 260), 45, (110, 160, 210), 38, 25, 90, tide=12)  # fmt: skip
WELANG = River("Welang", "welang-karangketug", "welang-hulu", "hujan-tosari",
               90, (200, 270, 340), 55, (140, 210, 280), 60, 40, 150, tide=10)  # fmt: skip
RIVERS = {"petung": PETUNG, "gembong": GEMBONG, "welang": WELANG}
CITY_RAIN = "hujan-kota"


@dataclass(frozen=True)
class Storm:
    """Rain in the hills: from when, for how long (minutes), how much (mm)."""

    start: float
    minutes: float
    mm: float


@dataclass(frozen=True)
class Course:
    """What a river truly did, at regular times."""

    river: River
    start: dt.datetime
    every: int  # minutes
    rain: Series  # mm in each step
    upstream: Series
    level: Series

    def at(self, step: int) -> dt.datetime:
        """The time of a step."""
        return self.start + self.every * step * MINUTE

    def samples(self) -> Iterator[Sample]:
        """What its three gauges send, in time order."""
        river = self.river
        for step in range(len(self.level)):
            when = self.at(step)
            yield Sample(river.rain, when, RAIN, round(float(self.rain[step]), 1), when)
            yield Sample(river.upstream, when, LEVEL, round(float(self.upstream[step]), 1), when)
            yield Sample(river.gauge, when, LEVEL, round(float(self.level[step]), 1), when)


def course(
    river: River,
    start: dt.datetime,
    minutes: int,
    storms: Sequence[Storm],
    *,
    seed: int = 1,
    every: int = 1,
    noise: float = 0.6,
) -> Course:
    """The river from `start` for so many minutes with these storms (their start counted from there).

    A gauge stands at one spot of the hills: what it measures of a storm, what falls on the catchment upstream and on
    the part below (`lateral`), and what the hills keep, differ by chance.
    """
    chance = np.random.default_rng([seed, zlib.crc32(river.gauge.encode())])
    falls = [hyetograph(one, minutes, chance) for one in storms]
    measured, below = (_uneven(falls, minutes, chance) for _ in range(2))
    kept = [river.loss * float(one) for one in chance.uniform(0.4, 1.8, len(storms))]
    wave = discharge(river, sum(falls, np.zeros(minutes)), storms, kept)
    beside = discharge(river, below, storms, kept)
    passing = delayed(smooth(wave, river.respond / 2), river.to_upstream + river.travel)
    joining = delayed(beside, river.to_upstream + river.travel // 2)
    up = river.upstream_low + _level(delayed(wave, river.to_upstream))
    down = river.low + _level((1 - river.lateral) * passing + river.lateral * joining)
    down += tide(river.tide, start, minutes)
    grid = slice(0, minutes, every)
    summed = measured[: minutes // every * every].reshape(-1, every).sum(axis=1)
    summed = np.concatenate(([0.0], summed))[: len(up[grid])]  # what fell since the reading before
    return Course(river, start, every, summed, _noisy(up[grid], noise, chance), _noisy(down[grid], noise, chance))


def hyetograph(storm: Storm, minutes: int, chance: Any) -> Series:
    """The storm's rain in each minute: heaviest in its first half, gusty."""
    time = (np.arange(minutes) - storm.start) / storm.minutes
    shape = np.where((time > 0) & (time < 1), time * np.clip(1 - time, 0, None) ** 2, 0.0)
    gusts = np.repeat(chance.gamma(3.0, 1 / 3, math.ceil(minutes / 10)), 10)[:minutes]
    shape = shape * gusts
    total = shape.sum()
    return shape * (storm.mm / total) if total > 0 else shape


def discharge(river: River, rain: Series, storms: Sequence[Storm], kept: Sequence[float]) -> Series:
    """Rain less what is `kept` of each storm through three equal reservoirs, in mm/h of the catchment."""
    left = rain.copy()
    for storm, loss in zip(storms, kept, strict=True):
        begin, end = max(0, int(storm.start)), int(storm.start + storm.minutes)
        fallen = np.cumsum(rain[begin:end])
        left[begin:end] = np.where(fallen > loss, rain[begin:end], 0.0)
    time = np.arange(int(river.respond * 14))
    answer = (time / river.respond) ** 2 * np.exp(-time / river.respond) / (2 * river.respond)
    return _convolve(left * 60, answer)


def smooth(wave: Series, minutes: float) -> Series:
    """The wave flattened on its way down by one more reservoir."""
    time = np.arange(int(minutes * 8) + 1)
    return _convolve(wave, np.exp(-time / minutes) / np.exp(-time / minutes).sum())


def delayed(wave: Series, minutes: int) -> Series:
    """The wave so much later."""
    return np.concatenate((np.zeros(minutes), wave))[: len(wave)]


def tide(amplitude: float, start: dt.datetime, minutes: int) -> Series:
    """A mixed tide, mostly once a day as in the Strait of Madura: K1 (23.93 h) and M2 (12.42 h)."""
    hours = start.timestamp() / 3600 + np.arange(minutes) / 60
    return amplitude * (0.6 * np.sin(2 * np.pi * hours / 23.93) + 0.4 * np.sin(2 * np.pi * hours / 12.42))


def _uneven(falls: Sequence[Series], minutes: int, chance: Any) -> Series:
    """The storms as they fall on another spot: more or less of each, by a log-normal factor of mean 1."""
    factors = np.exp(chance.normal(-(SPREAD**2) / 2, SPREAD, len(falls)))
    found: Series = sum((one * factor for one, factor in zip(falls, factors, strict=True)), np.zeros(minutes))
    return found


def _level(wave: Series) -> Series:
    return 40.0 * np.clip(wave, 0, None) ** 0.6


def _noisy(level: Series, noise: float, chance: Any) -> Series:
    found: Series = np.round(np.clip(level + chance.normal(0, noise, len(level)), 1, None), 1)
    return found


def _convolve(series: Series, answer: Series) -> Series:
    """The convolution cut to the series' length, by Fourier transform: a season is long."""
    size = 1 << (len(series) + len(answer)).bit_length()
    product = np.fft.rfft(series, size) * np.fft.rfft(answer, size)
    found: Series = np.fft.irfft(product, size)[: len(series)]
    return found
