"""Putting a warning in force: by one officer, by two where the city wants two, or by the clock when nobody answers."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.ews.events import WarningIssued, WarningUpdated
from pasti.ews.models import Episode, Proposal, Warning
from pasti.ews.queries.moment import now
from pasti.ews.queries.policy import policy
from pasti.ews.services import cap_bytes, drafting, proposing, timeline
from pasti.kernel.accounts.models import User
from pasti.kernel.errors import Refused
from pasti.kernel.outbox.services import emit

State = Warning.State
SHORTEST = dt.timedelta(minutes=30)  # a warning holds at least so long from when it is sent


@transaction.atomic
def issue_proposal(proposal_id: int, *, by: User) -> Warning:
    """One tap: issue what was proposed, with the words and area of its draft or the default ones.

    Twice by the same officer is once. Raises NotFound; Refused `usulan-terjawab` when somebody answered before, naming
    them, and `menunggu-persetujuan` when it was written by another and only lacks the second person.
    """
    if mine := _done_by(proposal_id, by):
        return mine
    warning = drafting.locked(drafting.draft(proposal_id, by).pk)
    if warning.state == State.APPROVAL:
        who = warning.composed_by.name if warning.composed_by else "PASTI"
        text = _("Sudah disusun %(who)s dan menunggu persetujuan: setujui di meja jaga.") % {"who": who}
        raise Refused("menunggu-persetujuan", text)
    return _issue(warning, by)


@transaction.atomic
def issue(warning_id: int, *, version: int, by: User) -> Warning:
    """Issue a draft as it was read (`version`). Twice by the same officer is once.

    Where its stage needs two people it waits for the second (`approve`). Raises NotFound; Refused `sudah-berubah`,
    `bukan-konsep`.
    """
    warning = drafting.locked(warning_id)
    if warning.state in (State.IN_FORCE, State.APPROVAL) and warning.composed_by_id == by.pk:
        return warning
    if warning.state != State.DRAFT:
        raise Refused("bukan-konsep", _("Peringatan ini %(what)s.") % {"what": drafting.said_of(warning)})
    if warning.version != version:
        raise Refused("sudah-berubah", _("Konsep ini baru saja diubah orang lain. Baca lagi sebelum menerbitkan."))
    return _issue(warning, by)


@transaction.atomic
def approve(warning_id: int, *, version: int, by: User) -> Warning:
    """The second person's yes to what was read (`version`). Twice by the same person is once.

    Raises NotFound; Refused `persetujuan-sendiri` for whoever composed it, `bukan-persetujuan` when it no longer waits,
    `sudah-berubah` when it was sent back and written anew since.
    """
    warning = drafting.locked(warning_id)
    if warning.state == State.IN_FORCE and warning.approved_by_id == by.pk:
        return warning
    _check_waits(warning)
    if warning.composed_by_id == by.pk:
        raise Refused("persetujuan-sendiri", _("Anda yang menyusunnya: orang lain yang harus menyetujui."), status=403)
    if warning.version != version:
        raise Refused("sudah-berubah", _("Isinya berubah sejak Anda membacanya. Baca lagi sebelum menyetujui."))
    warning.approved_by = by
    return put_in_force(warning)


@transaction.atomic
def send_back(warning_id: int, *, by: User, reason: str) -> Warning:
    """The second person's no: it is a draft again, with the reason on the timeline. Raises as `approve`, but for oneself."""
    warning = drafting.locked(warning_id)
    _check_waits(warning)
    warning.state, warning.version = State.DRAFT, warning.version + 1
    warning.save(update_fields=["state", "version"])
    timeline.note(warning.episode, "sent_back", by=by, reason=reason)
    timeline.record("ews.warning.sent_back", warning, reason=reason)
    _tell_desk(warning)
    return warning


@transaction.atomic
def dismiss(proposal_id: int, *, by: User, reason: str) -> Proposal:
    """No warning, and why. Twice by the same officer is once. Raises NotFound; Refused `usulan-terjawab`, `alasan-wajib`."""
    if not reason.strip():
        raise Refused("alasan-wajib", _("Tulis alasan, misalnya: alat sedang dibersihkan"), status=422, field="reason")
    known = Proposal.objects.filter(pk=proposal_id, state=Proposal.State.DISMISSED, answered_by=by).first()
    if known is not None:
        return known
    proposal = drafting.open_proposal(proposal_id)
    drafting.withdraw_draft_of(proposal)
    _answer(proposal, Proposal.State.DISMISSED, by, reason)
    timeline.note(proposal.episode, "dismissed", by=by, proposal=proposal.pk, reason=reason)
    proposing.close_if_idle(proposal.episode)
    return proposal


def put_in_force(warning: Warning) -> Warning:
    """Compose, sign, store and tell, in the transaction that locked the river. What was in force is replaced.

    A warning of stage 0 ends the episode instead (`ending.put_all_clear`).
    """
    if warning.stage == 0:
        from pasti.ews.services import ending

        return ending.put_all_clear(warning)
    standing = timeline.in_force(warning.episode)
    _stamp(warning, standing)
    if standing is not None:
        retire(standing, State.REPLACED, warning.sent_at)
    warning.state = State.IN_FORCE
    cap_bytes.seal(warning, [standing] if standing else [])
    warning.save()
    _settle_proposals(warning)
    _say(warning, standing)
    return warning


def _done_by(proposal_id: int, by: User) -> Warning | None:
    """What the same officer's first tap made. The proposal's river is locked, so a first tap under way is waited for."""
    river = Proposal.objects.filter(pk=proposal_id).values_list("episode__river_id", flat=True).first()
    if river is not None:
        timeline.lock_river(river)
    rows = Warning.objects.filter(proposal_id=proposal_id, composed_by=by)
    return rows.exclude(state__in=(State.DRAFT, State.WITHDRAWN)).first()


def _issue(warning: Warning, by: User) -> Warning:
    warning.composed_by, warning.composed_at = by, now()
    if not _needs_two(warning):
        return put_in_force(warning)
    warning.state = State.APPROVAL
    warning.version += 1
    warning.save()
    timeline.note(warning.episode, "asked", by=by, warning=warning.pk)
    timeline.record("ews.warning.asked", warning, stage=warning.stage)
    _tell_desk(warning)
    return warning


def _needs_two(warning: Warning) -> bool:
    return policy().stage(warning.stage).second_approval


def _check_waits(warning: Warning) -> None:
    if warning.state != State.APPROVAL:
        text = _("Peringatan ini tidak menunggu persetujuan lagi: %(what)s.") % {"what": drafting.said_of(warning)}
        raise Refused("bukan-persetujuan", text)


def _stamp(warning: Warning, standing: Warning | None) -> None:
    """When it is sent, to the second and after what it replaces, and what it then is."""
    sent = now().replace(microsecond=0)
    if standing is not None and standing.sent_at is not None:
        sent = max(sent, standing.sent_at + dt.timedelta(seconds=1))
    warning.sent_at = sent
    warning.kind = Warning.Kind.UPDATE if standing is not None else Warning.Kind.ALERT
    warning.replaces = standing
    warning.onset = warning.onset or (warning.proposal.crossed_at if warning.proposal else sent)
    warning.expires_at = max(warning.expires_at, sent + SHORTEST)
    warning.version += 1


def retire(standing: Warning, state: Warning.State, at: dt.datetime | None, reason: str = "") -> None:
    standing.state, standing.ended_at, standing.end_reason = state, at, reason[:500]
    standing.version += 1
    standing.save(update_fields=["state", "ended_at", "end_reason", "version"])


def _settle_proposals(warning: Warning) -> None:
    """Its own proposal is answered; others that ask for no more than this ask no longer."""
    rows = Proposal.objects.filter(episode=warning.episode, state=Proposal.State.OPEN)
    mine = {"answered_at": now(), "answered_by": warning.composed_by}
    if warning.proposal_id:
        rows.filter(pk=warning.proposal_id).update(state=Proposal.State.ISSUED, **mine)
    for one in rows.filter(stage__lte=warning.stage):
        drafting.withdraw_draft_of(one)
    rows.filter(stage__lte=warning.stage).update(state=Proposal.State.REPLACED, **mine)
    # An update begun before would let this one down unread.
    older = Warning.objects.filter(episode=warning.episode, proposal=None, state__in=drafting.DRAFTS)
    older.filter(stage__lt=warning.stage).exclude(pk=warning.pk).update(state=State.WITHDRAWN)


def _answer(proposal: Proposal, state: Proposal.State, by: User, reason: str = "") -> None:
    proposal.state, proposal.answered_by, proposal.answered_at, proposal.reason = state, by, now(), reason[:500]
    proposal.save(update_fields=["state", "answered_by", "answered_at", "reason"])


def _say(warning: Warning, standing: Warning | None) -> None:
    episode = warning.episode
    common = (episode.pk, episode.river_id, warning.stage, warning.status, list(warning.area_codes))
    event: WarningIssued | WarningUpdated = (
        WarningUpdated(warning.pk, standing.pk, *common) if standing else WarningIssued(warning.pk, *common)
    )
    aggregate = f"ews.river:{episode.river_id}"
    emit(event, aggregate=aggregate, topic=timeline.TOPIC, live=timeline.live("peringatan", warning.status))
    timeline.note(
        episode, "issued", warning.headline_id, en=warning.headline_en, by=warning.composed_by, warning=warning.pk,
        stage=warning.stage, automatic=warning.automatic, approved_by=str(warning.approved_by or ""),
    )  # fmt: skip
    timeline.record(
        "ews.warning.issued", warning, stage=warning.stage, areas=list(warning.area_codes), automatic=warning.automatic
    )


def _tell_desk(warning: Warning) -> None:
    """Open desks look again; nothing is public yet."""
    timeline.nudge("approval", warning.status)


def withdraw(episode: Episode) -> None:
    """What is being written or waits for approval in an episode that ends is laid aside."""
    rows = Warning.objects.filter(episode=episode, state__in=(State.DRAFT, State.APPROVAL))
    rows.update(state=State.WITHDRAWN)
