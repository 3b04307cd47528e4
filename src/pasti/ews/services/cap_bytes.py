"""The CAP message of a warning: composed, signed and kept in the transaction that issues it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from pasti.ews.models import Warning
from pasti.ews.queries import cap
from pasti.ews.queries.policy import policy
from pasti.ews.rules import cap_compose, wording
from pasti.ews.rules.cap_message import MsgType, Reference, Status
from pasti.ews.services import cap_signing
from pasti.kernel.clock import city_zone
from pasti.kernel.errors import Refused

KINDS = {
    "alert": MsgType.ALERT, "update": MsgType.UPDATE, "cancel": MsgType.CANCEL, "all_clear": MsgType.UPDATE,
}  # fmt: skip
STATUSES = {"actual": Status.ACTUAL, "exercise": Status.EXERCISE, "test": Status.TEST}


def seal(warning: Warning, replaced: Sequence[Warning]) -> None:
    """Give `warning`, which is about to be saved, its identifier and its signed bytes. `sent_at` is set before.

    Raises Refused `wilayah-wajib` where no place has a boundary, `cap-tidak-sah` for what would break the standard.
    """
    assert warning.sent_at is not None
    warning.cap_identifier = uuid.uuid4().urn
    try:
        alert = cap_compose.compose(_draft(warning, replaced), _issuer())
    except ValueError as fault:
        text = _("Peringatan ini belum lengkap: pilih wilayah yang ada batasnya, isi judul dan keterangan dua bahasa.")
        raise Refused("wilayah-wajib", text, status=422, field="area_codes") from fault
    warning.cap_bytes = cap_signing.issue(alert)
    warning.cap_sha256 = hashlib.sha256(warning.cap_bytes).hexdigest()


def _draft(warning: Warning, replaced: Sequence[Warning]) -> cap_compose.Draft:
    assert warning.sent_at is not None
    sender = policy().sender_id
    return cap_compose.Draft(
        identifier=warning.cap_identifier or "", sent=warning.sent_at, stage=warning.stage, river=warning.episode.river.name,
        places=cap.where(warning.area_codes), words=(_words(warning, "id"), _words(warning, "en")),
        expires=warning.expires_at, onset=warning.onset, observed=_observed(warning), status=STATUSES[warning.status],
        msg_type=KINDS[warning.kind], note="Latihan, bukan kejadian. Exercise." if warning.status != "actual" else "",
        replaces=tuple(
            Reference(sender, one.cap_identifier, one.sent_at)
            for one in replaced if one.cap_identifier and one.sent_at
        ),
    )  # fmt: skip


def _words(warning: Warning, language: str) -> cap_compose.Words:
    """The texts without their mark: the message puts its own before each text of an exercise."""
    mark = wording.DRILL_ID if language == "id" else wording.DRILL_EN
    parts = [
        getattr(warning, f"{name}_{language}").removeprefix(mark) for name in ("headline", "description", "instruction")
    ]
    return cap_compose.Words(language, *parts)


def _observed(warning: Warning) -> bool:
    """Whether the water has reached the stage; what comes from upstream or from a blind gauge is only likely."""
    return warning.proposal is not None and warning.proposal.rule in ("level", "rise", "streets", "lowered")


def _issuer() -> cap_compose.Issuer:
    chosen = policy()
    return cap_compose.Issuer(
        chosen.sender_id, chosen.sender_name, f"{settings.PASTI_BASE_URL}/ews/", chosen.contact, city_zone()
    )
