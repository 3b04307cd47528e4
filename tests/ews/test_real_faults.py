"""Faults that technicians marked in a year of three real gauges make no false alarm, where simpler rules make many.

The marked faults are drops (a sensor taken out of the water), so they are also turned upside down: the same faults of
the same size, upwards. A false alarm is a warning that is not given when the marked readings are taken out.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import itertools
from dataclasses import dataclass

import pytest

from pasti.ews.rules.config import MINUTE, GaugeRules, RiseRules
from pasti.ews.rules.detection import evaluate
from pasti.ews.rules.memory import Memory, Surroundings
from pasti.ews.rules.readings import BAD, GOOD, Reading
from pasti.simulation.forecast_report import LEVELS

SITES = {"blacksmith-fork-2019": 24, "main-street-2019": 18, "water-lab-2019": 15}  # with their marked readings
AROUND = dt.timedelta(hours=10)


@dataclass(frozen=True)
class Row:
    at: dt.datetime
    stage: float
    marked: bool


def rows_of(site: str) -> list[Row]:
    """The hours around the marked readings, as the sensor sent them."""
    with gzip.open(LEVELS / f"{site}.csv.gz", "rt", newline="") as file:
        rows = [
            Row(dt.datetime.fromisoformat(one["time"]).replace(tzinfo=dt.UTC), float(one["stage"]), one["label"] == "1")
            for one in csv.DictReader(file)
        ]
    marked = [one.at for one in rows if one.marked]
    return [one for one in rows if any(abs(one.at - at) <= AROUND for at in marked)]


def upside_down(rows: list[Row]) -> list[Row]:
    """Every marked reading as far above the last unmarked one as it was below."""
    turned, last = [], rows[0].stage
    for one in rows:
        if one.marked:
            turned.append(Row(one.at, 2 * last - one.stage, True))
        else:
            turned.append(one)
            last = one.stage
    return turned


def rules_for(rows: list[Row]) -> GaugeRules:
    """Limits the river touches on the days of the faults; 15-minute readings of a river that moves slowly."""
    ordered = sorted(one.stage for one in rows if not one.marked)
    high = [ordered[int(len(ordered) * share)] for share in (0.8, 0.95)]
    return GaugeRules(
        "nyata", stages_cm=tuple(high), hysteresis_cm=3, silent_after=60 * MINUTE, hold=60 * MINUTE, within=60 * MINUTE,
        fastest_rise=0.7, fastest_fall=0.7, noise_cm=3, rise=RiseRules(above_cm=ordered[len(ordered) // 2], cm_per_h=(10,)),
    )  # fmt: skip


def warnings(rows: list[Row], config: GaugeRules, *, without_marked: bool = False) -> set[tuple[str, int, dt.datetime]]:
    readings = [Reading(one.at, one.stage, BAD if one.marked and without_marked else GOOD, one.at) for one in rows]
    _, found = evaluate(config, Memory(), readings, Surroundings(), rows[-1].at)
    return {(one.rule, one.stage, one.at) for one in found if not one.lowers}


def false_alarms(rows: list[Row], config: GaugeRules) -> set[tuple[str, int, dt.datetime]]:
    """Warnings given or withheld only because of the marked readings."""
    return warnings(rows, config) ^ warnings(rows, config, without_marked=True)


def naive_false_alarms(rows: list[Row], config: GaugeRules) -> set[dt.datetime]:
    """What the marked readings do to the rule without patience."""
    return naive_alarms(rows, config) - naive_alarms([one for one in rows if not one.marked], config)


def naive_alarms(rows: list[Row], config: GaugeRules) -> set[dt.datetime]:
    """Alarms of a rule without patience: any reading over the first limit, or up by 10 cm since the one before."""
    limit = config.stages_cm[0]
    return {
        new.at
        for old, new in itertools.pairwise(rows)
        if (new.stage >= limit > old.stage) or (new.stage - old.stage >= 10 and new.stage >= limit / 2)
    }


@pytest.mark.parametrize("site", SITES)
def test_marked_faults_make_no_false_alarm(site: str) -> None:
    rows = rows_of(site)
    config = rules_for(rows)
    assert sum(one.marked for one in rows) == SITES[site]
    assert warnings(rows, config), "the river itself does reach the limits on these days"
    assert false_alarms(rows, config) == set()
    assert len(naive_false_alarms(rows, config)) >= 7, "a rule without patience is fooled by the same readings"


@pytest.mark.parametrize("site", SITES)
def test_the_same_faults_upwards_are_taken_for_water_only_when_they_last(site: str) -> None:
    """Three readings in a row that agree cannot be told from a flash flood; anything shorter warns nobody."""
    rows = upside_down(rows_of(site))
    config = rules_for(rows)
    lasting = [list(run) for marked, run in itertools.groupby(rows, lambda one: one.marked) if marked]
    believed = {one.at for run in lasting if len(run) >= config.believe_after for one in run}
    assert {at for _rule, _stage, at in false_alarms(rows, config)} <= believed
    assert len(false_alarms(rows, config)) <= 2
    assert len(naive_false_alarms(rows, config)) >= 7
