"""What a gauge's own readings say: its level against the limits, its rise, its rain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pasti.ews.rules import findings, rates, sentences
from pasti.ews.rules.config import GaugeRules
from pasti.ews.rules.guards import flattened
from pasti.ews.rules.ladder import Limits, Point, Rung, step
from pasti.ews.rules.memory import Memory
from pasti.ews.rules.readings import Kind

MOST = 250  # readings remembered at most
THIN = dt.timedelta(seconds=15)  # levels remembered are this far apart
RISE, LEVEL, RAIN_1H, RAIN_3H = "rise", "level", "rain_1h", "rain_3h"


@dataclass(frozen=True)
class Raised:
    """A ladder that was raised: the finding it makes but for episode and key."""

    rule: str
    stage: int
    at: dt.datetime
    sentence: sentences.Both
    evidence: findings.Evidence


def heed(config: GaugeRules, memory: Memory, point: Point) -> tuple[Memory, list[Raised]]:
    """Take one believed reading into the ladders; returns what was raised."""
    at, value = point
    recent = _remembered(config, memory.recent, point)
    rungs, raised = dict(memory.rungs), []
    for name, limits, judged in _judged(config, recent):
        before = rungs.get(name, Rung())
        rungs[name] = after = step(limits, before, at, judged)
        if after.stage > before.stage:
            raised.append(_raised(config, name, limits, after, recent))
    flat = flattened(config, memory.flat, at, value) if config.kind == Kind.LEVEL else None
    memory = replace(memory, taken_at=at, heard_at=at, recent=recent, rungs=rungs, flat=flat)
    return memory.changed(at, value), raised


def _remembered(config: GaugeRules, recent: tuple[Point, ...], point: Point) -> tuple[Point, ...]:
    """The readings of the time looked back upon; of a gauge that sends each second, some."""
    begins = point[0] - config.keep
    kept = [one for one in recent if one[0] >= begins]
    if config.kind == Kind.LEVEL and len(kept) > 1 and kept[-1][0] - kept[-2][0] < THIN:
        kept.pop()
    return (*kept, point)[-MOST:]


def _judged(config: GaugeRules, recent: tuple[Point, ...]) -> Iterator[tuple[str, Limits, float]]:
    """The ladders of this gauge with the value each is to judge."""
    if config.kind == Kind.RAIN:
        if config.rain:
            yield RAIN_1H, config.rain_limits(config.rain.in_1h), rates.fallen(recent, dt.timedelta(hours=1))
            yield RAIN_3H, config.rain_limits(config.rain.in_3h), rates.fallen(recent, dt.timedelta(hours=3))
        return
    value = recent[-1][1]
    if config.stages_cm:
        yield LEVEL, config.level_limits(), value
    if config.rise:
        rate = rates.rise(recent, config.rise.windows) if value >= config.rise.above_cm else 0.0
        if rate is not None:
            yield RISE, config.rise_limits(), rate


def _raised(config: GaugeRules, name: str, limits: Limits, rung: Rung, recent: tuple[Point, ...]) -> Raised:
    limit, judged = limits.raise_at[rung.stage - 1], rung.last[-1][1]
    at = next(at for at, value in rung.last if value >= limit)
    value = recent[-1][1]
    if name == LEVEL:
        reached, among = sum(one >= limit for _at, one in rung.last), len(rung.last)
        rate = rates.rise(recent, config.rise.windows if config.rise else (dt.timedelta(hours=1),))
        evidence: dict[str, float | int | str] = {
            "level_cm": value,
            "limit_cm": limit,
            "reached": reached,
            "among": among,
        }
        if rate is not None:
            evidence["rise_cm_per_h"] = round(rate, 1)
        return Raised(findings.LEVEL, rung.stage, at,
                      sentences.level(value, limit, rung.stage, reached, among, rate), evidence)  # fmt: skip
    if name == RISE:
        assert config.rise is not None
        above = config.rise.above_cm
        return Raised(
            findings.RISE, rung.stage, at, sentences.rise(judged, limit, value, above),
            {"rise_cm_per_h": round(judged, 1), "limit_cm_per_h": limit, "level_cm": value, "above_cm": above},
        )  # fmt: skip
    hours = 1 if name == RAIN_1H else 3
    return Raised(
        findings.RAIN, rung.stage, at, sentences.rain(judged, hours, limit, rung.stage),
        {"rain_mm": round(judged, 1), "hours": hours, "limit_mm": limit},
    )  # fmt: skip
