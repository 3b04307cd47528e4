"""Warnings as people, officers and programs see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from pasti.ews.models import Proposal, Warning
from pasti.ews.queries.moment import now
from pasti.ews.queries.policy import policy
from pasti.kernel.errors import NotFound
from pasti.kernel.outbox.models import StoredEvent

State = Warning.State
SAID_AFTER = dt.timedelta(hours=2)  # how long "it is over" is shown


def in_force(status: str = "actual") -> QuerySet[Warning]:
    """Warnings in force, the gravest first."""
    rows = Warning.objects.filter(state=State.IN_FORCE, status=status).select_related("episode__river")
    return rows.order_by("-stage", "-sent_at")


def said() -> QuerySet[Warning]:
    """Everything that was ever sent to the public, newest first, exercises left out."""
    return (
        Warning.objects.filter(sent_at__isnull=False, status="actual").select_related("episode__river").order_by("-pk")
    )


def just_ended() -> QuerySet[Warning]:
    """All-clears and cancellations of the last two hours: people must hear that it is over."""
    ends = (Warning.Kind.ALL_CLEAR, Warning.Kind.CANCEL)
    return said().filter(kind__in=ends, sent_at__gte=now() - SAID_AFTER)


def sent(warning_id: int) -> Warning:
    """A warning that was sent, an exercise too. Raises NotFound for a draft: it is nobody's yet."""
    rows = Warning.objects.select_related("episode__river", "replaces")
    found = rows.filter(pk=warning_id, sent_at__isnull=False).first()
    if found is None:
        raise NotFound
    return found


def follower(warning: Warning) -> Warning | None:
    """What replaced it."""
    return Warning.objects.filter(replaces=warning, sent_at__isnull=False).first()


def one(warning_id: int) -> Warning:
    """Any warning, for officers. Raises NotFound."""
    rows = Warning.objects.select_related("episode__river", "proposal__gauge", "composed_by", "approved_by")
    found = rows.filter(pk=warning_id).first()
    if found is None:
        raise NotFound
    return found


def touches(warning: Warning, place: str) -> bool:
    """Whether a place lies in the warning's area, or the area in it."""
    return any(f"{place}.".startswith(f"{code}.") or f"{code}.".startswith(f"{place}.") for code in warning.area_codes)


def waiting() -> QuerySet[Warning]:
    """Warnings that wait for a second person; their proposal's `auto_at` says how long."""
    rows = Warning.objects.filter(state=State.APPROVAL).select_related("episode__river", "composed_by", "proposal")
    return rows.order_by("composed_at")


def standing_beside(proposal_id: int) -> Warning | None:
    """The warning in force of a proposal's episode."""
    return Warning.objects.filter(state=State.IN_FORCE, episode__proposals=proposal_id).first()


def drafts() -> QuerySet[Warning]:
    """Drafts somebody works on."""
    rows = Warning.objects.filter(state=State.DRAFT).select_related("episode__river", "composed_by", "proposal")
    return rows.order_by("composed_at")


@dataclass(frozen=True)
class Asked:
    """An open proposal with what it asks: its stage's rule, and the seconds until the clock issues it (None: never)."""

    proposal: Proposal
    people: int | None
    seconds_left: int | None
    two: bool


def proposals(with_people: bool = True) -> list[Asked]:
    """Open proposals, the gravest first."""
    from pasti.ews.queries import risk

    rows = Proposal.objects.filter(state=Proposal.State.OPEN).select_related(
        "episode__river", "episode__drill", "gauge"
    )
    rows = rows.exclude(warnings__state=State.APPROVAL)  # those only lack the second person: `waiting`
    chosen, moment = policy(), now()
    return [
        Asked(
            row,
            risk.people_in(risk.areas_at(row.episode.river_id, row.stage)) if with_people and row.stage else None,
            max(0, int((row.auto_at - moment).total_seconds())) if row.auto_at else None,
            chosen.stage(row.stage).second_approval,
        )
        for row in rows.order_by("-stage", "proposed_at")[:50]
    ]  # fmt: skip


def for_place(place: str, rows: Sequence[Warning]) -> list[Warning]:
    """Those of `rows` that concern a place."""
    return [row for row in rows if touches(row, place)]


def position(topics: Collection[str] = ("ews",)) -> int:
    """The newest live event, from which a page that was just made listens on."""
    newest = StoredEvent.objects.filter(Q(topic__in=topics)).order_by("-id").values_list("id", flat=True).first()
    return newest or 0
