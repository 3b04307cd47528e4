"""Point in polygon over the city's boundaries, in memory, renewed when the places change."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from shapely import Point, STRtree
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from pasti.kernel.places.models import Place, Stamp


@dataclass(frozen=True)
class _Index:
    version: int
    codes: list[str]
    tree: STRtree


_lock = threading.Lock()
_built: _Index | None = None


def containing(lon: float, lat: float) -> list[str]:
    """Codes of all places whose boundary covers the point, any order. One small query when warm."""
    index = _current()
    hits = index.tree.query(Point(lon, lat), predicate="covered_by")
    return [index.codes[i] for i in hits]


def overlapping(shape: BaseGeometry) -> list[str]:
    """Codes of all places that share ground with a valid shape (longitude first), not only an edge; any order."""
    index = _current()
    hits = index.tree.query(shape, predicate="intersects")
    return [index.codes[i] for i in hits if index.tree.geometries[i].intersection(shape).area > 0]


def _current() -> _Index:
    global _built
    version = Stamp.objects.values_list("version", flat=True).first() or 0
    with _lock:
        if _built is None or _built.version != version:
            _built = _build(version)
        return _built


def _build(version: int) -> _Index:
    rows = list(Place.objects.filter(boundary__isnull=False).values_list("code", "boundary"))
    return _Index(version, [code for code, _ in rows], STRtree([shape(boundary) for _, boundary in rows]))
