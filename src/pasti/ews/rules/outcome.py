"""Whether a warning came true, after the words of forecast verification (WMO/TD-No. 1485: hit, miss, false alarm)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

HIT, FALSE, MISS = "hit", "false", "miss"
FLOOD_CM = 10  # water in a street from this depth on counts as flooded


@dataclass(frozen=True)
class Verdict:
    """What became of an episode; `lead_minutes` is how long before the water the first warning came (hits only)."""

    outcome: str
    lead_minutes: int | None = None


def judge(warned_at: dt.datetime | None, flooded_at: dt.datetime | None) -> Verdict:
    """Hit: warned no later than the first street was under water. Miss: water without a warning before it, however soon
    after. False: a warning without water. Neither: nothing to judge (an empty outcome)."""
    if flooded_at is None:
        return Verdict(FALSE if warned_at else "")
    if warned_at is None or warned_at > flooded_at:
        return Verdict(MISS)
    return Verdict(HIT, int((flooded_at - warned_at).total_seconds() // 60))


@dataclass(frozen=True)
class Scores:
    """Scores over episodes: shares are None without anything to divide by. Lead time is the median in minutes."""

    hits: int
    misses: int
    false: int
    lead_minutes: float | None

    @property
    def detection(self) -> float | None:
        """Probability of detection (POD): floods warned of among all floods."""
        floods = self.hits + self.misses
        return self.hits / floods if floods else None

    @property
    def false_alarms(self) -> float | None:
        """False alarm ratio (FAR): warnings without a flood among all warnings."""
        warned = self.hits + self.false
        return self.false / warned if warned else None


def scores(verdicts: Sequence[Verdict]) -> Scores:
    """Counts and the median lead time."""
    leads = sorted(one.lead_minutes for one in verdicts if one.lead_minutes is not None)
    middle = len(leads) // 2
    median = None if not leads else float(leads[middle]) if len(leads) % 2 else (leads[middle - 1] + leads[middle]) / 2
    count = [sum(one.outcome == kind for one in verdicts) for kind in (HIT, MISS, FALSE)]
    return Scores(count[0], count[1], count[2], median)
