"""Episodes as they are looked back on: what was proposed, said and seen, and whether it came true."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from pasti.ews.models import Drill, Episode, Note, Shift, StreetReport, Warning
from pasti.ews.rules import outcome
from pasti.ews.rules.outcome import Scores, Verdict
from pasti.kernel.errors import NotFound


@dataclass(frozen=True)
class After:
    """One episode with everything about it. `reports` are confirmed ones."""

    episode: Episode
    notes: list[Note]
    warnings: list[Warning]
    reports: list[StreetReport]
    warned_at: dt.datetime | None
    verdict: Verdict


def episodes(drill: bool = False) -> QuerySet[Episode]:
    """Episodes, newest first, to be paged."""
    rows = Episode.objects.select_related("river", "drill").filter(drill__isnull=not drill)
    return rows.order_by("-pk")


def after(episode_id: int) -> After:
    """One episode. Raises NotFound."""
    episode = Episode.objects.select_related("river", "drill", "reviewed_by").filter(pk=episode_id).first()
    if episode is None:
        raise NotFound
    said = list(Warning.objects.filter(episode=episode, sent_at__isnull=False).order_by("sent_at", "pk"))
    warned = [one for one in said if one.stage and one.state != Warning.State.CANCELLED]
    at = warned[0].sent_at if warned else None
    reports = list(episode.reports.filter(state=StreetReport.State.CONFIRMED).order_by("seen_at"))
    notes = list(Note.objects.filter(episode=episode).select_related("by").order_by("occurred_at", "pk"))
    return After(episode, notes, said, reports, at, outcome.judge(at, episode.flooded_at))


def scores(since: dt.datetime | None = None) -> Scores:
    """Hits, misses, false alarms and lead time over reviewed real episodes."""
    rows = Note.objects.filter(kind="review", episode__drill=None)
    if since is not None:
        rows = rows.filter(episode__began_at__gte=since)
    newest: dict[int, dict[str, Any]] = {}
    for episode, facts in rows.order_by("recorded_at", "pk").values_list("episode_id", "facts"):
        newest[episode] = facts
    return outcome.scores([Verdict(one.get("outcome") or "", one.get("lead_minutes")) for one in newest.values()])


def drills() -> QuerySet[Drill]:
    """Drills, the latest planned first."""
    return Drill.objects.select_related("by").order_by("-planned_at", "-pk")


def drill(drill_id: int) -> Drill:
    """One drill. Raises NotFound."""
    found = Drill.objects.select_related("by").filter(pk=drill_id).first()
    if found is None:
        raise NotFound
    return found


def running_drill() -> Drill | None:
    """The drill that runs now."""
    return Drill.objects.filter(began_at__isnull=False, ended_at=None).order_by("-began_at").first()


def shift() -> Shift | None:
    """The watch that is on."""
    return Shift.objects.select_related("by").filter(ended_at=None).first()


def past_shifts() -> QuerySet[Shift]:
    """Watches that were handed over, newest first."""
    return Shift.objects.select_related("by").exclude(ended_at=None).order_by("-ended_at")


def reports(waiting_only: bool = False) -> QuerySet[StreetReport]:
    """Street reports, newest first, to be paged."""
    rows = StreetReport.objects.select_related("reporter", "episode__river", "drill").order_by("-pk")
    return rows.filter(state=StreetReport.State.NEW) if waiting_only else rows


def report(report_id: int) -> StreetReport:
    """One street report. Raises NotFound."""
    found = reports().select_related("photo").filter(pk=report_id).first()
    if found is None:
        raise NotFound
    return found


def recent_water(since: dt.datetime) -> Sequence[StreetReport]:
    """Reports of real water since a moment that nobody rejected, for maps: places and depths, no people."""
    rows = StreetReport.objects.filter(Q(seen_at__gte=since), drill=None).exclude(state=StreetReport.State.REJECTED)
    return list(rows.order_by("-seen_at")[:200])


def records_of(person_id: UUID) -> list[dict[str, Any]]:
    """The street reports a person sent with the own account, for the person's copy of all data."""
    rows = StreetReport.objects.filter(reporter__person_id=person_id).order_by("pk")
    return [
        {"kind": "street_report", "seen_at": one.seen_at, "recorded_at": one.recorded_at, "depth_cm": one.depth_cm,
         "words": one.words, "lat": one.lat, "lon": one.lon, "place_code": one.place_code, "state": one.state,
         "reason": one.reason, "photo": one.photo.name if one.photo else ""}
        for one in rows.select_related("photo")
    ]  # fmt: skip
