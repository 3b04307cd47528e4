"""Letters in plain words: where one stands, who has it, what happened last."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from pasti.kernel.clock import city_zone
from pasti.siap_pak_rt.models import Letter, LetterKind, LetterStep
from pasti.siap_pak_rt.queries.letters_access import LEVEL_OF_ROLE, head_words
from pasti.siap_pak_rt.rules.letter_states import State


def state_words(state: str) -> str:
    """Where a letter stands, for the resident."""
    return {
        State.AT_RT: _("Menunggu Ketua RT"), State.MEET: _("Ketua RT ingin bertemu dahulu"),
        State.AT_RW: _("Menunggu Ketua RW"), State.AT_KELURAHAN: _("Diperiksa kelurahan"),
        State.TO_SIGN: _("Menunggu tanda tangan"), State.ISSUED: _("Terbit"), State.REVOKED: _("Dicabut"),
        State.REFUSED: _("Ditolak"), State.CANCELLED: _("Dibatalkan"), State.CLOSED: _("Ditutup"),
    }[State(state)]  # fmt: skip


def step_words(step: LetterStep) -> str:
    """What was done in a step."""
    if step.verdict == "approve":
        return _approved(step)
    return {
        "ask": _("Diminta"), "refuse": _("Ditolak"), "meet": _("Diminta tatap muka"), "cancel": _("Dibatalkan"),
        "revoke": _("Dicabut"), "close": _("Ditutup"), "remind": _("Diingatkan: melewati janji waktu"),
        "escalate": _("Tingkat di atasnya boleh memutus"),
    }[step.verdict]  # fmt: skip


def _approved(step: LetterStep) -> str:
    if step.state_after == State.ISSUED:
        return _("Ditandatangani dan diterbitkan")
    return _("Diperiksa dan dinyatakan lengkap") if step.state_after == State.TO_SIGN else _("Disetujui")


def who_words(step: LetterStep) -> str:
    """Who took a step and as what: the role for officials, in whose place when for another."""
    who = _head(step) if step.actor_role in LEVEL_OF_ROLE else step.actor_name
    return _("%(who)s atas nama %(whom)s") % {"who": who, "whom": step.deputy_for} if step.deputy_for else who


def _head(step: LetterStep) -> str:
    """ "Ketua RT 06 RW 07, Purutrejo": the unit's own name says its level where it can."""
    if step.actor_unit.startswith(("RT ", "RW ")):
        return _("Ketua %(unit)s") % {"unit": step.actor_unit}
    return ", ".join(filter(None, [head_words(LEVEL_OF_ROLE[step.actor_role]), step.actor_unit]))


def what_happened(letter: Letter) -> str:
    """The last step of a letter in a sentence, for who comes second."""
    step = LetterStep.objects.filter(letter=letter).exclude(verdict__in=["remind", "escalate"]).order_by("-id").first()
    if step is None:
        return state_words(letter.state)
    facts = {
        "did": step_words(step).lower(), "who": who_words(step),
        "when": f"{step.occurred_at.astimezone(city_zone()):%d-%m-%Y %H.%M}", "state": state_words(letter.state),
    }  # fmt: skip
    return _("Surat ini sudah %(did)s oleh %(who)s, %(when)s. Sekarang: %(state)s.") % facts


def kind_name(kind: LetterKind) -> str:
    """The kind's name in the reader's language."""
    return kind.name_en if english() else kind.name


def kind_purpose(kind: LetterKind) -> str:
    """What the kind is for, in the reader's language."""
    return kind.purpose_en if english() else kind.purpose


def english() -> bool:
    """Whether the reader reads English."""
    return (translation.get_language() or "").startswith("en")
