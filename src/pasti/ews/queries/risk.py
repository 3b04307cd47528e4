"""Who and what lies where a river floods: areas by stage, their outlines and names, people as a number only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from shapely.geometry import MultiPolygon, Polygon, shape

from pasti.civil.queries import statistics
from pasti.ews.models import RiskArea
from pasti.kernel.places import queries as places

VERTICES = 100  # of one outline in a message that goes by radio and short message
LOOSEST = 0.003  # degrees, about 330 m


def areas() -> QuerySet[RiskArea]:
    """The places at risk that the city pack names now."""
    return RiskArea.objects.filter(retired_at=None)


def areas_at(river: str, stage: int) -> list[str]:
    """The places that go under when `river` reaches `stage`, none inside another, by code."""
    codes = areas().filter(river_id=river, from_stage__lte=stage).values_list("place_code", flat=True)
    return outermost(codes)


def areas_to_warn(river: str, stage: int) -> list[str]:
    """`areas_at`, and where the pack names none: everything the river can flood, else the city. No warning without a
    place: an omission in the pack must not keep people unwarned."""
    codes = areas_at(river, stage) or areas_at(river, 3)
    city = places.city()
    return codes or ([city.code] if city else [])


def outermost(codes: Iterable[str]) -> list[str]:
    """The codes without those that lie inside another of them."""
    wanted = set(codes)
    return sorted(code for code in wanted if not any(code.startswith(f"{other}.") for other in wanted))


def people_in(codes: Collection[str]) -> int:
    """How many living residents are registered in these places, each counted once. A number: it names nobody."""
    return sum(statistics.people_counted(code) for code in outermost(codes))


def names_of(codes: Sequence[str]) -> list[str]:
    """The places in words, e.g. "RT 03 RW 01, Blandongan"; in one query."""
    known = _places({part for code in codes for part in (*places.ancestor_codes(code), code)})
    return [_words(code, known) for code in codes]


def outlines_of(codes: Collection[str]) -> list[list[list[float]]]:
    """Closed rings of [longitude, latitude] around the kelurahan of these places; RT and RW have no outline of their own."""
    wanted = {".".join(code.split(".")[:4]) for code in codes}
    city = next(iter(wanted), "").split(".")[:2]
    if len(city) < 2:
        return []
    found = places.outlines(".".join(city), "kelurahan")["features"]
    return [ring for one in found if one["id"] in wanted for ring in _rings(one["geometry"])]


def _rings(geometry: dict[str, Any]) -> list[list[list[float]]]:
    outline = shape(geometry)
    parts = outline.geoms if isinstance(outline, MultiPolygon) else [outline]
    return [_ring(part) for part in parts if isinstance(part, Polygon)]


def _ring(part: Polygon) -> list[list[float]]:
    tolerance = 0.0001
    ring = part.exterior
    while len(ring.coords) > VERTICES and tolerance <= LOOSEST:
        ring = part.simplify(tolerance).exterior
        tolerance *= 2
    return [[round(x, 5), round(y, 5)] for x, y in (point[:2] for point in ring.coords)]


def _places(codes: set[str]) -> dict[str, Any]:
    return {one.code: one for one in places.named(codes)}


def _words(code: str, known: dict[str, Any]) -> str:
    chain = [known[part] for part in (*places.ancestor_codes(code), code) if part in known]
    low = " ".join(one.name for one in reversed(chain) if one.level in ("rt", "rw"))
    return ", ".join(filter(None, [low, *(one.name for one in chain if one.level == "kelurahan")])) or code
