"""Drills: planned, begun, ended, scored. All that is made under one carries status Exercise, from proposal to CAP."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.ews.models import Drill, Episode, Gauge, Note, Proposal, River, StreetReport, Warning
from pasti.ews.queries.moment import now
from pasti.ews.queries.policy import policy
from pasti.ews.services import issuing, proposing, telling, timeline
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_change
from pasti.kernel.errors import NotFound, Refused


@dataclass(frozen=True)
class Injected:
    """What a drill's leader lets a gauge show: a finding like that of the rules, marked as made up."""

    stage: int
    at: dt.datetime
    key: str
    sentence_id: str
    sentence_en: str
    rule: str = "drill"
    lowers: bool = False
    evidence: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def plan(*, name: str, river: str, planned_at: dt.datetime, aims: str, by: User) -> Drill:
    """Put a drill on the calendar. Raises NotFound for an unknown river."""
    if not River.objects.filter(pk=river).exists():
        raise NotFound
    made = Drill.objects.create(name=name, scenario={"river": river, "aims": aims}, planned_at=planned_at, by=by)
    _record("ews.drill.planned", made)
    return made


@transaction.atomic
def begin(drill_id: int, *, by: User) -> Drill:
    """Start: officers are told, and the first proposal may be put in. Twice is once. Raises NotFound, Refused
    `latihan-selesai`, `banjir-sungguhan` while a real warning is in force: then nobody drills."""
    drill = locked(drill_id)
    if drill.ended_at is not None:
        raise Refused("latihan-selesai", _("Latihan ini sudah selesai"))
    if Warning.objects.filter(state=Warning.State.IN_FORCE, status=Warning.Status.ACTUAL).exists():
        raise Refused("banjir-sungguhan", _("Ada peringatan sungguhan yang berlaku. Latihan ditunda."))
    if drill.began_at is None:
        drill.began_at = now()
        drill.save(update_fields=["began_at"])
        episode = timeline.open_episode(drill.scenario["river"], drill.pk, drill.began_at)
        timeline.note(episode, "drill", by=by, step="began", name=drill.name)
        telling.officers(episode, f"ews.latihan:{drill.pk}", _("Latihan dimulai"), drill.name)
        _record("ews.drill.began", drill)
    return drill


@transaction.atomic
def inject(drill_id: int, *, stage: int, by: User) -> Proposal | None:
    """Let the drill's river reach `stage` (0: fall below all limits). The same stage again is the same proposal."""
    drill = locked(drill_id)
    if drill.began_at is None or drill.ended_at is not None:
        raise Refused("latihan-tidak-berjalan", _("Latihan ini tidak sedang berjalan"))
    river = drill.scenario["river"]
    gauge = Gauge.objects.filter(river_id=river, kind=Gauge.Kind.LEVEL).order_by("-place_code", "code").first()
    limits = gauge.rules.get("stages_cm", []) if gauge else []
    level = limits[stage - 1] if 0 < stage <= len(limits) else None
    return proposing.propose(_finding(stage, level), gauge, river=river, drill=drill.pk)


@transaction.atomic
def end(drill_id: int, *, by: User, lessons: str) -> Drill:
    """End and score. What is in force under the drill ends with it, so that none of it stays. Twice is once."""
    drill = locked(drill_id)
    if drill.began_at is None:
        raise Refused("latihan-tidak-berjalan", _("Latihan ini belum dimulai"))
    if drill.ended_at is None:
        drill.ended_at, drill.lessons = now(), lessons.strip()
        drill.score = score(drill)
        drill.save(update_fields=["ended_at", "lessons", "score"])
        for episode in Episode.objects.filter(drill=drill, ended_at=None):
            _wind_up(episode, by)
        _record("ews.drill.ended", drill)
    return drill


def score(drill: Drill) -> dict[str, Any]:
    """Minutes and counts by which a drill is judged; a step that did not happen is None.

    `answer`: from proposal to the officer's answer. `issue`: from proposal to the warning in force. `target`: the minutes
    the city gives itself before the clock issues. `complete`: warned, reported by somebody in the street, and cleared.
    """
    episodes = Episode.objects.filter(drill=drill)
    first = Proposal.objects.filter(episode__in=episodes, stage__gt=0).order_by("proposed_at").first()
    sent = Warning.objects.filter(episode__in=episodes, sent_at__isnull=False)
    warned = sent.filter(stage__gt=0).order_by("sent_at").first()
    cleared = sent.filter(kind=Warning.Kind.ALL_CLEAR).exists()
    reports = StreetReport.objects.filter(drill=drill).count()
    target = policy().stage(first.stage).auto_issue_minutes if first else None
    return {
        "answer": _minutes(first.proposed_at, first.answered_at) if first else None,
        "issue": _minutes(first.proposed_at, warned.sent_at) if first and warned else None,
        "target": target, "automatic": bool(warned and warned.automatic), "warnings": sent.filter(stage__gt=0).count(),
        "reports": reports, "notes": Note.objects.filter(episode__in=episodes, kind="remark").count(),
        "complete": bool(warned and cleared and reports),
    }  # fmt: skip


def _wind_up(episode: Episode, by: User) -> None:
    timeline.lock_river(episode.river_id)
    moment = now()
    rows = Proposal.objects.filter(episode=episode, state=Proposal.State.OPEN)
    rows.update(state=Proposal.State.REPLACED, answered_at=moment, answered_by=by)
    issuing.withdraw(episode)
    standing = timeline.in_force(episode)
    if standing is not None:
        issuing.retire(standing, Warning.State.ENDED, moment, _("Latihan selesai"))
    episode.ended_at = moment
    episode.save(update_fields=["ended_at"])
    timeline.note(episode, "drill", by=by, step="ended")
    timeline.nudge("drill", "exercise")


def _finding(stage: int, level: float | None) -> Injected:
    if stage == 0:
        return Injected(0, now(), f"sisipan/{now():%H%M%S}/0", "Air turun di bawah semua batas (sisipan latihan).",
                        "The water fell below all limits (injected for the exercise).", lowers=True)  # fmt: skip
    shown = f"{level:.0f} cm" if level is not None else "-"
    return Injected(
        stage, now(), f"sisipan/{stage}", f"Tinggi air {shown} (sisipan latihan).",
        f"Water level {shown} (injected for the exercise).", evidence={"level_cm": level} if level is not None else {},
    )  # fmt: skip


def _minutes(begins: dt.datetime, ends: dt.datetime | None) -> float | None:
    return round((ends - begins).total_seconds() / 60, 1) if ends else None


def locked(drill_id: int) -> Drill:
    """The drill, nobody else changing it meanwhile. Raises NotFound."""
    drill = Drill.objects.select_for_update().filter(pk=drill_id).first()
    if drill is None:
        raise NotFound
    return drill


def _record(action: str, drill: Drill) -> None:
    record_change(None, action, purpose=timeline.PURPOSE, object_type="ews_drill", object_id=drill.pk,
                  object_label=drill.name, fields=("began_at", "ended_at"))  # fmt: skip
