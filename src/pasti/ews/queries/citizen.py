"""Is my RT safe now: everything the citizen's page says of one place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, Q

from pasti.civil import queries as register
from pasti.ews.models import Gauge, RiskArea, Shelter, StreetReport, Warning
from pasti.ews.queries import forecasts, levels, moment, risk, warnings
from pasti.ews.queries.levels import Now
from pasti.ews.rules.forecast import Expected
from pasti.ews.rules.streets import metres
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.places import queries as places
from pasti.kernel.places.models import Place

SAFE, UNKNOWN, NEAR, STREET, THREAT, DANGER = "safe", "unknown", "near", "street", "threat", "danger"
PURPOSE = "ews.peringatan"
AHEAD = 3  # hours
STANDS = dt.timedelta(hours=3)  # so long after it was seen, water in a street is taken to be there
FLOODING = 2  # from this stage on a warned place is no place to flee to


@dataclass(frozen=True)
class Risk:
    """A river that floods this place, from which stage on, with the gauge to look at and its forecast."""

    code: str
    name: str
    from_stage: int
    note: str
    gauge: Now | None
    ahead: Expected | None = None


@dataclass(frozen=True)
class Refuge:
    """A shelter and how far it is from the place, in metres (None where the place has no point).

    `threatened`: it lies itself where a warning to get ready or to leave holds.
    """

    shelter: Shelter
    metres: int | None
    threatened: bool = False


@dataclass(frozen=True)
class Water:
    """Water in the streets of a kelurahan, of which the city is sure: how deep at the most (cm), and when last seen."""

    depth_cm: int
    seen_at: dt.datetime


@dataclass(frozen=True)
class Answer:
    """The answer for a place: `verdict` is safe, unknown (a gauge is silent), near (the river is up), street (water stands
    in streets near by, whatever the rivers do), threat (warned), danger (leave now)."""

    place: Place
    words: str
    verdict: str
    warnings: list[Warning]
    risks: list[Risk]
    refuges: list[Refuge]
    water: Water | None = None

    @property
    def high(self) -> bool:
        """Whether a river near it stands at the second limit or above."""
        return any(one.gauge is not None and one.gauge.stage >= FLOODING for one in self.risks)


def answer(code: str, rows: list[Now], in_force: list[Warning]) -> Answer | None:
    """What to tell a place; None for an unknown one."""
    place = places.place(code)
    if place is None:
        return None
    concerned = warnings.for_place(code, in_force)
    risks, water = _risks(code, rows), _water(code)
    verdict = _verdict(concerned, risks, water)
    words = risk.names_of([code])[0]
    return Answer(place, words, verdict, concerned, risks, refuges(code, in_force), water)


def home_of(user: User) -> str:
    """The RT a signed-in resident lives in; empty when not known. The own record: nothing is shown of it but the place."""
    if user.person_id is None:
        return ""
    with scoped(Scope.of_person(user.person_id, PURPOSE)):
        return register.rt_of(user.person_id)


def refuges(code: str, in_force: Sequence[Warning] = (), count: int = 3) -> list[Refuge]:
    """The nearest shelters, nearest first, those under a warning of stage 2 or 3 last: nobody is sent into the water.

    Those of the same kelurahan come first where no distance is known.
    """
    point, flooding = _point(code), [one for one in in_force if one.stage >= FLOODING]
    ward = ".".join(code.split(".")[:4])
    found = [
        Refuge(one, _distance(point, one), bool(one.place_code and warnings.for_place(one.place_code, flooding)))
        for one in Shelter.objects.filter(kind=Shelter.Kind.SHELTER)
    ]
    found.sort(key=lambda one: (one.threatened, one.metres is None, one.metres or 0, one.shelter.place_code != ward))
    return found[:count]


def wards() -> list[Place]:
    """The kelurahan, by name, to choose from."""
    city = places.city()
    return sorted(places.within(city.code, "kelurahan"), key=lambda one: one.name) if city else []


def _risks(code: str, rows: list[Now]) -> list[Risk]:
    around = [*places.ancestor_codes(code), code]
    found: dict[str, RiskArea] = {}
    for area in risk.areas().select_related("river").order_by("from_stage"):
        if area.place_code in around or area.place_code.startswith(f"{code}."):
            found.setdefault(area.river_id, area)
    by_river = {river: [one for one in rows if one.gauge.river_id == river] for river in found}
    return [
        Risk(river, area.river.name, area.from_stage, area.note, gauge, ahead(gauge))
        for river, area in found.items()
        for gauge in [levels.city_gauge(by_river[river])]
    ]


def ahead(gauge: Now | None, hours: int = AHEAD) -> Expected | None:
    """The level expected in so many hours; None without a forecast, or where the gauge is silent."""
    if gauge is None or gauge.silent:
        return None
    return next((one for one in forecasts.expected(gauge.gauge.pk, moment.now()) if one.hours == hours), None)


def _water(code: str) -> Water | None:
    """What officers confirmed, or who answers for the place reported, in the kelurahan of `code`."""
    ward = ".".join(code.split(".")[:4])
    sure = Q(state=StreetReport.State.CONFIRMED) | Q(state=StreetReport.State.NEW, trusted=True)
    found = StreetReport.objects.filter(
        sure, drill=None, place_code__startswith=ward, seen_at__gt=moment.now() - STANDS
    ).aggregate(depth=Max("depth_cm"), seen=Max("seen_at"))
    return Water(found["depth"], found["seen"]) if found["depth"] else None


def _verdict(concerned: list[Warning], risks: list[Risk], water: Water | None) -> str:
    highest = max((one.stage for one in concerned), default=0)
    if highest >= 3:
        return DANGER
    if highest:
        return THREAT
    if water:
        return STREET
    if any(one.gauge is not None and one.gauge.stage >= 1 for one in risks):
        return NEAR
    # No news is not good news: nobody is told that the water is low by a gauge that does not say so.
    unheard = any(one.gauge is None or one.gauge.silent or one.gauge.gauge.trouble for one in risks)
    return UNKNOWN if unheard else SAFE


def _point(code: str) -> tuple[float, float] | None:
    for part in (code, *reversed(places.ancestor_codes(code))):
        place = places.place(part)
        if place is not None and place.centroid_lat is not None and place.centroid_lon is not None:
            return place.centroid_lat, place.centroid_lon
    return None


def _distance(point: tuple[float, float] | None, one: Shelter) -> int | None:
    return round(metres(*point, one.lat, one.lon) / 50) * 50 if point else None


def levels_of(rows: list[Now]) -> list[Now]:
    """One gauge for each river: the one in the city."""
    rivers = dict.fromkeys(one.gauge.river_id for one in rows)
    found = [levels.city_gauge([one for one in rows if one.gauge.river_id == river]) for river in rivers]
    return [one for one in found if one is not None and one.gauge.kind == Gauge.Kind.LEVEL]
