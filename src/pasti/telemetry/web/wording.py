"""The words pages use for what is kept as a code."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from pasti.telemetry.models import RefusedMessage
from pasti.telemetry.rules.quality import WORDS, Reason


def states() -> dict[str, str]:
    """States of a device."""
    return {"active": _("Bekerja"), "repair": _("Dalam perbaikan"), "retired": _("Tidak dipakai lagi")}


def kinds() -> dict[str, str]:
    """Kinds of notes in a device's log."""
    return {
        "maintenance": _("Perawatan"), "fault": _("Gangguan"), "part": _("Suku cadang"), "silent": _("Menjadi diam"),
        "heard": _("Terdengar lagi"),
    }  # fmt: skip


def filters() -> list[tuple[str, str]]:
    """What devices can be narrowed to."""
    return [("", _("Semua yang dipakai")), ("diam", _("Diam")), ("baterai", _("Baterai lemah")),
            ("perbaikan", _("Dalam perbaikan")), ("pensiun", _("Tidak dipakai lagi"))]  # fmt: skip


def decoder(code: str) -> str:
    """How a device's messages are read, in words."""
    from pasti.telemetry.web.forms import DECODERS

    return str(dict(DECODERS).get(code, code))


def refusal(message: RefusedMessage) -> str:
    """Why a message was refused, in the reader's language where it is known in it."""
    return (message.reason_en if _english() else "") or message.reason


def doubts(reasons: int) -> str:
    """What the quality tests say of a reading (`rules.quality.Reason` bits); what came after a silence is not doubted."""
    said = [words[_english()] for reason, words in WORDS.items() if reasons & reason and reason is not Reason.GAP]
    return ", ".join(said) or _("tanpa nilai")


def _english() -> bool:
    return (translation.get_language() or "").startswith("en")
