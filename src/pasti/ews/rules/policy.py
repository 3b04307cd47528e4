"""What the city chose about its stages: names, lamps, who must answer within how many minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NORMAL, WASPADA, SIAGA, AWAS = range(4)


@dataclass(frozen=True)
class Stage:
    """One stage. `siaga` is the number the city shows (4 is normal, 1 the worst); minutes are None where nothing waits."""

    stage: int
    name_id: str
    name_en: str
    siaga: int
    lamp: str = "none"
    expires_hours: int = 6
    auto_issue_minutes: int | None = None
    second_approval: bool = False
    escalate_minutes: int | None = None


@dataclass(frozen=True)
class Policy:
    """The city's choices, and who signs its warnings."""

    stages: tuple[Stage, ...]
    sender_id: str
    sender_name: str
    contact: str
    agency: str
    streets: Mapping[str, Any]

    def stage(self, number: int) -> Stage:
        """The stage of this severity."""
        return self.stages[number]

    def auto_at(self, number: int, proposed_at: dt.datetime) -> dt.datetime | None:
        """When a proposal nobody answers is issued by the city's clock; None where the city did not choose so."""
        minutes = self.stage(number).auto_issue_minutes
        return proposed_at + dt.timedelta(minutes=minutes) if minutes else None


# The national words (BNPB), without the city's choices: nothing is issued by itself, awas needs two people.
USUAL = (
    Stage(NORMAL, "Normal", "Normal", 4),
    Stage(WASPADA, "Waspada", "Advisory", 3, "yellow"),
    Stage(SIAGA, "Siaga", "Watch", 2, "yellow"),
    Stage(AWAS, "Awas", "Warning", 1, "red", second_approval=True),
)
STREETS = {"near_metres": 250, "within_minutes": 60, "reporters": 3, "stage_from_cm": [10, 30, 70]}


def from_pack(content: Mapping[str, Any]) -> Policy:
    """The policy as the city pack says it; what it leaves out is as usual."""
    sender = content.get("sender", {})
    rows = sorted(content.get("stages", []), key=lambda row: row["stage"])
    return Policy(
        tuple(_stage(row) for row in rows) if len(rows) == len(USUAL) else USUAL,
        sender.get("id", "ews@example.invalid"), sender.get("name", "BPBD"), sender.get("contact", "112"),
        sender.get("agency", "BPBD"),
        STREETS | dict(content.get("streets", {})),
    )  # fmt: skip


def _stage(row: Mapping[str, Any]) -> Stage:
    return Stage(
        row["stage"], row["name"]["id"], row["name"]["en"], row["siaga"], row.get("lamp", "none"),
        row.get("expires_hours", 6), row.get("auto_issue_minutes"), bool(row.get("second_approval")),
        row.get("escalate_minutes"),
    )  # fmt: skip
