"""What a rule found, with its numbers and its sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

LEVEL, RISE, RAIN, UPSTREAM, BLIND, LOWERED, STREETS, RENEWAL = (
    "level",
    "rise",
    "rain",
    "upstream",
    "blind",
    "lowered",
    "streets",
    "renewal",
)
Evidence = Mapping[str, float | int | str]


@dataclass(frozen=True)
class Finding:
    """A rule's proposal: warn at `stage`, or (`lowers`) let the warning down to it.

    `key` is the same for everything of one episode, wave and stage, whichever rule found it: a warning proposed twice
    is one. `at` is when it happened at the gauge; `arrives_at` when it is expected here, if it comes from upstream.
    """

    rule: str
    gauge: str
    stage: int
    at: dt.datetime
    key: str
    sentence_id: str
    sentence_en: str
    evidence: Evidence = field(default_factory=dict)
    lowers: bool = False
    arrives_at: dt.datetime | None = None


def key(gauge: str, began: dt.datetime, wave: int, stage: int) -> str:
    """The key of a stage in a wave of an episode."""
    return f"{gauge}/{began.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}.{wave}/{stage}"
