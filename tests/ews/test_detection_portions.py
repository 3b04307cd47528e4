"""However readings reach the detection, in portions, twice, or with a stop in between: it finds the same."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pasti.ews.rules.config import Link, RiseRules
from pasti.ews.rules.detection import evaluate
from pasti.ews.rules.findings import Finding
from pasti.ews.rules.memory import Memory, StageChange, Surroundings
from pasti.ews.rules.readings import Reading
from tests.ews.gauges import CITY, MINUTE, UPSTREAM, Watched, levels, minute

RULES = replace(CITY, links=(UPSTREAM, Link("hujan", 100 * MINUTE, {2: 1, 3: 2})), rise=RiseRules(above_cm=100))


@st.composite
def evenings(draw: Any) -> tuple[list[Reading], Surroundings, dt.datetime]:
    """A walk of levels with faults, gaps and repetitions, and news from around."""
    readings, level, time = [], draw(st.floats(60, 180)), 0.0
    for _ in range(draw(st.integers(5, 40))):
        time += draw(st.sampled_from([1, 5, 5, 5, 5, 15, 40]))
        level = min(max(level + draw(st.sampled_from([-25, -8, -2, 0, 0, 2, 8, 25])), 20), 400)
        value = draw(st.sampled_from([level, level, level, level, level + 300, 0.0, level / 100, math.nan]))
        readings.append(Reading(minute(time), value, draw(st.sampled_from([1, 1, 1, 1, 2, 4])), minute(time)))
        if draw(st.booleans()) and len(readings) > 1:
            readings.append(draw(st.sampled_from(readings[-2:])))
    changes = {
        gauge: tuple(
            StageChange(minute(at + 0.5), stage)
            for at, stage in zip(sorted(draw(st.sets(st.integers(0, 400), max_size=4))), (1, 2, 1, 0), strict=False)
        )
        for gauge in (UPSTREAM.gauge, "hujan")
    }
    return readings, Surroundings(changes), minute(time + draw(st.integers(1, 200)))


@settings(max_examples=80, deadline=None)
@given(evenings(), st.data())
def test_however_the_readings_are_portioned_the_same_is_found(
    evening: tuple[list[Reading], Surroundings, dt.datetime], data: st.DataObject
) -> None:
    readings, around, end = evening
    whole, found = evaluate(RULES, Memory(), readings, around, end)
    memory, pieces = Memory(), list[Finding]()
    left = list(readings)
    while left:
        count = data.draw(st.integers(1, len(left)))
        batch, left = left[:count], left[count:]
        at = max(one.at for one in batch)
        memory, more = evaluate(RULES, memory, batch, around, at)
        again, _ = evaluate(RULES, memory, batch, around, at)
        assert again == memory, "a batch repeated changes nothing"
        memory, pieces = Memory.from_json(again.to_json()), pieces + more
    memory, more = evaluate(RULES, memory, [], around, end)
    assert pieces + more == found
    assert memory == whole


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 59), st.floats(90, 420))
def test_one_wrong_reading_wherever_it_stands_warns_nobody(place: int, wrong: float) -> None:
    readings = levels([80.0 + n % 3 for n in range(60)])
    readings[place] = replace(readings[place], value=wrong)
    assert Watched(RULES).look(readings, minute(300)).found == []
