"""The CAP message of a warning: composed, checked, signed and kept in the transaction that issues it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from pasti.ews.models import Warning
from pasti.ews.queries import cap as queries
from pasti.ews.queries.policy import policy
from pasti.ews.rules import cap_compose, cap_read, wording
from pasti.ews.rules.cap_compose import Draft, Issuer, Where, Words
from pasti.ews.rules.cap_fault import CapRefused
from pasti.ews.rules.cap_message import Alert, MsgType, Reference, Status
from pasti.ews.rules.findings import LEVEL, LOWERED, RENEWAL, STREETS
from pasti.ews.services import cap_signing, cap_words
from pasti.kernel.clock import city_zone
from pasti.kernel.errors import Refused

KINDS = {"alert": MsgType.ALERT, "update": MsgType.UPDATE, "all_clear": MsgType.UPDATE, "cancel": MsgType.CANCEL}
STATUS = {"actual": Status.ACTUAL, "exercise": Status.EXERCISE, "test": Status.TEST}
SEEN = (LEVEL, LOWERED, STREETS, RENEWAL)  # rules that saw the water itself; the others expect it


def seal(warning: Warning, replaced: Sequence[Warning]) -> None:
    """Give `warning`, which is about to be saved, its identifier and its signed bytes. `sent_at` is set before.

    Raises Refused ("cap-tidak-sah") when the warning lacks what no message may lack.
    """
    assert warning.sent_at is not None
    mark = {"actual": "A", "exercise": "L", "test": "T"}[warning.status]
    river = warning.episode.river_id
    warning.cap_identifier = f"PASTI-{mark}-{river}-{warning.sent_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
    warning.cap_bytes = cap_signing.issue(_composed(warning, replaced))
    warning.cap_sha256 = hashlib.sha256(warning.cap_bytes).hexdigest()


def _composed(warning: Warning, replaced: Sequence[Warning]) -> Alert:
    try:
        return cap_compose.compose(_draft(warning, replaced), _issuer())
    except CapRefused as refusal:
        words = _("Peringatan belum lengkap: %(why)s") % {"why": cap_words.sentence(refusal.faults)}
        raise Refused("cap-tidak-sah", words, status=422) from None


def _draft(warning: Warning, replaced: Sequence[Warning]) -> Draft:
    assert warning.sent_at is not None
    assert warning.cap_identifier is not None
    onset = warning.onset if warning.onset and warning.onset < warning.expires_at else None
    return Draft(
        identifier=warning.cap_identifier, sent=warning.sent_at, stage=warning.stage, river=warning.episode.river.name,
        places=_places(warning), words=_words(warning), expires=warning.expires_at, onset=onset,
        observed=warning.proposal is not None and warning.proposal.rule in SEEN, status=STATUS[warning.status],
        msg_type=KINDS[warning.kind], replaces=tuple(_reference(one) for one in replaced), note=_note(warning),
    )  # fmt: skip


def _issuer() -> Issuer:
    chosen = policy()
    return Issuer(chosen.sender_id, chosen.sender_name, f"{settings.PASTI_BASE_URL}/ews/", chosen.contact, city_zone())


def _places(warning: Warning) -> tuple[Where, ...]:
    """Where it holds. Without a place of its own, and without boundaries, it is still sent: naming the river."""
    found = queries.where(warning.area_codes)
    known = {code for one in found for code in one.codes}
    rest = tuple(code for code in warning.area_codes if code not in known)
    if rest or not found:
        codes = rest or (str(settings.PASTI_CITY.get("code", "")) or warning.episode.river_id,)
        found += (Where(warning.episode.river.name, codes, ()),)
    return found


def _words(warning: Warning) -> tuple[Words, ...]:
    """The texts without their mark: the message puts its own before each text of an exercise."""
    return tuple(
        Words(language, headline, description or headline, instruction)
        for language, (headline, description, instruction) in (
            ("id", _unmarked(wording.DRILL_ID, warning.headline_id, warning.description_id, warning.instruction_id)),
            ("en", _unmarked(wording.DRILL_EN, warning.headline_en, warning.description_en, warning.instruction_en)),
        )
    )


def _unmarked(mark: str, *texts: str) -> tuple[str, ...]:
    return tuple(one.removeprefix(mark) for one in texts)


def _note(warning: Warning) -> str:
    drill = warning.episode.drill
    name = drill.name if drill else ""
    return {"exercise": f"LATIHAN/EXERCISE {name}", "test": "UJI COBA/TEST"}.get(warning.status, "")


def _reference(one: Warning) -> Reference:
    """As the earlier message names itself: its sender may have been another name then."""
    assert one.cap_bytes is not None
    earlier = cap_read.read(bytes(one.cap_bytes)).alert
    return Reference(earlier.sender, earlier.identifier, earlier.sent)
