"""Gauges for the tests of the rules: a simulated river, set up as the city's are, and a way to play readings at it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pasti.ews.rules.config import GaugeRules, Link, RainRules, RiseRules
from pasti.ews.rules.detection import evaluate
from pasti.ews.rules.findings import Finding
from pasti.ews.rules.memory import Memory, StageChange, Surroundings
from pasti.ews.rules.readings import GOOD, Kind, Reading
from pasti.simulation.rivers import PETUNG, River, Sample

START = dt.datetime(2022, 1, 10, 8, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
CITY = GaugeRules("petung-bokwedi", name="Jembatan Bokwedi", stages_cm=(150, 200, 250))
UPSTREAM = Link("petung-hulu", 75 * MINUTE, name="Petung hulu")


def minute(count: float) -> dt.datetime:
    return START + count * MINUTE


def levels(values: Sequence[float | None], *, first: float = 0, every: float = 5, quality: int = GOOD) -> list[Reading]:
    """Readings at regular minutes, each received as it was made."""
    times = [minute(first + every * n) for n in range(len(values))]
    return [Reading(at, value, quality, at) for at, value in zip(times, values, strict=True)]


def rising(stage: int, at: float, value: float = 0.0) -> Surroundings:
    """The gauge upstream goes to a stage."""
    return Surroundings({UPSTREAM.gauge: (StageChange(minute(at), stage, value),)})


@dataclass
class Watched:
    """A gauge under watch, which keeps what was found."""

    config: GaugeRules = CITY
    memory: Memory = field(default_factory=Memory)
    found: list[Finding] = field(default_factory=list)

    def play(self, readings: Iterable[Reading], around: Surroundings | None = None) -> Watched:
        """One by one, each evaluated when it came, with the state stored and fetched in between."""
        for one in readings:
            self.look([one], one.received or one.at, around)
        return self

    def look(self, readings: Sequence[Reading], at: dt.datetime, around: Surroundings | None = None) -> Watched:
        memory, found = evaluate(self.config, self.memory, readings, around or Surroundings(), at)
        self.memory = Memory.from_json(memory.to_json())
        self.found += found
        return self

    @property
    def warned(self) -> list[tuple[str, int]]:
        """Rule and stage of what was proposed."""
        return [(one.rule, one.stage) for one in self.found if not one.lowers]

    @property
    def highest(self) -> int:
        return max((stage for _rule, stage in self.warned), default=0)


def rules_of(river: River) -> dict[str, GaugeRules]:
    """A river's gauges, upstream ones first."""
    hills = Link(river.rain, (river.to_upstream + 20) * MINUTE, {2: 1, 3: 2}, "Hujan di hulu")
    above = Link(river.upstream, river.travel * MINUTE, name=f"{river.name} hulu")
    city = Link(river.rain, (river.to_upstream + river.travel) * MINUTE, {2: 1, 3: 2}, "Hujan di hulu")
    return {
        river.rain: GaugeRules(river.rain, Kind.RAIN, rain=RainRules()),
        river.upstream: GaugeRules(river.upstream, stages_cm=river.upstream_stages, links=(hills,)),
        river.gauge: GaugeRules(
            river.gauge, stages_cm=river.stages, rise=RiseRules(above_cm=river.stages[0] * 0.7), links=(above, city)
        ),
    }


def replay(samples: Iterable[Sample], river: River = PETUNG, **changes: object) -> dict[str, Watched]:
    """A stream of samples at a river's gauges in the order of arrival, each evaluated as it comes.

    Every minute that passes is looked at for every gauge, so that silence is noticed.
    """
    watched = {code: Watched(replace(rules, **changes)) for code, rules in rules_of(river).items()}  # type: ignore[arg-type]
    last = None
    for one in samples:
        if one.gauge not in watched:
            continue
        memories = {code: gauge.memory for code, gauge in watched.items()}
        at = max(one.arrives, last or one.arrives)
        heard = Reading(one.at, one.value, GOOD, one.arrives)
        for code, gauge in watched.items():
            if code == one.gauge or last is None or at > last:
                gauge.look([heard] if code == one.gauge else [], at, Surroundings.of(memories))
        last = at
    return watched
