"""How fast a level rises, and how much rain fell: from a window of readings, unmoved by one wrong among them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from pasti.ews.rules.ladder import Point

FEWEST = 4  # readings a slope needs
SPAN = 0.6  # share of its window they must span


def theil_sen(points: Sequence[Point]) -> float:
    """The median of the slopes of all pairs, per hour (Theil 1950, Sen, JASA 63, 1968): a third may be wrong."""
    hours = np.array([(at - points[0][0]).total_seconds() / 3600 for at, _value in points])
    values = np.array([value for _at, value in points])
    first, second = np.triu_indices(len(points), k=1)
    return float(np.median((values[second] - values[first]) / (hours[second] - hours[first])))


def rise(points: Sequence[Point], windows: Sequence[dt.timedelta]) -> float | None:
    """The fastest rise over the windows that end at the newest point, per hour; none where no window is filled."""
    found = []
    for window in windows:
        inside = [one for one in points if points[-1][0] - one[0] <= window]
        if len(inside) >= FEWEST and inside[-1][0] - inside[0][0] >= window * SPAN:
            found.append(theil_sen(inside))
    return max(found, default=None)


def fallen(points: Sequence[Point], window: dt.timedelta) -> float:
    """The rain of the window that ends at the newest point, in mm.

    The wettest reading counts no more than the next wettest: a bucket that tips on its own makes no cloudburst.
    """
    inside = sorted((value for at, value in points if points[-1][0] - at < window), reverse=True)
    return sum(inside[1:]) + (inside[1] if len(inside) > 1 else 0.0)
