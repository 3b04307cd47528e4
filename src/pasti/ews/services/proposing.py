"""Taking what the rules found: a proposal on the officer's screen, once, however often it is found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Protocol

from django.db import transaction
from django.db.models import QuerySet

from pasti.ews.events import WarningProposed
from pasti.ews.models import Episode, Gauge, Proposal, Warning
from pasti.ews.queries.moment import now
from pasti.ews.queries.policy import policy
from pasti.ews.rules import sentences
from pasti.ews.rules.findings import LOWERED, RENEWAL, Finding
from pasti.ews.services import drafting, timeline
from pasti.kernel.outbox.services import emit

REPLACED = Proposal.State.REPLACED


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
def propose(
    found: Found, gauge: Gauge | None = None, *, river: str = "", drill: int | None = None, by_clock: bool = True
) -> Proposal | None:
    """Propose a warning for the gauge's river, or (`found.lowers`) that it may be let down. The same key is the same
    proposal. `river` is for what no gauge found; `drill` makes it an exercise. Without `by_clock` an officer must answer:
    the city's clock does not issue it.

    Of one episode at most the highest proposal is open: a higher one replaces it, one that says nothing new beside it or
    beside the warning in force is kept as evidence only (state `replaced`). None when there is nothing to let down.
    """
    code = gauge.river_id if gauge else river
    timeline.lock_river(code)
    key = found.key if drill is None else f"L{drill}/{found.key}"
    known = Proposal.objects.filter(key=key).first()
    if known is not None:
        return _given_clock(known) if by_clock and not found.lowers else known
    if found.lowers:
        return _lower(found, code, gauge, drill, key)
    episode = timeline.open_episode(code, drill, found.at)
    standing = timeline.in_force(episode)
    above = _open(episode).filter(stage__gte=found.stage).exclude(rule=LOWERED)
    if above.exists() or (standing is not None and standing.stage >= found.stage):
        return _keep(found, episode, gauge, key, REPLACED)
    _replace(_open(episode))
    made = _keep(found, episode, gauge, key, Proposal.State.OPEN, by_clock=by_clock)
    _tell(made, episode)
    return made


def renew(standing: Warning) -> Proposal | None:
    """The warning in force is about to run out and the water is still up: propose that it goes on, as it is. The river is
    locked before. None when the water is down, or something as high asks already."""
    episode, up = standing.episode, timeline.still_up(standing.episode)
    key = f"perpanjang/{standing.pk}"
    asks = _open(episode).filter(stage__gte=standing.stage).exclude(rule=LOWERED)
    if up is None or asks.exists() or Proposal.objects.filter(key=key).exists():
        return None
    sentence = sentences.renewal(up.name, timeline.clock(standing.expires_at))
    found = Finding(RENEWAL, up.pk, standing.stage, now(), key, *sentence, {"warning": standing.pk})
    made = _keep(found, episode, up, key, Proposal.State.OPEN)
    if made.auto_at is not None and made.proposed_at < standing.expires_at < made.auto_at:
        made.auto_at = standing.expires_at  # no hour without a warning because the city's patience is longer
        made.save(update_fields=["auto_at"])
    _tell(made, episode)
    return made


def _given_clock(known: Proposal) -> Proposal:
    """What at first only an officer could answer may by now be issued by the clock too."""
    if known.state == Proposal.State.OPEN and known.auto_at is None:
        known.auto_at = policy().auto_at(known.stage, now())
        known.save(update_fields=["auto_at"])
    return known


def _lower(found: Found, river: str, gauge: Gauge | None, drill: int | None, key: str) -> Proposal | None:
    """The water went down here: this gauge's unanswered higher proposals no longer hold.

    What is in force may be let down, by an officer, as far as the river's other gauges allow.
    """
    episode = Episode.objects.filter(timeline.under(drill), river_id=river, ended_at=None).first()
    if episode is None:
        return None
    _replace(_open(episode).filter(gauge=gauge, stage__gt=found.stage))
    stage = found.stage if drill else max(found.stage, _highest_beside(river, gauge))
    standing = timeline.in_force(episode)
    if standing is None or standing.stage <= stage:
        timeline.note(
            episode, "lowered", found.sentence_id, en=found.sentence_en, at=found.at, stage=stage,
            gauge=gauge.pk if gauge else "",
        )  # fmt: skip
        close_if_idle(episode)
        return None
    _replace(_open(episode).filter(rule=LOWERED))
    made = _keep(found, episode, gauge, key, Proposal.State.OPEN, stage=stage)
    _tell(made, episode)
    return made


def _highest_beside(river: str, gauge: Gauge | None) -> int:
    """The highest stage at the river's other gauges that speak for themselves: what those upstream see is part of what the
    gauge below them says."""
    others = list(Gauge.objects.filter(river_id=river))
    above = {link["gauge"] for one in others for link in one.rules.get("upstream") or ()}
    own = gauge.pk if gauge else ""
    return max((one.stage for one in others if one.pk != own and one.pk not in above), default=0)


def _keep(
    found: Found, episode: Episode, gauge: Gauge | None, key: str, state: Proposal.State, stage: int | None = None,
    by_clock: bool = True,
) -> Proposal:  # fmt: skip
    moment, asks = now(), state == Proposal.State.OPEN
    reached = found.stage if stage is None else stage
    made = Proposal.objects.create(
        key=key, episode=episode, gauge=gauge, rule=LOWERED if found.lowers else found.rule, stage=reached,
        sentence_id=found.sentence_id[:500], sentence_en=found.sentence_en[:500], evidence=dict(found.evidence),
        crossed_at=found.at, proposed_at=moment, state=state, answered_at=None if asks else moment,
        auto_at=policy().auto_at(reached, moment) if asks and by_clock and not found.lowers else None,
    )  # fmt: skip
    timeline.note(
        episode, "proposed" if asks else "evidence", found.sentence_id, at=found.at, stage=reached,
        rule=made.rule, gauge=gauge.pk if gauge else "", proposal=made.pk, en=found.sentence_en,
    )  # fmt: skip
    return made


def _open(episode: Episode) -> QuerySet[Proposal]:
    return Proposal.objects.filter(episode=episode, state=Proposal.State.OPEN)


def _replace(rows: QuerySet[Proposal]) -> None:
    """Proposals that no longer ask; what was being written about them goes with them."""
    for one in list(rows):
        drafting.withdraw_draft_of(one)
        Proposal.objects.filter(pk=one.pk).update(state=REPLACED, answered_at=now())


def close_if_idle(episode: Episode) -> None:
    """An episode with nothing in force, nothing open and nothing being written is over."""
    waits = Proposal.objects.filter(episode=episode, state=Proposal.State.OPEN).exists()
    alive = (Warning.State.IN_FORCE, Warning.State.APPROVAL, Warning.State.DRAFT)
    if not waits and not Warning.objects.filter(episode=episode, state__in=alive).exists():
        episode.ended_at = now()
        episode.save(update_fields=["ended_at"])
        timeline.note(episode, "closed")


def _tell(made: Proposal, episode: Episode) -> None:
    status = timeline.status_of(episode)
    event = WarningProposed(made.pk, episode.pk, episode.river_id, made.stage, status)
    emit(event, aggregate=f"ews.river:{episode.river_id}", topic=timeline.TOPIC, live=timeline.live("usulan", status))
