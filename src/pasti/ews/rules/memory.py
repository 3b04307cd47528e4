"""What the detection remembers of a gauge between two readings: small, unchangeable, and JSON."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from pasti.ews.rules.ladder import NORMAL, Point, Rung

CHANGES = 30  # stage changes kept for the gauges downstream


@dataclass(frozen=True)
class StageChange:
    """A gauge went to another stage, with the value that did it (cm, or mm of rain)."""

    at: dt.datetime
    stage: int
    value: float = 0.0


@dataclass(frozen=True)
class Surroundings:
    """The stage changes of the gauges this one is linked to, by code; oldest first, as their memories keep them."""

    changes: dict[str, tuple[StageChange, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, memories: dict[str, Memory]) -> Surroundings:
        """What lies around, from the memories of the linked gauges."""
        return cls({gauge: memory.changes for gauge, memory in memories.items()})


@dataclass(frozen=True)
class Upstream:
    """Where a linked gauge stands, and stages it stood at whose last water is still on its way until then."""

    stage: int = NORMAL
    since: dt.datetime | None = None  # since when it is above normal
    newest: dt.datetime | None = None  # the change known last
    value: float = 0.0
    passing: tuple[tuple[dt.datetime, int], ...] = ()

    @property
    def highest(self) -> int:
        """The highest stage whose water is here, or on its way."""
        return max(self.stage, *(stage for _until, stage in self.passing), NORMAL)


@dataclass(frozen=True)
class Doubt:
    """Readings no water makes, which follow one another and agree."""

    since: dt.datetime
    points: tuple[Point, ...]
    metres: bool = False


@dataclass(frozen=True)
class Flat:
    """Readings that stay within the width of a stuck sensor."""

    since: dt.datetime
    low: float
    high: float


@dataclass(frozen=True)
class Episode:
    """The time from the first stage above normal until normal again. A lowering begins a new wave within it."""

    began: dt.datetime
    wave: int = 0
    told: tuple[str, ...] = ()  # rule and stage of each finding of this wave


@dataclass(frozen=True)
class Memory:
    """The state of one gauge's detection. `begin` one when the gauge starts; keep what `evaluate` gives back."""

    since: dt.datetime | None = None
    heard_at: dt.datetime | None = None  # the newest reading that was believed
    taken_at: dt.datetime | None = None  # the newest that was believed or doubted
    recent: tuple[Point, ...] = ()
    rungs: dict[str, Rung] = field(default_factory=dict)
    doubt: Doubt | None = None
    flat: Flat | None = None
    upstream: dict[str, Upstream] = field(default_factory=dict)
    blind: int = NORMAL  # the stage presumed because the gauge gives no usable news
    blind_why: str = ""
    regained_at: dt.datetime | None = None
    episode: Episode | None = None
    stage: int = NORMAL  # the stage that stands: seen here, expected from upstream, or presumed
    changes: tuple[StageChange, ...] = ()  # of what was seen here

    @classmethod
    def begin(cls, at: dt.datetime) -> Memory:
        """The memory of a gauge that is heeded from now on."""
        return cls(since=at)

    @property
    def own(self) -> int:
        """The stage seen at this gauge itself."""
        return max((rung.stage for rung in self.rungs.values()), default=NORMAL)

    def changed(self, at: dt.datetime, value: float) -> Memory:
        """With the stage seen here noted, if it is another than before."""
        if self.own == (self.changes[-1].stage if self.changes else NORMAL):
            return self
        return replace(self, changes=(*self.changes, StageChange(at, self.own, value))[-CHANGES:])

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Memory:
        """From JSON values. Raises msgspec.ValidationError when they are not a memory."""
        return msgspec.convert(stored, cls)
