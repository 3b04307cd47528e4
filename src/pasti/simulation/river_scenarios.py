"""Evenings and seasons of the city's rivers: the floods on record by name, ordinary days, and whole rainy seasons.

Times and places of the floods are from the press and the city's own pages (named with each); how high the water stood at
the gauge is not on record. So a scenario leaves the banks at the time on record, and how far is a proposal.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np

from pasti.simulation.rivers import (
    CITY_RAIN,
    GEMBONG,
    MINUTE,
    PETUNG,
    RAIN,
    WELANG,
    Course,
    River,
    Sample,
    Storm,
    course,
    hyetograph,
)  # fmt: skip

WIB = dt.timezone(dt.timedelta(hours=7))
BEFORE, AFTER = 12 * 60, 14 * 60  # minutes shown before the banks are left, and after
DAY = 24 * 60


@dataclass(frozen=True)
class Flood:
    """A river leaves its banks at `banks_at`, after `rain_hours` of rain in the hills, and crests `over_cm` higher."""

    river: River
    banks_at: dt.datetime
    rain_hours: float
    over_cm: float


@dataclass(frozen=True)
class Scenario:
    """Something that happened, with its source."""

    title: str
    source: str
    floods: tuple[Flood, ...] = ()
    city_rain: tuple[dt.datetime, float, float] | None = None  # from when, minutes, mm
    quiet: tuple[River, ...] = ()


def wib(year: int, month: int, day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A time of Pasuruan as UTC."""
    return dt.datetime(year, month, day, hour, minute, tzinfo=WIB).astimezone(dt.UTC)


SCENARIOS = {
    "karangketug-2019": Scenario("Welang, 19 Maret 2019: Karangketug hingga 1,5 m", "radarbromo, 21 Mar 2019",
        (Flood(WELANG, wib(2019, 3, 19, 20, 45), 5, 110),)),
    "wirogunan-2020": Scenario("Gembong dan Petung, 6 Januari 2020: Wirogunan 30-50 cm", "wartabromo, Jan 2020",
        (Flood(GEMBONG, wib(2020, 1, 6, 21, 15), 4.5, 45), Flood(PETUNG, wib(2020, 1, 6, 21, 15), 4.5, 40))),
    "bokwedi-2022": Scenario("Petung, 2 Januari 2022: Jembatan Bokwedi, lima jam hujan", "pasuruankota.go.id, Jan 2022",
        (Flood(PETUNG, wib(2022, 1, 2, 20, 0), 5, 35),)),
    "januari-2022": Scenario("Petung 21.00 dan Gembong 21.20, 10 Januari 2022", "ngopibareng.id, Jan 2022",
        (Flood(PETUNG, wib(2022, 1, 10, 21, 0), 4.5, 40), Flood(GEMBONG, wib(2022, 1, 10, 21, 20), 4.5, 30))),
    "karangketug-2022": Scenario("Welang, 21 Maret 2022 18.10: Karangketug, 78 rumah", "merdeka.com, Mar 2022",
        (Flood(WELANG, wib(2022, 3, 21, 18, 10), 4.5, 60),)),
    "november-2022": Scenario("Petung, 28 November 2022: Puspo dan Pasrepan, siaga sejak 16.30",
        "ramapati.pasuruankota.go.id, 29 Nov 2022", (Flood(PETUNG, wib(2022, 11, 28, 18, 30), 4.2, 30),)),
    "hujan-kota-2022": Scenario("25 Februari 2022: jalan tergenang, semua sungai normal", "ramapati.pasuruankota.go.id",
        city_rain=(wib(2022, 2, 25, 15, 0), 110, 85), quiet=(WELANG, GEMBONG, PETUNG)),
}  # fmt: skip


def play(name: str, *, seed: int = 1, every: int = 1) -> Iterator[Sample]:
    """The readings of a scenario in time order. Raises KeyError for a name that is none."""
    scenario = SCENARIOS[name]
    courses = [flood_evening(one, seed=seed, every=every) for one in scenario.floods]
    streams = [one.samples() for one in courses]
    if scenario.city_rain:
        start = scenario.city_rain[0] - 6 * 60 * MINUTE
        streams += [course(one, start, 12 * 60, [], seed=seed, every=every).samples() for one in scenario.quiet]
        streams.append(_rain_in_the_city(scenario.city_rain, start, seed, every))
    return heapq.merge(*streams, key=lambda one: one.at)


def flood_evening(flood: Flood, *, seed: int = 1, every: int = 1) -> Course:
    """The day of a flood, its rain made to leave the banks at the time on record and to crest as high as said."""
    river, minutes = flood.river, BEFORE + AFTER
    banks, rain_at = river.stages[2], BEFORE - 6 * 60
    start, storm = flood.banks_at - BEFORE * MINUTE, Storm(rain_at, flood.rain_hours * 60, 80.0)
    for _ in range(3):  # the tide moves with the start, so height and time are settled in turns
        storm = _as_high(flood, start, storm, seed)
        exact = course(river, start, minutes, [storm], seed=seed, noise=0.0)
        start = flood.banks_at - int(np.argmax(exact.level >= banks)) * MINUTE
    return course(river, start, minutes, [storm], seed=seed, every=every)


def _as_high(flood: Flood, start: dt.datetime, storm: Storm, seed: int) -> Storm:
    low, high, target = 5.0, 600.0, flood.river.stages[2] + flood.over_cm
    for _ in range(24):
        storm = Storm(storm.start, storm.minutes, (low + high) / 2)
        crest = course(flood.river, start, BEFORE + AFTER, [storm], seed=seed, noise=0.0).level.max()
        low, high = (storm.mm, high) if crest < target else (low, storm.mm)
    return storm


def ordinary(river: River, day: dt.datetime, *, seed: int = 1, every: int = 1) -> Course:
    """A day with a shower at most, from `day` on for 24 hours: nobody need be warned."""
    chance = Random(f"{seed}:{river.gauge}:{day.isoformat()}")  # noqa: S311 made-up weather
    shower = Storm(chance.uniform(5, 12) * 60, chance.uniform(30, 90), chance.uniform(0, 14))
    return course(river, day, DAY, [shower], seed=seed, every=every)


def season(river: River, start: dt.datetime, days: int, *, seed: int, every: int = 5) -> Course:
    """A rainy season: most afternoons some rain, every eighth or so enough to make the river rise, some to flood."""
    chance = Random(f"{seed}:{river.gauge}")  # noqa: S311 made-up weather
    storms = [one for day in range(days) for one in _afternoon(chance, day)]
    return course(river, start, days * DAY, storms, seed=seed, every=every)


def _afternoon(chance: Random, day: int) -> list[Storm]:
    kind, start = chance.random(), day * DAY + chance.uniform(5, 13) * 60  # 12 to 20 WIB when days begin at 00 UTC
    if kind < 0.35:
        return []
    if kind < 0.85:
        return [Storm(start, chance.uniform(30, 120), chance.uniform(2, 20))]
    first = Storm(start, chance.uniform(120, 300), min(160.0, 35 + chance.expovariate(1 / 35)))
    if chance.random() < 0.3:  # a second cloudburst on wet hills
        return [
            first,
            Storm(start + first.minutes + chance.uniform(30, 120), chance.uniform(40, 120), chance.uniform(15, 45)),
        ]
    return [first]


def _rain_in_the_city(
    rain: tuple[dt.datetime, float, float], start: dt.datetime, seed: int, every: int
) -> Iterator[Sample]:
    begins, minutes, mm = rain
    storm, length = Storm((begins - start) / MINUTE, minutes, mm), 12 * 60
    fallen = hyetograph(storm, length, np.random.default_rng(seed))
    for step in range(0, length, every):
        at = start + step * MINUTE
        yield Sample(CITY_RAIN, at, RAIN, round(float(fallen[max(0, step - every) : step].sum()), 1), at)


def evening(river: River, start: dt.datetime, hours: float) -> Course:
    """Rain of four hours in the hills, and what it does to the river: over its banks in the last third of the evening."""
    minutes = int(hours * 60)
    rain = Storm(10.0, min(240.0, minutes * 0.55), 150.0)
    return course(river, start, minutes, [rain], seed=7)
