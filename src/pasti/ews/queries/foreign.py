"""Alerts of other agencies that concern the city, in the reader's language, for the pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import translation

from pasti.ews.models import ForeignAlert
from pasti.ews.queries import cap


@dataclass(frozen=True)
class Shown:
    """One alert of another agency as it is shown."""

    sender: str
    headline: str
    description: str
    instruction: str
    expires: dt.datetime


def shown(place: str = "", count: int = 5) -> list[Shown]:
    """Alerts of other agencies in force for `place` (all of the city without one), newest first."""
    return [_shown(one) for one in cap.foreign(place)[:count]]


def _shown(one: ForeignAlert) -> Shown:
    english = (translation.get_language() or "").startswith("en")
    info = _info(one.summary, "en" if english else "id")
    return Shown(
        info.get("sender_name") or one.sender, info.get("headline") or info.get("event") or one.identifier,
        info.get("description", ""), info.get("instruction", ""), one.expires,
    )  # fmt: skip


def _info(summary: dict[str, Any], language: str) -> dict[str, Any]:
    infos: dict[str, dict[str, Any]] = summary.get("infos") or {}
    return infos.get(language) or next(iter(infos.values()), {})
