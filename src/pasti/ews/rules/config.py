"""What is set for a gauge: its limits, its patience, its upstream, and what no water does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from pasti.ews.rules.ladder import Limits
from pasti.ews.rules.readings import GOOD, Kind

WASPADA, SIAGA, AWAS = 1, 2, 3
MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class RiseRules:
    """Limits of the rise in cm/h, judged only from a level of `above_cm` on."""

    above_cm: float
    cm_per_h: tuple[float, ...] = (30.0,)  # stage 1, and more stages where the city wants them
    windows: tuple[dt.timedelta, ...] = (15 * MINUTE, 30 * MINUTE, 60 * MINUTE)


@dataclass(frozen=True)
class RainRules:
    """Limits of the rain that fell within one and within three hours, in mm, of stages 1, 2, 3."""

    in_1h: tuple[float, ...] = (20.0, 40.0, 60.0)
    in_3h: tuple[float, ...] = (40.0, 70.0, 100.0)


@dataclass(frozen=True)
class Link:
    """Another gauge from which trouble comes down: a level upstream, or rain in the hills.

    `expects` says which stage is to be expected here, `travel` later, when that gauge stands at a stage.
    """

    gauge: str
    travel: dt.timedelta
    expects: Mapping[int, int] = field(default_factory=lambda: {1: 1, 2: 2, 3: 3})
    name: str = ""

    def expected(self, stage: int) -> int:
        """The stage to expect here while the other gauge stands at `stage`."""
        return max((here for there, here in self.expects.items() if there <= stage), default=0)


@dataclass(frozen=True)
class GaugeRules:
    """Everything the detection of one gauge follows. Levels in cm above the gauge's zero, rain in mm."""

    gauge: str
    kind: Kind = Kind.LEVEL
    name: str = ""
    stages_cm: tuple[float, ...] = ()
    rise: RiseRules | None = None
    rain: RainRules | None = None
    links: tuple[Link, ...] = ()
    counting: frozenset[int] = frozenset({GOOD})
    lowest: float = 0.0  # a value must be above it: a sensor that drops out says 0 or -9999
    highest: float = 1500.0
    hysteresis_cm: float = 10.0
    needed: int = 2
    among: int = 3
    within: dt.timedelta = 45 * MINUTE
    hold: dt.timedelta = 30 * MINUTE
    horizon: dt.timedelta = 30 * MINUTE  # readings that come later than this are backfill and say nothing of now
    silent_after: dt.timedelta = 15 * MINUTE
    forget_after: dt.timedelta = dt.timedelta(hours=12)  # of silence: news from upstream then begins a new episode
    highest_mm: float = 50.0  # of rain in one reading
    fastest_rise: float = 20.0  # cm a minute; faster needs `believe_after` readings that agree
    fastest_fall: float = 10.0
    usual_rise: float = 3.0  # cm a minute: how far the level may have moved behind readings that are not believed
    usual_fall: float = 1.0
    believe_after: int = 3
    fall_believed_after: dt.timedelta = 180 * MINUTE  # a sudden fall during an episode
    noise_cm: float = 5.0
    flat_after: dt.timedelta = 90 * MINUTE
    flat_cm: float = 1.0  # a sensor that is stuck repeats its value to one digit

    @property
    def bounds(self) -> tuple[float, float]:
        """What a value must be above, and may be at most."""
        return (self.lowest, self.highest) if self.kind == Kind.LEVEL else (-1e-9, self.highest_mm)

    @property
    def keep(self) -> dt.timedelta:
        """How long readings are remembered."""
        return (
            180 * MINUTE
            if self.kind == Kind.RAIN
            else max((*self.rise.windows, 60 * MINUTE) if self.rise else (60 * MINUTE,))
        )

    def level_limits(self) -> Limits:
        """The ladder of the level."""
        return self._limits(self.stages_cm, self.hysteresis_cm, self.needed, self.among)

    def rise_limits(self) -> Limits:
        """The ladder of the rise; it lets go at half the first limit."""
        limits = self.rise.cm_per_h if self.rise else ()
        return self._limits(limits, limits[0] / 2 if limits else 0.0, 2, 2)

    def rain_limits(self, limits: tuple[float, ...]) -> Limits:
        """The ladder of a sum of rain."""
        return self._limits(limits, limits[0] / 4 if limits else 0.0, 2, 2)

    def _limits(self, raise_at: tuple[float, ...], hysteresis: float, needed: int, among: int) -> Limits:
        return Limits(raise_at, hysteresis, needed, among, self.within, self.hold, self.silent_after)
