"""What happens by the clock: issuing what nobody answered, asking again, reminding before a warning runs out."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pasti.ews.models import Note, Proposal, Warning
from pasti.ews.queries.moment import now
from pasti.ews.queries.policy import policy
from pasti.ews.services import drafting, issuing, proposing, telling, timeline
from pasti.ews.services.timeline import one_by_one
from pasti.kernel.errors import Refused

log = logging.getLogger(__name__)
RENEW_BEFORE = dt.timedelta(minutes=45)
AT_ONCE = 50


def issue_unanswered() -> int:
    """Issue the proposals nobody answered in the minutes the city chose; returns how many."""
    due = Proposal.objects.filter(state=Proposal.State.OPEN, auto_at__lte=now()).order_by("-stage", "auto_at")
    return one_by_one(_issue_by_clock, due.values_list("pk", flat=True)[:AT_ONCE])


def _issue_by_clock(proposal_id: int) -> bool:
    """With what an officer had begun to write; should that not make a whole message, with the default words instead."""
    for own_words in (True, False):
        try:
            return _automatic(proposal_id, own_words)
        except Refused as refusal:
            log.warning("proposal %s was not issued by the clock: %s", proposal_id, refusal)
    return False


@transaction.atomic
def _automatic(proposal_id: int, own_words: bool) -> bool:
    """An officer who answers at the same moment holds the river's lock first, or finds it issued."""
    try:
        proposal = drafting.open_proposal(proposal_id)
    except Refused:  # answered meanwhile
        return False
    if not own_words:
        drafting.withdraw_draft_of(proposal)
    warning = drafting.locked(drafting.draft(proposal_id, None).pk)
    warning.automatic = True
    timeline.note(warning.episode, "automatic")
    issuing.put_in_force(warning)
    telling.officers(
        warning.episode, f"ews.otomatis:{warning.pk}", _("Peringatan terbit otomatis"), warning.headline_id
    )
    return True


def escalate() -> int:
    """Call everybody who may approve when the second person has not answered; returns how many were called for."""
    waiting = Warning.objects.filter(state=Warning.State.APPROVAL).order_by("composed_at")
    return one_by_one(_escalate, waiting.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _escalate(warning_id: int) -> bool:
    warning = drafting.locked(warning_id)
    minutes = policy().stage(warning.stage).escalate_minutes
    known = Note.objects.filter(episode=warning.episode, kind="escalated", facts__warning=warning.pk)
    late = minutes is not None and warning.composed_at + dt.timedelta(minutes=minutes) <= now()
    if warning.state != Warning.State.APPROVAL or not late or known.exists():
        return False
    text = _("Persetujuan kedua belum ada sesudah %(minutes)s menit") % {"minutes": minutes}
    timeline.note(warning.episode, "escalated", warning=warning.pk, minutes=minutes)
    telling.officers(warning.episode, f"ews.eskalasi:{warning.pk}", text, warning.headline_id, sms=True)
    return True


def remind_renewals() -> int:
    """Before a warning runs out: ask whether it still holds, once; returns how many. While the water is still up this is a
    proposal, so that where the city chose so the clock renews what nobody answers."""
    soon = Q(expires_at__lte=now() + RENEW_BEFORE)
    rows = Warning.objects.filter(soon, state=Warning.State.IN_FORCE).order_by("expires_at")
    return one_by_one(_remind, rows.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _remind(warning_id: int) -> bool:
    warning = drafting.locked(warning_id)
    if warning.state != Warning.State.IN_FORCE:
        return False
    if Note.objects.filter(episode=warning.episode, kind="renewal", facts__warning=warning.pk).exists():
        return False
    until = timeline.clock(warning.expires_at)
    text = _("Peringatan habis pukul %(until)s: perbarui, atau nyatakan aman") % {"until": until}
    timeline.note(warning.episode, "renewal", warning=warning.pk, until=warning.expires_at.isoformat())
    telling.officers(warning.episode, f"ews.perbarui:{warning.pk}", text, warning.headline_id)
    proposing.renew(warning)
    return True
