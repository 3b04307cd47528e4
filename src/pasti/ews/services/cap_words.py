"""What is wrong with a CAP message, in the language of who asks."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pasti.ews.rules.cap_fault import CapFault

MOST = 10


def said(fault: CapFault) -> str:
    """One fault in words."""
    return fault.en if (get_language() or "").startswith("en") else fault.id


def sentence(faults: Sequence[CapFault]) -> str:
    """The first faults in one sentence, each with its line where it is known."""
    line = _("baris")
    return "; ".join(f"{said(one)} ({line} {one.line})" if one.line else said(one) for one in faults[:MOST])
