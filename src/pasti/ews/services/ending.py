"""How a warning ends: taken back, over, or run out."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.ews.events import WarningCancelled, WarningEnded
from pasti.ews.models import Episode, Proposal, Warning
from pasti.ews.queries import risk
from pasti.ews.queries.moment import now
from pasti.ews.rules import wording
from pasti.ews.services import cap_bytes, drafting, issuing, proposing, timeline
from pasti.kernel.accounts.models import User
from pasti.kernel.errors import Refused
from pasti.kernel.outbox.services import emit

State = Warning.State
SHOWN = dt.timedelta(hours=2)  # how long "all clear" and "cancelled" are shown and fed


@transaction.atomic
def cancel(warning_id: int, *, by: User, reason: str) -> Warning:
    """Take a mistaken warning back with a message that says so; returns that message.

    Twice by the same officer is once. Raises NotFound; Refused `alasan-wajib`, `tidak-berlaku` with who did what when.
    """
    if not reason.strip():
        raise Refused("alasan-wajib", _("Tulis apa yang keliru; warga membacanya"), status=422, field="reason")
    standing = drafting.locked(warning_id)
    if done := _done(standing, Warning.Kind.CANCEL, by):
        return done
    drafting.check_in_force(standing)
    words = wording.cancelled(standing.episode.river.name, reason.strip(), drill=bool(standing.episode.drill_id))
    message = _message(standing, Warning.Kind.CANCEL, words, by)
    _send(message, standing, State.CANCELLED, reason)
    event = WarningCancelled(message.pk, standing.pk, *_common(message))
    _tell(event, message, "cancelled", reason)
    proposing.close_if_idle(standing.episode)
    return message


@transaction.atomic
def all_clear(warning_id: int, *, by: User, despite: str = "") -> Warning:
    """It is over: say so, and close the episode. Twice by the same officer is once.

    While a gauge of the river still stands above normal it takes a reason, `despite`, which stays on the timeline.
    Raises NotFound; Refused `tidak-berlaku`, `masih-tinggi` while a higher proposal waits for an answer,
    `air-masih-tinggi` without that reason.
    """
    standing = drafting.locked(warning_id)
    if done := _done(standing, Warning.Kind.ALL_CLEAR, by):
        return done
    drafting.check_in_force(standing)
    waiting = Proposal.objects.filter(episode=standing.episode, state=Proposal.State.OPEN, stage__gt=0)
    if waiting.exists():
        raise Refused("masih-tinggi", _("Masih ada usulan peringatan yang belum dijawab. Jawab dulu usulan itu."))
    _check_water(standing, by, despite.strip())
    message = _message(standing, Warning.Kind.ALL_CLEAR, _clear_words(standing), by)
    return _clear(message, standing)


def put_all_clear(draft: Warning) -> Warning:
    """A draft of stage 0, its river locked, ends the warning in force."""
    standing = timeline.in_force(draft.episode)
    if standing is None:
        raise Refused("tidak-berlaku", _("Tidak ada peringatan yang berlaku lagi."))
    _check_water(standing, draft.composed_by, "")
    draft.kind = Warning.Kind.ALL_CLEAR
    return _clear(draft, standing)


def expire_due() -> int:
    """End the warnings whose time ran out; returns how many. Each by itself, so one cannot hold up the others."""
    rows = Warning.objects.filter(state=State.IN_FORCE, expires_at__lte=now()).order_by("expires_at")
    return timeline.one_by_one(_expire, rows.values_list("pk", flat=True)[:100])


@transaction.atomic
def _expire(warning_id: int) -> bool:
    warning = drafting.locked(warning_id)
    if warning.state != State.IN_FORCE or warning.expires_at > now():
        return False
    proposing.renew(warning)  # asked before; here for a clock that was stopped meanwhile
    issuing.retire(warning, State.ENDED, warning.expires_at, _("Waktunya habis"))
    event = WarningEnded(warning.pk, warning.pk, *_common(warning)[:3], "expired", list(warning.area_codes))
    _tell(event, warning, "expired")
    proposing.close_if_idle(warning.episode)
    return True


def _check_water(standing: Warning, by: User | None, despite: str) -> None:
    """A river that is up is not declared over by a slip of the thumb. In a drill the real water does not count."""
    up = timeline.still_up(standing.episode)
    if up is None:
        return
    if not despite:
        text = _("%(gauge)s masih di atas normal. Tulis mengapa tetap dinyatakan aman.") % {"gauge": up.name}
        raise Refused("air-masih-tinggi", text)
    timeline.note(standing.episode, "despite", by=by, gauge=up.name, reason=despite)


def _clear(message: Warning, standing: Warning) -> Warning:
    _send(message, standing, State.ENDED, _("Aman"))
    episode = Episode.objects.get(pk=standing.episode_id)
    own = message.proposal_id or 0
    Proposal.objects.filter(episode=episode, state=Proposal.State.OPEN).exclude(pk=own).update(
        state=Proposal.State.REPLACED, answered_at=now(), answered_by=message.composed_by
    )
    Proposal.objects.filter(pk=own, state=Proposal.State.OPEN).update(
        state=Proposal.State.ISSUED, answered_at=now(), answered_by=message.composed_by
    )
    issuing.withdraw(episode)
    event = WarningEnded(message.pk, standing.pk, *_common(message)[:3], "all_clear", list(standing.area_codes))
    _tell(event, message, "all_clear", message.headline_id, en=message.headline_en)
    episode.ended_at = message.sent_at
    episode.save(update_fields=["ended_at"])
    return message


def _message(standing: Warning, kind: Warning.Kind, words: wording.Words, by: User) -> Warning:
    return Warning(
        episode=standing.episode, kind=kind, status=standing.status, stage=0, composed_by=by, composed_at=now(),
        area_codes=standing.area_codes, polygons=standing.polygons, people_at_risk=standing.people_at_risk, **vars(words),
    )  # fmt: skip


def _send(message: Warning, standing: Warning, becomes: Warning.State, reason: str) -> None:
    """A message that ends another is over itself the moment it is sent; it is shown for a while."""
    sent = now().replace(microsecond=0)
    if standing.sent_at is not None:
        sent = max(sent, standing.sent_at + dt.timedelta(seconds=1))
    message.sent_at, message.onset, message.expires_at = sent, sent, sent + SHOWN
    message.replaces, message.state, message.ended_at = standing, State.ENDED, sent
    issuing.retire(standing, becomes, sent, reason)
    cap_bytes.seal(message, [standing])
    message.save()


def _clear_words(standing: Warning) -> wording.Words:
    names = risk.names_of(standing.area_codes)
    return wording.all_clear(standing.episode.river.name, names, drill=bool(standing.episode.drill_id))


def _done(standing: Warning, kind: Warning.Kind, by: User) -> Warning | None:
    return Warning.objects.filter(replaces=standing, kind=kind, composed_by=by).first()


def _common(warning: Warning) -> tuple[int, str, str, list[str]]:
    return warning.episode_id, warning.episode.river_id, warning.status, list(warning.area_codes)


def _tell(event: WarningCancelled | WarningEnded, message: Warning, kind: str, text: str = "", en: str = "") -> None:
    episode = message.episode
    live = timeline.live("peringatan", message.status)
    emit(event, aggregate=f"ews.river:{episode.river_id}", topic=timeline.TOPIC, live=live)
    timeline.note(episode, kind, text, by=message.composed_by, warning=message.pk, en=en)
    timeline.record(f"ews.warning.{kind}", message)
