"""Polygons and circles of CAP: texts with latitude first, understood by shapely with longitude first (WGS 84)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator

import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, STRtree
from shapely.affinity import scale
from shapely.geometry.base import BaseGeometry

MOST_VERTICES = 100  # of a polygon we send (WMO practice)
GRID = 1e-5  # degrees, about 1 m: what we round to
MOST_SHAPES = 500  # in a message, each looked at by itself
MOST_CROSSED, MOST_CROSSINGS = 1000, 200  # corners and crossings of a polygon that is untangled
KM_PER_DEGREE = 111.195  # of latitude, on a sphere of 6371 km

LatLon = tuple[float, float]


def point(text: str) -> LatLon:
    """(latitude, longitude) of "lat,lon". Raises ValueError."""
    parts = text.split(",")
    if len(parts) != 2:
        raise ValueError(f"not a pair: {text}")
    lat, lon = (float(part) for part in parts)
    if not (math.isfinite(lat) and math.isfinite(lon)):
        raise ValueError(f"not a number: {text}")
    if abs(lat) > 90 or abs(lon) > 180:
        raise ValueError(f"outside the earth: {text}")
    return lat, lon


def ring(text: str) -> list[LatLon]:
    """The corners of a polygon (CAP 1.2, 3.2.4): at least four pairs, the last the first. Raises ValueError."""
    corners = [point(pair) for pair in text.split()]
    if len(corners) < 4:
        raise ValueError("fewer than four pairs")
    if corners[0] != corners[-1]:
        raise ValueError("not closed")
    return corners


def circle(text: str) -> tuple[LatLon, float]:
    """Centre and radius in km of "lat,lon radius". Raises ValueError."""
    parts = text.split()
    if len(parts) != 2:
        raise ValueError(f"not a centre and a radius: {text}")
    radius = float(parts[1])
    if not math.isfinite(radius) or radius < 0:
        raise ValueError(f"not a radius: {text}")
    return point(parts[0]), radius


def crosses_itself(text: str) -> bool:
    """True when a readable polygon's line crosses or touches itself."""
    return not Polygon([(lon, lat) for lat, lon in ring(text)]).is_valid


def shapes_of(polygons: Iterable[str], circles: Iterable[str] = ()) -> list[BaseGeometry]:
    """What each covers, longitude first. Crossed polygons are made whole; what cannot be read is left out.

    A message can ask for endless work with lines that cross each other everywhere. What is too much is covered by its hull,
    which takes in more and leaves nobody out.
    """
    found = list(_shapes(polygons, circles))
    return found if len(found) <= MOST_SHAPES else [shapely.convex_hull(shapely.geometrycollections(found))]


def _shapes(polygons: Iterable[str], circles: Iterable[str]) -> Iterator[BaseGeometry]:
    for text in polygons:
        try:
            yield _uncrossed(Polygon([(lon, lat) for lat, lon in ring(text)]))
        except ValueError:
            continue
    for text in circles:
        try:
            yield _disc(*circle(text))
        except ValueError:
            continue


def _uncrossed(polygon: Polygon) -> BaseGeometry:
    if polygon.is_valid:
        return polygon
    if len(polygon.exterior.coords) > MOST_CROSSED or _crossings(polygon) > MOST_CROSSINGS:
        return polygon.convex_hull
    return _valid(polygon)


def _crossings(polygon: Polygon) -> int:
    """How often its line meets itself, beyond each piece and its two neighbours."""
    corners = polygon.exterior.coords
    pieces = [LineString(pair) for pair in itertools.pairwise(corners)]
    meetings = STRtree(pieces).query(pieces, predicate="intersects").shape[1]
    return (meetings - 3 * len(pieces)) // 2


def _valid(shape: BaseGeometry) -> BaseGeometry:
    return shapely.make_valid(shape, method="structure", keep_collapsed=False)


def _disc(centre: LatLon, km: float) -> BaseGeometry:
    lat, lon = centre
    degrees = km / KM_PER_DEGREE
    return scale(Point(lon, lat).buffer(degrees), xfact=1 / max(math.cos(math.radians(lat)), 0.01), origin=(lon, lat))


def texts_of(shape: BaseGeometry) -> tuple[str, ...]:
    """The polygons of a shape as CAP texts, each closed, without crossings, of at most 100 corners.

    A polygon with more corners is made simpler and never smaller: whoever was inside stays inside. CAP knows no holes;
    they are filled.
    """
    return tuple(_text(part) for whole in _polygons(shape) for part in _polygons(_simple(whole)))


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [Polygon(shape.exterior)]
    if isinstance(shape, MultiPolygon) or hasattr(shape, "geoms"):
        return [one for part in shape.geoms for one in _polygons(part)]
    return []


def _simple(polygon: Polygon) -> BaseGeometry:
    tolerance = GRID
    shape = _rounded(polygon)
    while max((len(one.exterior.coords) for one in _polygons(shape)), default=0) > MOST_VERTICES:
        wider = polygon.buffer(2 * tolerance, join_style="mitre", mitre_limit=2)
        shape = _rounded(Polygon(wider.exterior).simplify(tolerance))
        tolerance *= 2
    return shape


def _rounded(polygon: BaseGeometry) -> BaseGeometry:
    return shapely.set_precision(_valid(polygon), GRID)


def _text(polygon: Polygon) -> str:
    return " ".join(f"{lat:.5f},{lon:.5f}" for lon, lat in polygon.exterior.coords)
