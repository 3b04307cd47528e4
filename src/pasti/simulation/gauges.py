"""Gauges at work in a demo: weeks of ordinary readings, the minute's reading of each, and a flood evening played fast."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from itertools import groupby

from pasti.ews.queries import forecasts, moment
from pasti.ews.queries import gauges as known
from pasti.ews.services import forecasting, replaying, watching
from pasti.kernel.clock import now
from pasti.simulation import devices
from pasti.simulation.forecast_report import history
from pasti.simulation.river_scenarios import evening, season, wib
from pasti.simulation.rivers import RIVERS, Course, River, Sample, Storm, course
from pasti.telemetry.services.readings import Reading, store

PAST_DAYS, PAST_EVERY = 14, 10  # days, minutes
SEASON = 120  # days
FITTED, SHOWN = (1,), (11, 12)  # seeds of the seasons a forecast is fitted on, and of those it is judged on
MINUTE = dt.timedelta(minutes=1)
Say = Callable[[str], None]


def fill_past() -> int:
    """Ordinary days up to now for gauges that have no reading yet, with a shower here and there; returns the readings."""
    streams, moment = known.streams_without_readings(), now()
    start = (moment - dt.timedelta(days=PAST_DAYS)).replace(minute=0, second=0, microsecond=0)
    stored = 0
    for river in RIVERS.values():
        batch = [
            Reading(streams[one.gauge], one.at, one.value)
            for one in _ordinary(river, start, moment, PAST_EVERY).samples()
            if one.gauge in streams and one.at <= moment
        ]
        stored += len(store(batch)) if batch else 0
    return stored


def _ordinary(river: River, start: dt.datetime, end: dt.datetime, every: int) -> Course:
    minutes = int((end - start) / MINUTE) + every
    showers = [
        Storm(day * 1440 + 900.0 + 37 * day % 300, 60, 6 + 5 * (day % 3)) for day in range(0, minutes // 1440 + 1, 3)
    ]
    return course(river, start, minutes, showers, seed=start.toordinal(), every=every)


def fit_forecasts() -> None:
    """Forecasts fitted on made-up seasons, for the city's gauges that have none: no real series of them is known."""
    fitted = {one.gauge for one in forecasts.skills()}
    for river in RIVERS.values():
        if river.gauge in known.streams() and river.gauge not in fitted:
            forecasting.fit_on_seasons(river.gauge, _seasons(river, FITTED), _seasons(river, SHOWN))


def _seasons(river: River, seeds: tuple[int, ...]) -> list[forecasting.History]:
    starts = [(seed, wib(2010 + seed, 11, 1, 7)) for seed in seeds]
    return [history(season(river, start, SEASON, seed=seed, every=forecasting.EVERY)) for seed, start in starts]


def feed(say: Say, seconds: float = 60.0, until: Callable[[], bool] = lambda: False) -> None:
    """Send each gauge's reading of the minute, as its device would, until told to stop; a replayed river sends its own."""
    streams, unfitted = known.streams(), True
    devices.install(streams)
    start = now().replace(hour=0, minute=0, second=0, microsecond=0)
    while not until():
        at = now().replace(second=0, microsecond=0)
        replay = moment.running()
        playing = replay.river_code if replay else ""
        batch = [
            one._replace(at=at)
            for code, river in RIVERS.items() if code != playing
            for one in _of_the_minute(river, start, at) if one.gauge in streams
        ]  # fmt: skip
        devices.send(batch)
        say(f"{at:%H:%M} {len(batch)}")
        time.sleep(seconds)
        if unfitted:  # seconds of calculation, not in the first minute, when everything starts
            fit_forecasts()
            unfitted = False


def _of_the_minute(river: River, start: dt.datetime, at: dt.datetime) -> list[Sample]:
    minutes = int((at - start) / MINUTE) % 1440
    whole = list(course(river, start, minutes + 1, [], seed=start.toordinal()).samples())
    return whole[-3:]


def play(river_code: str, *, hours: float, speed: float, say: Say, fault: str = "") -> None:
    """Play a flood evening: readings minute by minute of played time, `speed` times as fast as life.

    `fault` "spike" is a dry evening with a single spike of 3 m instead; "stuck" a flood whose gauge in the city stands still.
    Raises Refused outside demo mode.
    """
    stage = replaying.begin(river_code, hours=hours, speed=speed)
    replay, river = stage.replay, RIVERS[river_code]
    start = replay.plays_from.replace(second=0, microsecond=0) + MINUTE
    try:
        for at, samples in groupby(_with_fault(river, start, hours - 1 / 60, fault), key=lambda one: one.at):
            _wait_for(at, replay.plays_from, replay.began_at, speed)
            batch = list(samples)
            store([Reading(stage.streams[one.gauge], one.at, one.value) for one in batch])
            say(f"{at:%H:%M}  " + "  ".join(f"{one.gauge} {one.value:g}" for one in batch))
    finally:
        replaying.end()
    watching.watch(river_code)


def _with_fault(river: River, start: dt.datetime, hours: float, fault: str) -> Iterator[Sample]:
    wet = evening(river, start, hours)
    dry = course(river, start, int(hours * 60), [], seed=7)
    whole = list((dry if fault == "spike" else wet).samples())
    half = whole[len(whole) // 2].at
    stands = next((one.value for one in whole if one.gauge == river.gauge), river.low)
    for one in whole:
        if one.gauge == river.gauge and fault == "spike" and one.at == half:
            yield one._replace(value=one.value + 300.0)
        elif one.gauge == river.gauge and fault == "stuck":
            yield one._replace(value=stands)
        else:
            yield one


def _wait_for(at: dt.datetime, plays_from: dt.datetime, began: dt.datetime, speed: float) -> None:
    due = began + (at - plays_from) / speed
    time.sleep(max(0.0, (due - now()).total_seconds()))
