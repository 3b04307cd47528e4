"""What no water does: jumps, wrong units, and a level that stands still to the digit.

A reading that is not plausible after the last believed one is held in doubt. A rise is believed when three in a row
agree, so a spike or a pair of spikes warns nobody and a flash flood waits two readings. A fall is believed as soon in
quiet times; during an episode only after hours, for a sensor that drops out in a flood must not clear it. A level that
is a hundredth of what it was is a level in metres and never counts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from pasti.ews.rules.config import GaugeRules
from pasti.ews.rules.ladder import Point
from pasti.ews.rules.memory import Doubt, Flat, Memory

UNIT = 100.0  # centimetres in a metre
KEPT = 8  # doubted readings remembered


def take(config: GaugeRules, memory: Memory, at: dt.datetime, value: float) -> tuple[Memory, tuple[Point, ...]]:
    """Take a level reading; returns the memory and the readings that are believed now, oldest first."""
    point = (at, value)
    if not memory.recent:
        return memory, (point,)
    last, doubt = memory.recent[-1], memory.doubt
    metres = doubt is not None and doubt.metres and _in_metres(config, doubt.points[-1], point)
    if not metres and plausible(config, last, point, doubt.since if doubt else at):
        return replace(memory, doubt=None) if doubt else memory, (point,)
    doubt = _doubted(config, last, doubt, point)
    if _believed(config, memory, doubt, rises=value > last[1]):
        return replace(memory, doubt=None), doubt.points
    return replace(memory, doubt=doubt), ()


def plausible(config: GaugeRules, last: Point, new: Point, doubted: dt.datetime) -> bool:
    """Whether water can have come from the last level to the new one: at its fastest until readings became doubtful.

    From then on it is thought to move as it usually does; else anything would be plausible after a while of nonsense.
    """
    fast = (min(doubted, new[0]) - last[0]).total_seconds() / 60
    usual = (new[0] - min(doubted, new[0])).total_seconds() / 60
    fall = config.noise_cm + config.fastest_fall * fast + config.usual_fall * usual
    rise = config.noise_cm + config.fastest_rise * fast + config.usual_rise * usual
    return -fall <= new[1] - last[1] <= rise


def _in_metres(config: GaugeRules, before: Point, new: Point) -> bool:
    """Whether a reading goes on from one that was in metres."""
    return plausible(config, (before[0], before[1] * UNIT), (new[0], new[1] * UNIT), new[0])


def _doubted(config: GaugeRules, last: Point, doubt: Doubt | None, point: Point) -> Doubt:
    at, value = point
    if doubt is not None and plausible(config, doubt.points[-1], point, at):
        return replace(doubt, points=(*doubt.points, point)[-KEPT:])
    metres = value * 10 < last[1] and plausible(config, last, (at, value * UNIT), at)
    return Doubt(at, (point,), metres)


def _believed(config: GaugeRules, memory: Memory, doubt: Doubt, *, rises: bool) -> bool:
    if doubt.metres or len(doubt.points) < config.believe_after:
        return False
    return rises or memory.stage == 0 or doubt.points[-1][0] - doubt.since >= config.fall_believed_after


def flattened(config: GaugeRules, flat: Flat | None, at: dt.datetime, value: float) -> Flat:
    """The run of readings within a stuck sensor's width, after one more."""
    if flat is not None:
        low, high = min(flat.low, value), max(flat.high, value)
        if high - low <= config.flat_cm:
            return Flat(flat.since, low, high)
    return Flat(at, value, value)


def stuck(config: GaugeRules, flat: Flat | None, at: dt.datetime) -> bool:
    """Whether the level has stood still so long that the sensor may be stuck. A calm river does so too."""
    return flat is not None and at - flat.since >= config.flat_after
