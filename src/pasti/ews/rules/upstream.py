"""What comes down from the linked gauges, and what to presume when this one gives no usable news meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from pasti.ews.rules.config import GaugeRules, Link
from pasti.ews.rules.ladder import NORMAL
from pasti.ews.rules.memory import Memory, StageChange, Surroundings, Upstream


def news(
    config: GaugeRules, memory: Memory, around: Surroundings, until: dt.datetime
) -> Iterator[tuple[Link, StageChange]]:
    """The changes of linked gauges not known yet. What was before this gauge was heeded counts as of that moment."""
    for link in config.links:
        known = memory.upstream.get(link.gauge, Upstream()).newest
        changes = sorted(around.changes.get(link.gauge, ()), key=lambda one: one.at)
        fresh = [one for one in changes if one.at <= until and (known is None or one.at > known)]
        if memory.since is not None:
            old = [one for one in fresh if one.at <= memory.since]
            fresh = fresh[max(len(old) - 1, 0) :]
        yield from ((link, one) for one in fresh)


def changed(link: Link, state: Upstream, change: StageChange, since: dt.datetime | None) -> Upstream:
    """The linked gauge after its change; `since` is when this gauge began to be heeded."""
    at = max(change.at, since) if since else change.at
    if change.stage >= state.stage:
        began = state.since if state.stage > NORMAL else at
        return replace(state, stage=change.stage, since=began, newest=change.at, value=change.value)
    passing = (*state.passing, (at + link.travel, state.stage))
    since = state.since if change.stage > NORMAL else None
    return replace(state, stage=change.stage, since=since, newest=change.at, value=change.value, passing=passing)


def expected(link: Link, state: Upstream) -> int:
    """The stage to expect here because of one linked gauge."""
    return link.expected(state.highest)


def outlook(config: GaugeRules, memory: Memory) -> int:
    """The stage to expect here because of all linked gauges."""
    return max((expected(link, memory.upstream[link.gauge]) for link in config.links if link.gauge in memory.upstream),
               default=NORMAL)  # fmt: skip


def presumed(config: GaugeRules, memory: Memory) -> tuple[int, Link | None]:
    """The stage to presume here while blind, at least the first, and the link that says so; 0 when all is quiet."""
    raised = [
        (max(expected(link, state), 1), link)
        for link, state in _raised(config, memory)
    ]  # fmt: skip
    return max(raised, key=lambda one: one[0], default=(NORMAL, None))


def silent_from(config: GaugeRules, memory: Memory) -> dt.datetime | None:
    """When this gauge's silence becomes a warning of its own, if nothing is heard; none while upstream is quiet."""
    heard = memory.heard_at or memory.since
    began = min((state.since for _link, state in _raised(config, memory) if state.since), default=None)
    return max(heard + config.silent_after, began) if heard and began else None


def arrived(config: GaugeRules, memory: Memory, at: dt.datetime) -> bool:
    """Whether the water of a raised link should have been here for half its travel time."""
    return any(state.since and at - state.since >= link.travel * 1.5 for link, state in _raised(config, memory))


def _raised(config: GaugeRules, memory: Memory) -> Iterator[tuple[Link, Upstream]]:
    for link in config.links:
        state = memory.upstream.get(link.gauge)
        if state is not None and state.stage > NORMAL:
            yield link, state
