"""Quality of readings after QARTOD (IOOS, Manual for Real-Time Quality Control of Water Level Data, version 2.1, 2021).

The flag of a reading depends on the readings around it and on nothing else: not on the order in which they came, not on
whether they are judged one by one or all at once. Two things follow, and `services.readings` sees to both:

- The newest reading has no neighbour after it, so it cannot be called a spike yet. When the next one comes, it is judged
  again and may lose its good name. Nobody should act on a single reading; `ews.rules` does not.
- A reading that comes late is judged by its neighbours in time, and they by it: the flags of the reading before it and of
  those after it that lie within reach are brought up to date. Only flags: a value is never altered.

Missing readings and those outside of the range are nobody's neighbours, or one -9999 would make a spike of both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from pasti.telemetry.rules.limits import Limits

GOOD, NOT_EVALUATED, SUSPECT, BAD, MISSING = 1, 2, 3, 4, 9
Floats = NDArray[np.float64]
Bits = NDArray[np.int64]
Truths = NDArray[np.bool_]


class Reason(IntFlag):
    """The tests that spoke. `GAP` alone does not make a reading doubtful: it says that it came after a silence."""

    RANGE = 1
    USUAL = 2
    SEASON = 4
    SPIKE = 8
    RATE = 16
    FLAT = 32
    GAP = 64


# In words: Indonesian, English.
WORDS: dict[Reason, tuple[str, str]] = {
    Reason.RANGE: ("di luar jangkauan alat", "outside of what the instrument can read"),
    Reason.USUAL: ("di luar nilai yang lazim", "outside of what is usual"),
    Reason.SEASON: ("di luar yang lazim untuk bulan ini", "outside of what is usual for the month"),
    Reason.SPIKE: ("melonjak sesaat", "a spike"),
    Reason.RATE: ("berubah terlalu cepat", "changed too fast"),
    Reason.FLAT: ("macet pada satu nilai", "stuck at one value"),
    Reason.GAP: ("datang setelah jeda", "came after a silence"),
}


@dataclass(frozen=True, slots=True)
class Run:
    """Readings of one stream in the order of time: seconds since 1970, and values (NaN where missing)."""

    limits: Limits
    times: Sequence[float]
    values: Sequence[float]


def judge(runs: Sequence[Run]) -> tuple[Bits, Bits]:
    """Flags and reasons of all readings of all `runs`, one run after the other.

    The first readings of a run are judged as if nothing were before them: a caller who wants the flags of some readings
    of a stream gives `limits.back` + 1 sound readings before them and one after them along.
    """
    times = np.concatenate([np.asarray(run.times, dtype=np.float64) for run in runs])
    values = np.concatenate([np.asarray(run.values, dtype=np.float64) for run in runs])
    owner = np.repeat(np.arange(len(runs)), [len(run.times) for run in runs])
    missing = ~np.isfinite(values)
    bad, suspect = np.zeros(len(values), dtype=np.int64), np.zeros(len(values), dtype=np.int64)
    bad[_outside(values, owner, [run.limits.span for run in runs])] |= Reason.RANGE
    suspect[_outside(values, owner, [run.limits.usual for run in runs])] |= Reason.USUAL
    _seasons(runs, times, values, owner, suspect)
    sound = np.flatnonzero(~missing & (bad == 0))
    _neighbours(runs, _Sound(sound, times[sound], values[sound], owner[sound]), suspect, bad)
    tested = np.array([run.limits.tested for run in runs])[owner]
    flags = np.where(tested, GOOD, NOT_EVALUATED)
    flags[(suspect & ~int(Reason.GAP)) > 0] = SUSPECT
    flags[bad > 0] = BAD
    flags[missing] = MISSING
    return flags, np.where(missing, 0, suspect | bad)


def _outside(values: Floats, owner: Bits, spans: Sequence[tuple[float, float]]) -> Truths:
    table = np.array(spans)
    found: Truths = (values < table[owner, 0]) | (values > table[owner, 1])
    return found


def _seasons(runs: Sequence[Run], times: Floats, values: Floats, owner: Bits, suspect: Bits) -> None:
    if not any(run.limits.months for run in runs):
        return
    everything = ((-np.inf, np.inf),) * 12
    table = np.array([run.limits.months or everything for run in runs])
    month = times.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12
    span = table[owner, month]
    suspect[(values < span[:, 0]) | (values > span[:, 1])] |= Reason.SEASON


@dataclass(frozen=True, slots=True)
class _Sound:
    """The readings that are somebody's neighbours, and where they stand among all."""

    places: Bits
    times: Floats
    values: Floats
    owner: Bits


def _neighbours(runs: Sequence[Run], sound: _Sound, suspect: Bits, bad: Bits) -> None:
    """The tests that look at readings before and after: gap, spike, rate, flat line."""
    if not len(sound.places):
        return
    gap = np.array([run.limits.gap for run in runs])[sound.owner]
    linked = np.zeros(len(sound.places) + 1, dtype=bool)  # [i]: i and the one before it belong together
    linked[1:-1] = (sound.owner[1:] == sound.owner[:-1]) & (np.diff(sound.times) <= gap[1:])
    suspect[sound.places[~linked[:-1]]] |= Reason.GAP
    spiked = _spikes(runs, sound, linked, suspect, bad)
    _rates(runs, sound, linked, spiked, suspect)
    for number, run in enumerate(runs):
        if run.limits.flat[0]:
            first, last = np.searchsorted(sound.owner, [number, number + 1])
            _flat(run.limits, sound, linked, slice(first, last), suspect, bad)


def _spikes(runs: Sequence[Run], sound: _Sound, linked: Truths, suspect: Bits, bad: Bits) -> Truths:
    """Test 6 of the manual in its differential form: higher or lower than both neighbours, by so much than the nearer.

    The distance from the middle of both, its older form, condemns the good readings beside a spike as well, and the foot
    of every steep rise. Returns which are bad: they are left out when the change after them is looked at.
    """
    limits = np.array([run.limits.spike for run in runs])[sound.owner]
    step = np.diff(sound.values)
    away = np.zeros(len(sound.values))
    away[1:-1] = np.where(step[:-1] * step[1:] < 0, np.minimum(np.abs(step[:-1]), np.abs(step[1:])), 0)
    away[~(linked[:-1] & linked[1:])] = 0
    spiked: Truths = away > limits[:, 1]
    suspect[sound.places[(away > limits[:, 0]) & ~spiked]] |= Reason.SPIKE
    bad[sound.places[spiked]] |= Reason.SPIKE
    return spiked


def _rates(runs: Sequence[Run], sound: _Sound, linked: Truths, spiked: Truths, suspect: Bits) -> None:
    """Test 7: change a second since the reading before, or since the one before that where the former was a spike."""
    here = np.flatnonzero(linked[:-1])
    before = here - 1 - spiked[here - 1]
    passed = sound.times[here] - sound.times[before]
    rate = np.abs(sound.values[here] - sound.values[before]) / passed
    limits = np.array([run.limits.rate for run in runs])[sound.owner[here]]
    suspect[sound.places[here[rate > limits]]] |= Reason.RATE


def _flat(limits: Limits, sound: _Sound, linked: Truths, mine: slice, suspect: Bits, bad: Bits) -> None:
    """Test 8: the last so many readings, without a gap between them, lie within `flat_within` of each other."""
    values, places = sound.values[mine], sound.places[mine]
    # Only where each step is small can a whole stretch be flat; most streams have none long enough.
    small = linked[mine] & (np.abs(np.diff(values, prepend=np.inf)) <= limits.flat_within)
    for count, found in ((limits.flat[0], suspect), (limits.flat[1], bad)):
        found[places[_within(values, small, count, limits.flat_within)]] |= Reason.FLAT


def _within(values: Floats, small: Truths, count: int, within: float) -> Bits:
    """Where the last `count` values, all linked by small steps, have a range of at most `within`."""
    steps = np.cumsum(small)
    at = np.arange(count - 1, len(values))
    at = at[steps[at] - steps[at - count + 1] == count - 1]
    if within and len(at):
        stretches = np.lib.stride_tricks.sliding_window_view(values, count)[at - count + 1]
        at = at[stretches.max(axis=1) - stretches.min(axis=1) <= within]
    return at
