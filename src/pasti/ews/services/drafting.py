"""Writing a warning before it is issued: default words and area, and what an officer makes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.ews.models import Episode, Proposal, Warning
from pasti.ews.queries import risk
from pasti.ews.queries.moment import now
from pasti.ews.queries.policy import policy
from pasti.ews.rules import wording
from pasti.ews.rules.findings import LOWERED, RENEWAL
from pasti.ews.services import timeline
from pasti.kernel.accounts.models import User
from pasti.kernel.errors import NotFound, Refused

DRAFTS = (Warning.State.DRAFT, Warning.State.APPROVAL)
LONGEST_HOURS = 48


@dataclass(frozen=True)
class Text:
    """What an officer may change: stage, words, places, hours it holds."""

    stage: int
    words: wording.Words
    area_codes: tuple[str, ...]
    valid_hours: int


@transaction.atomic
def draft(proposal_id: int, by: User | None) -> Warning:
    """The proposal's draft, made with the default words if there is none. Raises NotFound, Refused `usulan-terjawab`."""
    proposal = open_proposal(proposal_id)
    found = Warning.objects.filter(proposal=proposal).exclude(state=Warning.State.WITHDRAWN).first()
    return found or _make(proposal.episode, by, proposal)


@transaction.atomic
def draft_update(warning_id: int, by: User) -> Warning:
    """A draft that would replace the warning in force, with its words; the one there is, if there is one."""
    standing = locked(warning_id)
    check_in_force(standing)
    found = Warning.objects.filter(episode=standing.episode, proposal=None, state__in=DRAFTS).first()
    return found or _copy(standing, by)


@transaction.atomic
def edit(warning_id: int, text: Text, *, version: int, by: User) -> Warning:
    """Keep what the officer wrote. Raises Refused `sudah-berubah` when somebody else changed it meanwhile."""
    warning = locked(warning_id)
    if warning.state != Warning.State.DRAFT:
        raise Refused(
            "bukan-konsep", _("Peringatan ini sudah tidak bisa diubah: %(what)s") % {"what": said_of(warning)}
        )
    if warning.version != version:
        raise Refused(
            "sudah-berubah", _("Konsep ini baru saja diubah orang lain. Lihat isinya sekarang, lalu ubah lagi.")
        )
    _write(warning, text)
    warning.version += 1
    warning.composed_by = by
    warning.save()
    timeline.record("ews.warning.edited", warning, stage=text.stage, areas=list(text.area_codes))
    return warning


def default_words(episode: Episode, stage: int, codes: Sequence[str], evidence: tuple[str, str]) -> wording.Words:
    """The default words for these places."""
    names = risk.names_of(codes)
    drill = bool(episode.drill_id)
    river = episode.river.name
    if stage == 0:
        return wording.all_clear(river, names, drill=drill)
    return wording.warning(stage, river, names, evidence, policy().contact, drill=drill)


def withdraw_draft_of(proposal: Proposal) -> None:
    """What was being written about a proposal that no longer asks is laid aside. The river is locked before."""
    Warning.objects.filter(proposal=proposal, state__in=DRAFTS).update(state=Warning.State.WITHDRAWN)


def open_proposal(proposal_id: int) -> Proposal:
    """The proposal, its river locked. Raises NotFound; Refused `usulan-terjawab` with who answered how."""
    river = Proposal.objects.filter(pk=proposal_id).values_list("episode__river_id", flat=True).first()
    if river is None:
        raise NotFound
    timeline.lock_river(river)
    proposal = Proposal.objects.select_related("episode__river", "gauge", "answered_by").get(pk=proposal_id)
    if proposal.state != Proposal.State.OPEN:
        raise Refused("usulan-terjawab", _answered(proposal))
    return proposal


def locked(warning_id: int) -> Warning:
    """The warning as it is now, its river locked. Raises NotFound."""
    river = Warning.objects.filter(pk=warning_id).values_list("episode__river_id", flat=True).first()
    if river is None:
        raise NotFound
    timeline.lock_river(river)
    rows = Warning.objects.select_related("episode__river", "proposal", "composed_by", "approved_by")
    return rows.get(pk=warning_id)


def check_in_force(warning: Warning) -> None:
    """Raises Refused `tidak-berlaku`, saying what became of it and by whom."""
    if warning.state == Warning.State.IN_FORCE:
        return
    text = _("Peringatan ini tidak berlaku lagi: %(what)s. Buka yang sekarang berlaku.") % {"what": said_of(warning)}
    raise Refused("tidak-berlaku", text)


def said_of(warning: Warning) -> str:
    """What became of a warning, in words with the person and the time where somebody did it."""
    follower = Warning.objects.filter(replaces=warning).select_related("composed_by").first()
    if follower is not None and follower.sent_at is not None:
        who = follower.composed_by.name if follower.composed_by else "PASTI"
        return _("diganti oleh %(who)s pukul %(at)s") % {"who": who, "at": timeline.clock(follower.sent_at)}
    words = {
        Warning.State.IN_FORCE: _("sudah diterbitkan oleh %(who)s pukul %(at)s"),
        Warning.State.APPROVAL: _("menunggu persetujuan orang kedua"),
        Warning.State.ENDED: _("sudah berakhir"),
        Warning.State.CANCELLED: _("sudah dibatalkan"),
        Warning.State.REPLACED: _("sudah diganti"),
        Warning.State.WITHDRAWN: _("dikesampingkan karena ada usulan yang lebih tinggi atau air sudah turun"),
        Warning.State.DRAFT: _("masih konsep"),
    }[Warning.State(warning.state)]
    who = "PASTI" if warning.automatic or warning.composed_by is None else warning.composed_by.name
    return words % {"who": who, "at": timeline.clock(warning.sent_at)} if "%(" in words else words


def _answered(proposal: Proposal) -> str:
    who = proposal.answered_by.name if proposal.answered_by else "PASTI"
    words = {
        Proposal.State.ISSUED: _("Usulan ini sudah diterbitkan oleh %(who)s pukul %(at)s."),
        Proposal.State.DISMISSED: _("Usulan ini sudah ditolak oleh %(who)s pukul %(at)s."),
        Proposal.State.REPLACED: _("Usulan ini sudah diganti yang lebih baru pukul %(at)s."),
    }[Proposal.State(proposal.state)]
    return words % {"who": who, "at": timeline.clock(proposal.answered_at)}


def _make(episode: Episode, by: User | None, proposal: Proposal) -> Warning:
    standing = timeline.in_force(episode)
    codes = risk.areas_to_warn(episode.river_id, max(proposal.stage, 1))
    if proposal.rule in (LOWERED, RENEWAL) and standing is not None:
        codes = list(standing.area_codes)
    extra = proposal.evidence.get("place_code")
    codes = risk.outermost([*codes, extra]) if isinstance(extra, str) and extra else codes
    evidence = (proposal.sentence_id, proposal.sentence_en)
    goes_on = proposal.rule == RENEWAL and standing is not None and standing.stage == proposal.stage
    words = words_of(standing) if goes_on and standing else default_words(episode, proposal.stage, codes, evidence)
    text = Text(proposal.stage, words, tuple(codes), policy().stage(proposal.stage).expires_hours)
    return _saved(Warning(episode=episode, proposal=proposal, composed_by=by), text)


def _copy(standing: Warning, by: User) -> Warning:
    hours = max(1, round((standing.expires_at - (standing.sent_at or now())).total_seconds() / 3600))
    text = Text(standing.stage, words_of(standing), tuple(standing.area_codes), min(hours, LONGEST_HOURS))
    return _saved(Warning(episode=standing.episode, composed_by=by), text)


def _saved(warning: Warning, text: Text) -> Warning:
    warning.kind, warning.status = Warning.Kind.ALERT, timeline.status_of(warning.episode)
    warning.composed_at = now()
    _write(warning, text)
    warning.save()
    return warning


def _write(warning: Warning, text: Text) -> None:
    drill = bool(warning.episode.drill_id)
    warning.stage = text.stage
    for name, value in vars(_kept_marked(text.words) if drill else text.words).items():
        setattr(warning, name, value)
    warning.area_codes = list(text.area_codes)
    warning.polygons = risk.outlines_of(text.area_codes)
    warning.people_at_risk = risk.people_in(text.area_codes)
    warning.expires_at = now() + dt.timedelta(hours=max(1, min(text.valid_hours, LONGEST_HOURS)))


def words_of(warning: Warning) -> wording.Words:
    """The texts of a warning."""
    return wording.Words(**{name: getattr(warning, name) for name in wording.Words.__dataclass_fields__})


def _kept_marked(words: wording.Words) -> wording.Words:
    """An officer cannot take the mark of an exercise off by editing."""
    changed = {
        name: f"{mark}{value}"
        for name, value in vars(words).items()
        for mark in [wording.DRILL_ID if name.endswith("_id") else wording.DRILL_EN]
        if not value.startswith(mark)
    }
    headline = {name: value[: wording.HEADLINE] for name, value in changed.items() if name.startswith("headline")}
    return replace(words, **(changed | headline))
