"""After it is over: what happened, whether the warning came true, what was learned."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.ews.models import Episode, Note, Warning
from pasti.ews.queries.moment import now
from pasti.ews.rules import outcome
from pasti.ews.services import timeline
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_change
from pasti.kernel.errors import NotFound, Refused


def first_warned(episode: Episode) -> dt.datetime | None:
    """When the first warning of the episode that was not taken back as a mistake was sent; drafts do not count."""
    rows = Warning.objects.filter(episode=episode, sent_at__isnull=False, stage__gt=0)
    first = rows.exclude(state=Warning.State.CANCELLED).order_by("sent_at").first()
    return first.sent_at if first else None


@transaction.atomic
def review(episode_id: int, *, by: User, flooded_at: dt.datetime | None, lessons: str) -> Episode:
    """Set down when the first street was under water (None: none was) and the lessons; the verdict follows by rule.

    May be done again when more is known: each review is a line of the timeline, and measures count the newest known.
    Raises NotFound; Refused `masih-berlangsung`, `waktu-salah`.
    """
    episode = _locked(episode_id)
    if episode.ended_at is None:
        raise Refused("masih-berlangsung", _("Episode ini belum berakhir. Nyatakan aman lebih dulu."))
    if flooded_at is not None and not _fits(episode, flooded_at):
        text = _("Waktu tergenang harus dalam kurun episode ini")
        raise Refused("waktu-salah", text, status=422, field="flooded_at")
    warned = first_warned(episode)
    verdict = outcome.judge(warned, flooded_at)
    if episode.reviewed_by_id == by.pk and (episode.flooded_at, episode.lessons, episode.outcome) == (
        flooded_at, lessons, verdict.outcome,
    ):  # fmt: skip
        return episode
    episode.flooded_at, episode.lessons, episode.outcome = flooded_at, lessons, verdict.outcome
    episode.reviewed_by = by
    episode.save(update_fields=["flooded_at", "lessons", "outcome", "reviewed_by"])
    timeline.note(
        episode, "review", by=by, outcome=verdict.outcome, lead_minutes=verdict.lead_minutes,
        flooded_at=flooded_at.isoformat() if flooded_at else None,
        warned_at=warned.isoformat() if warned else None, drill=episode.drill_id,
    )  # fmt: skip
    record_change(
        None, "ews.episode.reviewed", purpose=timeline.PURPOSE, object_type="ews_episode", object_id=episode.pk,
        changes={"outcome": verdict.outcome},
    )  # fmt: skip
    return episode


@transaction.atomic
def remark(episode_id: int, *, by: User, text: str) -> Note:
    """An officer's own line on the timeline. Raises NotFound; Refused `isi-wajib`."""
    if not text.strip():
        raise Refused("isi-wajib", _("Tulis apa yang terjadi"), status=422, field="text")
    return timeline.note(_locked(episode_id), "remark", text.strip(), by=by)


@transaction.atomic
def close(episode_id: int, *, by: User) -> Episode:
    """End an episode that nothing holds open any more: no warning, no open proposal. Twice is once."""
    from pasti.ews.services.proposing import close_if_idle

    episode = _locked(episode_id)
    if episode.ended_at is None:
        close_if_idle(episode)
        if episode.ended_at is None:
            raise Refused("masih-berlangsung", _("Masih ada usulan atau peringatan yang terbuka."))
    return episode


def _locked(episode_id: int) -> Episode:
    river = Episode.objects.filter(pk=episode_id).values_list("river_id", flat=True).first()
    if river is None:
        raise NotFound
    timeline.lock_river(river)
    return Episode.objects.select_related("river").get(pk=episode_id)


def _fits(episode: Episode, flooded_at: dt.datetime) -> bool:
    day = dt.timedelta(days=1)
    return episode.began_at - day <= flooded_at <= min(now(), (episode.ended_at or now()) + day)
