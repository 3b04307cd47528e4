"""The quality tests against a judge we did not write, against technicians' marks, and against themselves."""

from __future__ import annotations

import gzip
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ioos_qc import qartod

from pasti.telemetry.rules import limits
from pasti.telemetry.rules.quality import BAD, GOOD, MISSING, NOT_EVALUATED, SUSPECT, WORDS, Reason, Run, judge

LEVELS = Path(__file__).parent / "levels"
FAR = 1e12  # seconds: no gap breaks the row, as in ioos_qc


def read(name: str) -> Any:
    """The columns of a file, one row of the array each."""
    with gzip.open(LEVELS / f"{name}.csv.gz", "rt") as source:
        return np.genfromtxt(source, delimiter=",", skip_header=1).T


def flags(stored: dict[str, Any], values: Any, times: Any = None) -> list[int]:
    """Flags of values a minute apart."""
    moments = [index * 60.0 for index in range(len(values))] if times is None else times
    return judge([Run(limits.read(stored), moments, values)])[0].tolist()


@pytest.fixture(scope="module")
def sea() -> tuple[Any, Any]:
    times, level = read("ioos_qc_water_level")
    return times, level


def test_ranges_and_months_agree_with_ioos_qc(sea: tuple[Any, Any]) -> None:
    times, level = sea
    ours = flags({"range": [-0.5, 1.2], "usual": [-0.3, 0.9]}, level, times)
    assert ours == list(qartod.gross_range_test(level, (-0.5, 1.2), (-0.3, 0.9)))
    assert {GOOD, SUSPECT, BAD} <= set(ours)
    months = {str(month): [-0.4 + month / 50, 0.6 + month / 50] for month in range(1, 13)}
    members = [{"vspan": tuple(months[str(m)]), "tspan": (m, m), "period": "month"} for m in range(1, 13)]
    moments = times.astype("datetime64[s]")
    assert flags({"months": months}, level, times) == list(
        qartod.climatology_test(members, level, moments, np.zeros(len(level)))
    )


def test_spikes_and_rates_agree_with_ioos_qc(sea: tuple[Any, Any]) -> None:
    times, level = sea
    ours = flags({"spike": [0.05, 0.1], "gap": FAR}, level, times)
    assert ours[1:-1] == list(qartod.spike_test(level, 0.05, 0.1, "differential"))[1:-1]
    assert {GOOD, SUSPECT, BAD} <= set(ours)
    ours = flags({"rate": 0.15, "gap": FAR}, level, times)
    assert ours == list(qartod.rate_of_change_test(level, times, threshold=0.15 / 3600))
    assert {GOOD, SUSPECT} == set(ours)


def test_flat_lines_agree_with_ioos_qc() -> None:
    chance = np.random.default_rng(7)
    level = np.repeat(chance.normal(size=900).round(2), chance.integers(1, 12, 900)) + chance.integers(0, 2, 1) / 1000
    level += np.where(chance.random(len(level)) < 0.3, 0.004, 0)
    times = np.arange(len(level)) * 60.0
    ours = flags({"flat": [4, 7], "flat_within": 0.005}, level, times)
    # It counts windows of the threshold's readings and one more, and wants less than the tolerance.
    assert ours == list(qartod.flat_line_test(level, times, 3 * 60, 6 * 60, tolerance=0.0050001))
    assert {GOOD, SUSPECT, BAD} <= set(ours)


# What a look at each site's level by month suggests, in cm.
LOW = {1: 30, 2: 30, 3: 20, 4: 30, 5: 30, 6: 14, 7: 8, 8: 13, 9: 20, 10: 30, 11: 30, 12: 30}
SITES = {
    "blacksmithfork2019": {"range": [5, 140], "months": {str(month): [low, 140] for month, low in LOW.items()}},
    "mainstreet2019": {"range": [15, 140]},
    "waterlab2019": {"range": [42, 160]},
}


@pytest.mark.parametrize(
    ("site", "ceiling"), [("blacksmithfork2019", 0.001), ("mainstreet2019", 0.0002), ("waterlab2019", 0.0025)]
)
def test_every_anomaly_that_technicians_marked_is_found_with_few_false_flags(site: str, ceiling: float) -> None:
    minutes, level, marked = read(f"lro_{site}")
    found = np.isin(flags(SITES[site] | {"spike": [8, 16]}, level, minutes * 60), (SUSPECT, BAD))
    marks = marked == 1

    def near(these: Any) -> Any:
        return these | np.roll(these, 1) | np.roll(these, -1)  # the technicians' marks are one reading exact

    assert near(found)[marks].all()
    assert (found & ~near(marks)).mean() <= ceiling


LIMITS = {
    "range": [-50, 50],
    "usual": [-20, 20],
    "spike": [3, 6],
    "rate": 300,
    "flat": [3, 5],
    "flat_within": 1,
    "gap": 300,
}
MISS = float("nan")
# A busy machine is no fault of a rule.
calm = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
steps = st.sampled_from([60.0, 60.0, 60.0, 120.0, 301.0])
levels = st.one_of(st.integers(-9, 9), st.sampled_from([MISS, -999.0, 30.0]))
points = st.lists(st.tuples(steps, levels), max_size=60)


@calm
@given(points, st.integers(0, 60), st.integers(1, 10))
def test_a_stretch_with_its_neighbours_is_judged_as_within_the_whole(
    points: list[tuple[float, float]], begin: int, length: int
) -> None:
    """What storing stands on: `back` + 1 sound readings before and one after are enough."""
    held = limits.read(LIMITS)
    times, values = np.cumsum([step for step, _ in points]).tolist(), [float(value) for _, value in points]
    sound = [at for at, value in enumerate(values) if -50 <= value <= 50]
    stretch = range(begin, min(begin + length, len(points)))
    before = [at for at in sound if at < begin][-held.back - 1 :]
    after = [at for at in sound if at >= begin + length][:1]
    places = [*before, *stretch, *after]
    whole = judge([Run(held, times, values)])
    part = judge([Run(held, [times[at] for at in places], [values[at] for at in places])])
    for whole_found, part_found in zip(whole, part, strict=True):
        at = len(before)
        assert part_found[at : at + len(stretch)].tolist() == [whole_found[place] for place in stretch]


@calm
@given(points, points)
def test_streams_judged_together_do_not_touch_each_other(
    one: list[tuple[float, float]], other: list[tuple[float, float]]
) -> None:
    runs = [
        Run(limits.read(stored), np.cumsum([step for step, _ in part]), [float(value) for _, value in part])
        for stored, part in ((LIMITS, one), ({"spike": [1, 2]}, other), ({}, one))
    ]
    together = judge(runs)
    alone = [judge([run]) for run in runs]
    for which in (0, 1):
        assert together[which].tolist() == [value for found in alone for value in found[which].tolist()]


def test_what_is_missing_or_impossible_is_nobodys_neighbour() -> None:
    stored = {"range": [0, 600], "spike": [5, 10], "rate": 600}
    assert flags(stored, [50, 51, -9999, 52, MISS, 53, 54]) == [GOOD, GOOD, BAD, GOOD, MISSING, GOOD, GOOD]
    found, reasons = judge([Run(limits.read(stored), [0.0, 60, 120, 180], [50, 90, 51, 52])])
    # The reading after a spike is measured against the one before it.
    assert found.tolist() == [GOOD, BAD, GOOD, GOOD]
    assert Reason(int(reasons[1])) == Reason.SPIKE | Reason.RATE


def test_a_stream_without_limits_is_not_judged_and_a_silence_alone_is_no_doubt() -> None:
    assert flags({}, [1, MISS, 1e300]) == [NOT_EVALUATED, MISSING, NOT_EVALUATED]
    found, reasons = judge([Run(limits.read({"range": [0, 9], "gap": 100}), [0.0, 60, 200], [1, 1, 1])])
    assert found.tolist() == [GOOD] * 3
    assert reasons.tolist() == [Reason.GAP, 0, Reason.GAP]
    assert set(WORDS) == set(Reason)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rang": [0, 1]}, {"range": [2, 1]}, {"range": [1]}, {"range": ["a", "b"]}, {"flat": [3, 2]}, {"flat": [1, 5000]},
        {"months": {"13": [0, 1]}}, {"rate": -1}, {"gap": None}, {"usual": [True, 2]},
    ],
)  # fmt: skip
def test_limits_that_mean_nothing_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        limits.read(wrong)


def test_ten_thousand_readings_cost_less_than_five_microseconds_each() -> None:
    """Of processor time, so that a busy machine does not fail it."""
    level = np.sin(np.arange(200) / 9).tolist()
    runs = [Run(limits.read(LIMITS), [60.0 * at for at in range(200)], level) for _ in range(50)]
    began = time.process_time()
    judge(runs)
    assert (time.process_time() - began) / 10_000 < 5e-6 * 3
