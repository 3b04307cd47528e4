"""Taking what the rules found: a proposal on the officer's screen, once, however often it is found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.ews.events import WarningProposed
from pasti.ews.models import Episode, Proposal, Warning
from pasti.ews.queries.policy import policy
from pasti.ews.services import drafting, timeline
from pasti.kernel.clock import now
from pasti.kernel.outbox.services import emit

REPLACED = Proposal.State.REPLACED
LOWERED = drafting.LOWERED


class Found(Protocol):
    """What a rule finds (`rules.findings.Finding`)."""

    @property
    def rule(self) -> str: ...
    @property
    def stage(self) -> int: ...
    @property
    def at(self) -> dt.datetime: ...
    @property
    def key(self) -> str: ...
    @property
    def sentence_id(self) -> str: ...
    @property
    def sentence_en(self) -> str: ...
    @property
    def evidence(self) -> Mapping[str, Any]: ...
    @property
    def lowers(self) -> bool: ...


@transaction.atomic
def propose(found: Found, *, river: str, gauge: str | None = None, drill: int | None = None) -> Proposal | None:
    """Propose a warning for `river`, or (`found.lowers`) that it may be let down. The same key is the same proposal.

    Of one episode at most the highest proposal is open: a higher one replaces it, one that says nothing new beside it or
    beside the warning in force is kept as evidence only (state `replaced`). None when there is nothing to let down.
    """
    timeline.lock_river(river)
    key = found.key if drill is None else f"L{drill}/{found.key}"
    known = Proposal.objects.filter(key=key).first()
    if known is not None:
        return known
    if found.lowers:
        return _lower(found, river, gauge, drill, key)
    episode = timeline.open_episode(river, drill, found.at)
    standing = timeline.in_force(episode)
    above = Proposal.objects.filter(episode=episode, state=Proposal.State.OPEN, stage__gte=found.stage).exclude(
        rule=LOWERED
    )
    if above.exists() or (standing is not None and standing.stage >= found.stage):
        return _keep(found, episode, gauge, key, Proposal.State.REPLACED)
    _replace_open(episode)
    made = _keep(found, episode, gauge, key, Proposal.State.OPEN)
    _tell(made, episode)
    return made


def _lower(found: Found, river: str, gauge: str | None, drill: int | None, key: str) -> Proposal | None:
    """The water went down: unanswered higher proposals no longer hold; what is in force may be let down by an officer."""
    episode = Episode.objects.filter(river_id=river, drill_id=drill, ended_at=None).first()
    if episode is None:
        return None
    standing = timeline.in_force(episode)
    _replace_open(episode, gauge=gauge, above=found.stage)
    if standing is None or standing.stage <= found.stage:
        timeline.note(episode, "lowered", found.sentence_id, at=found.at, stage=found.stage, gauge=gauge or "")
        close_if_idle(episode)
        return None
    _replace_open(episode, rule=LOWERED)
    made = _keep(found, episode, gauge, key, Proposal.State.OPEN, rule=LOWERED)
    _tell(made, episode)
    return made


def _keep(
    found: Found, episode: Episode, gauge: str | None, key: str, state: Proposal.State, rule: str = ""
) -> Proposal:
    moment = now()
    is_open = state == Proposal.State.OPEN
    made = Proposal.objects.create(
        key=key, episode=episode, gauge_id=gauge, rule=rule or found.rule, stage=found.stage,
        sentence_id=found.sentence_id[:500], sentence_en=found.sentence_en[:500], evidence=dict(found.evidence),
        crossed_at=found.at, proposed_at=moment, state=state, answered_at=None if is_open else moment,
        auto_at=policy().auto_at(found.stage, moment) if is_open and rule != LOWERED and found.stage else None,
    )  # fmt: skip
    timeline.note(
        episode, "proposed" if is_open else "evidence", found.sentence_id, at=found.at, stage=found.stage,
        rule=made.rule, gauge=gauge or "", proposal=made.pk,
    )  # fmt: skip
    return made


def _replace_open(episode: Episode, *, gauge: str | None = None, above: int | None = None, rule: str = "") -> None:
    """Open proposals that no longer ask; their drafts go with them."""
    rows = Proposal.objects.filter(episode=episode, state=Proposal.State.OPEN)
    if gauge is not None:
        rows = rows.filter(gauge_id=gauge)
    if above is not None:
        rows = rows.filter(stage__gt=above)
    if rule:
        rows = rows.filter(rule=rule)
    for one in rows:
        drafting.withdraw_draft_of(one)
    rows.update(state=REPLACED, answered_at=now())


def close_if_idle(episode: Episode) -> None:
    """An episode with nothing in force, nothing open and nothing being written is over."""
    waits = Proposal.objects.filter(episode=episode, state=Proposal.State.OPEN).exists()
    alive = (Warning.State.IN_FORCE, Warning.State.APPROVAL, Warning.State.DRAFT)
    if not waits and not Warning.objects.filter(episode=episode, state__in=alive).exists():
        episode.ended_at = now()
        episode.save(update_fields=["ended_at"])
        timeline.note(episode, "closed", _("Episode berakhir"))


def _tell(made: Proposal, episode: Episode) -> None:
    status = timeline.status_of(episode)
    event = WarningProposed(made.pk, episode.pk, episode.river_id, made.stage, status)
    emit(event, aggregate=f"ews.river:{episode.river_id}", topic=timeline.TOPIC, live=timeline.live("usulan", status))
