"""Alerts of other agencies that concern the city, for the pages."""

from __future__ import annotations

from typing import Any


def shown(place: str = "") -> list[Any]:
    """Alerts of other agencies in force for `place` (all of the city without one)."""
    return []
