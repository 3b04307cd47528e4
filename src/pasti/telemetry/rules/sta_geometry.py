"""Geometry of filters: planar, in degrees, longitude before latitude, by shapely (GEOS)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from pasti.telemetry.rules.sta_unfit import Unfit

Geometry: TypeAlias = BaseGeometry
_PREDICATES: dict[str, Callable[[Any, Any], bool]] = {
    "geo.intersects": shapely.intersects, "st_intersects": shapely.intersects, "st_equals": shapely.equals,
    "st_disjoint": shapely.disjoint, "st_touches": shapely.touches, "st_within": shapely.within,
    "st_overlaps": shapely.overlaps, "st_crosses": shapely.crosses, "st_contains": shapely.contains,
}  # fmt: skip
NUMBERS = frozenset({"geo.distance", "geo.length"})


def of_wkt(text: str) -> Geometry:
    """The geometry of a literal, with or without `SRID=4326;`. Raises Unfit."""
    bare = text.split(";", 1)[1] if text.upper().startswith("SRID=") and ";" in text else text
    try:
        found = shapely.from_wkt(bare)
    except (ShapelyError, ValueError, TypeError) as error:
        raise Unfit(f"{text[:60]!r} is no well-known text of a geometry") from error
    if found is None or not shapely.is_valid(found):
        raise Unfit(f"{text[:60]!r} is no valid geometry")
    return found


def of_geojson(value: Any) -> Geometry | None:
    """The geometry of GeoJSON (a Feature's too); None for what is none."""
    if not isinstance(value, dict):
        return None
    if value.get("type") == "Feature":
        return of_geojson(value.get("geometry"))
    if value.get("type") == "FeatureCollection" and isinstance(value.get("features"), list):
        inside = [one for one in map(of_geojson, value["features"]) if one is not None]
        return shapely.GeometryCollection(inside)
    try:
        return shape(value)
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
        return None


def computed(name: str, one: Geometry, other: Geometry | None, pattern: str = "") -> float | bool | None:
    """The value of a geo function; None where it has none (GEOS refuses the geometry)."""
    try:
        if name == "geo.length":
            return float(shapely.length(one))
        if name == "geo.distance":
            return float(shapely.distance(one, other))
        if name == "st_relate":
            return bool(shapely.relate_pattern(one, other, pattern))
        return bool(_PREDICATES[name](one, other))
    except (ShapelyError, ValueError):
        return None


def box(geometries: list[Geometry]) -> dict[str, Any] | None:
    """The area around geometries as GeoJSON: a point when they lie in one, else a rectangle."""
    known = [one for one in geometries if not one.is_empty]
    if not known:
        return None
    west, south, east, north = shapely.total_bounds(known)
    if (west, south) == (east, north):
        return {"type": "Point", "coordinates": [float(west), float(south)]}
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [[[float(x), float(y)] for x, y in ring]]}
