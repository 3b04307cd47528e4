"""Reports of water in the street, grouped: on 25 February 2022 streets stood under 50 cm while every river was normal.

Two reports are near when they lie at most `metres` and `minutes` apart; a group is what hangs together through near ones.
A group proposes a warning when enough different people reported water that is deep enough: nobody's second report counts,
and one liar or one puddle warns nobody.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from pasti.ews.rules import findings, sentences
from pasti.ews.rules.findings import Finding

METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6371 km


@dataclass(frozen=True)
class Report:
    """Someone saw water: where, how deep in cm, when. `reporter` tells people apart and says no more of them."""

    reporter: str
    lat: float
    lon: float
    depth_cm: float
    at: dt.datetime


@dataclass(frozen=True)
class StreetRules:
    """What is near, and how many people (`stages`: the people each stage needs with water of its depth in cm)."""

    metres: float = 250.0
    minutes: float = 60.0
    stages: tuple[tuple[int, float], ...] = ((3, 10.0), (3, 30.0), (5, 70.0))


@dataclass(frozen=True)
class Group:
    """Reports that belong together, oldest first."""

    reports: tuple[Report, ...]

    @property
    def people(self) -> int:
        """How many different people reported."""
        return len({one.reporter for one in self.reports})

    @property
    def deepest(self) -> float:
        """The deepest water reported, cm."""
        return max(one.depth_cm for one in self.reports)

    @property
    def centre(self) -> tuple[float, float]:
        """The middle, as latitude and longitude."""
        count = len(self.reports)
        return sum(one.lat for one in self.reports) / count, sum(one.lon for one in self.reports) / count

    def stage(self, rules: StreetRules) -> int:
        """The stage these reports make likely."""
        reached = 0
        for stage, (people, depth) in enumerate(rules.stages, start=1):
            if len({one.reporter for one in self.reports if one.depth_cm >= depth}) >= people:
                reached = stage
        return reached


def group(reports: Sequence[Report], rules: StreetRules) -> list[Group]:
    """The reports in groups, the group with the oldest report first; the order given does not matter."""
    left = sorted(set(reports), key=lambda one: (one.at, one.reporter, one.lat, one.lon, one.depth_cm))
    groups = []
    while left:
        members, edge = [left[0]], [left.pop(0)]
        while edge:
            here = edge.pop()
            close = [one for one in left if near(here, one, rules)]
            left = [one for one in left if one not in close]
            members += close
            edge += close
        groups.append(Group(tuple(sorted(members, key=lambda one: (one.at, one.reporter)))))
    return groups


def near(one: Report, other: Report, rules: StreetRules) -> bool:
    """Whether two reports are of one water."""
    return (
        abs((one.at - other.at).total_seconds()) <= rules.minutes * 60
        and metres(one.lat, one.lon, other.lat, other.lon) <= rules.metres
    )  # fmt: skip


def metres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """The distance of two places in a city, in metres; flat, good to a promille over some kilometres."""
    east = (lon - other_lon) * math.cos(math.radians((lat + other_lat) / 2))
    return METRES_PER_DEGREE * math.hypot(lat - other_lat, east)


def propose(reports: Sequence[Report], rules: StreetRules) -> list[tuple[Group, Finding]]:
    """A finding for each group that reaches a stage. Its key is of the group's first report, which later ones keep."""
    found = []
    for one in group(reports, rules):
        stage = one.stage(rules)
        if not stage:
            continue
        first, last = one.reports[0], one.reports[-1]
        place = f"jalan/{first.lat:.4f},{first.lon:.4f}"
        minutes = math.ceil((last.at - first.at).total_seconds() / 60)
        found.append((one, Finding(
            findings.STREETS, place, stage, last.at, findings.key(place, first.at, 0, stage),
            *sentences.streets(len(one.reports), one.people, one.deepest, minutes),
            {"reports": len(one.reports), "people": one.people, "deepest_cm": one.deepest, "minutes": minutes},
        )))  # fmt: skip
    return found
