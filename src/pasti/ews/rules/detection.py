"""The one way from readings to findings: `evaluate`.

It plays readings, news from linked gauges and run-out times in the order of their own times, never of the calls. So it
does not matter whether readings come one by one or all at once, whether the program was stopped in between, or whether
a reading comes again: the same memory and the same findings, with the same keys, follow.

Out of order: within a call readings are put in order. One that is not newer than the newest taken before is left to the
archive: it neither raises nor clears, and what follows it decides. A value sent again for the same time changes nothing.
From the future, or older than the horizon when it came: the same (`readings.timely`).

Silence, a stuck sensor and bad readings never lower a stage. When trouble comes from upstream meanwhile they raise one.
When an officer declares a warning over, or a gauge is mended, its memory begins anew with `Memory.begin`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from pasti.ews.rules import findings, guards, levels, sentences, upstream
from pasti.ews.rules.config import GaugeRules, Link
from pasti.ews.rules.findings import Evidence, Finding
from pasti.ews.rules.ladder import NORMAL, Point
from pasti.ews.rules.memory import Episode, Memory, StageChange, Surroundings, Upstream
from pasti.ews.rules.readings import Kind, Reading, measured, timely

SILENT, STUCK = "silent", "stuck"


def evaluate(
    config: GaugeRules, memory: Memory, readings: Sequence[Reading], around: Surroundings, at: dt.datetime
) -> tuple[Memory, list[Finding]]:
    """Take a gauge's new readings and the news around it up to `at`; returns the memory to keep, and what was found.

    `at` is never earlier than that of the call before. Store memory and findings together; a call repeated with the
    memory of before gives the same.
    """
    run = _Run(config, memory)
    points = {
        one.at: one.value for one in reversed(readings)
        if timely(one, config.horizon, at) and measured(one, config.counting, *config.bounds)
    }  # fmt: skip
    events: list[tuple[dt.datetime, int, tuple[Link, StageChange] | float]] = [
        (change.at, 0, (link, change)) for link, change in upstream.news(config, memory, around, at)
    ]
    events += [(when, 1, value) for when, value in points.items() if value is not None]
    for when, _order, what in sorted(events, key=lambda one: one[:2]):
        run.run_out(when)
        if isinstance(what, tuple):
            run.hear(*what)
        else:
            run.read((when, what))
    run.run_out(at)
    return run.memory, run.found


class _Run:
    """One call's way through its events."""

    def __init__(self, config: GaugeRules, memory: Memory) -> None:
        self.config, self.memory = config, memory
        self.found: list[Finding] = []

    def read(self, point: Point) -> None:
        """A reading of the gauge itself."""
        memory, config = self.memory, self.config
        if memory.taken_at is not None and point[0] <= memory.taken_at:
            return
        believed: tuple[Point, ...] = (point,)
        if config.kind == Kind.LEVEL:
            memory, believed = guards.take(config, memory, *point)
        self.memory = memory if believed else replace(memory, taken_at=point[0])
        for one in believed:
            paused = self.memory.heard_at is not None and one[0] - self.memory.heard_at > config.silent_after
            self.memory, raised = levels.heed(config, self.memory, one)
            for finding in raised:
                self._propose(finding.rule, finding.stage, finding.at, finding.sentence, finding.evidence)
            self._see(one[0], paused)
            self._settle(one[0])

    def hear(self, link: Link, change: StageChange) -> None:
        """News of a linked gauge."""
        self._forget(change)
        before = self.memory.upstream.get(link.gauge, Upstream())
        after = upstream.changed(link, before, change, self.memory.since)
        self.memory = replace(self.memory, upstream={**self.memory.upstream, link.gauge: after})
        here = upstream.expected(link, after)
        if change.stage > before.stage and here > self.memory.own:
            name = link.name or link.gauge
            self._propose(
                findings.UPSTREAM, here, change.at,
                sentences.upstream(name, change.stage, here, change.at + link.travel, link.travel),
                {"upstream": link.gauge, "upstream_stage": change.stage, "upstream_value": change.value,
                 "travel_min": link.travel.total_seconds() / 60},
                arrives_at=change.at + link.travel,
            )  # fmt: skip
        if self.memory.blind:
            self._presume(self.memory.blind_why, change.at)
        self._settle(change.at)

    def _forget(self, change: StageChange) -> None:
        """Trouble from upstream after long silence and a quiet time is a new episode, whatever stood here before.

        Nothing is let down by that: it only keeps an old stage from hiding a new warning.
        """
        heard, others = self.memory.heard_at, self.memory.upstream.values()
        quiet = all(one.highest == NORMAL for one in others)
        if change.stage > NORMAL and heard and change.at - heard >= self.config.forget_after and quiet:
            self.memory = replace(self.memory, rungs={}, blind=NORMAL, blind_why="", stage=NORMAL, episode=None)

    def run_out(self, until: dt.datetime) -> None:
        """What happens by time alone before `until`: silence grows too long, the last of a wave has passed."""
        while (due := self._due(until)) is not None:
            when, gauge = due
            if gauge is None:
                self._presume(SILENT, when)
            else:
                state = self.memory.upstream[gauge]
                state = replace(state, passing=tuple(one for one in state.passing if one[0] > when))
                self.memory = replace(self.memory, upstream={**self.memory.upstream, gauge: state})
                self._settle(when)

    def _due(self, until: dt.datetime) -> tuple[dt.datetime, str | None] | None:
        times: list[tuple[dt.datetime, str | None]] = [
            (passed, gauge) for gauge, state in self.memory.upstream.items() for passed, _stage in state.passing
        ]
        silent = upstream.silent_from(self.config, self.memory)
        stage, _link = upstream.presumed(self.config, self.memory)
        if silent is not None and stage > max(self.memory.own, self.memory.blind):
            times.append((silent, None))
        return min((one for one in times if one[0] < until), key=lambda one: (one[0], one[1] or ""), default=None)

    def _presume(self, why: str, at: dt.datetime) -> None:
        """Presume the stage that upstream makes likely, for want of usable news."""
        stage, link = upstream.presumed(self.config, self.memory)
        if link is None or stage <= max(self.memory.own, self.memory.blind):
            return
        self.memory = replace(self.memory, blind=stage, blind_why=why, regained_at=None)
        flat = self.memory.flat
        since = flat.since if why == STUCK and flat else self.memory.heard_at or self.memory.since or at
        minutes, there = (at - since).total_seconds() / 60, self.memory.upstream[link.gauge].stage
        self._propose(
            findings.BLIND, stage, at, sentences.blind(why, minutes, link.name or link.gauge, there),
            {"why": why, "minutes": round(minutes), "upstream": link.gauge, "upstream_stage": there},
        )  # fmt: skip

    def _see(self, at: dt.datetime, paused: bool) -> None:
        """Whether the gauge can be trusted after a reading: stuck while water should be here, or well again."""
        config, memory = self.config, self.memory
        stuck = config.kind == Kind.LEVEL and guards.stuck(config, memory.flat, at)
        if stuck and upstream.arrived(config, memory, at):
            self._presume(STUCK, at)
        if not self.memory.blind:
            return
        if paused or stuck or self.memory.regained_at is None:
            self.memory = replace(self.memory, regained_at=None if stuck else at)
        elif at - self.memory.regained_at >= config.hold:
            self.memory = replace(self.memory, blind=NORMAL, blind_why="", regained_at=None)

    def _propose(
        self, rule: str, stage: int, at: dt.datetime, sentence: sentences.Both, evidence: Evidence,
        arrives_at: dt.datetime | None = None,
    ) -> None:  # fmt: skip
        """Make a finding, once a rule and stage in a wave, and none under the stage that stands already."""
        episode = self.memory.episode or Episode(at)
        told = f"{rule}:{stage}"
        if stage < self.memory.stage or told in episode.told:
            return
        episode = replace(episode, told=(*episode.told, told))
        self.memory = replace(self.memory, episode=episode, stage=max(stage, self.memory.stage))
        key = findings.key(self.config.gauge, episode.began, episode.wave, stage)
        self.found.append(Finding(rule, self.config.gauge, stage, at, key, *sentence, evidence, arrives_at=arrives_at))

    def _settle(self, at: dt.datetime) -> None:
        """Let the stage down when nothing holds it any more."""
        memory = self.memory
        before, after = memory.stage, max(memory.own, upstream.outlook(self.config, memory), memory.blind)
        if after > before:
            self.memory = replace(memory, stage=after, episode=memory.episode or Episode(at))
            return
        if after == before or memory.episode is None:
            return
        episode = replace(memory.episode, wave=memory.episode.wave + 1, told=())
        value = memory.recent[-1][1] if memory.recent else None
        sentence = sentences.lowered(before, after, self.config.hold, value, linked=bool(self.config.links))
        key = f"{findings.key(self.config.gauge, episode.began, episode.wave, after)}/turun"
        evidence: Evidence = {"from": before, "to": after}
        self.found.append(
            Finding(findings.LOWERED, self.config.gauge, after, at, key, *sentence, evidence, lowers=True)
        )
        self.memory = replace(memory, stage=after, episode=episode if after else None)
