"""Every read of places. Places are public: no scope applies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q, QuerySet
from shapely.geometry.base import BaseGeometry

from pasti.kernel.places import geometry
from pasti.kernel.places.models import Agency, City, Holiday, Place

GEOMETRY_FREE = ("boundary",)


def place(code: str) -> Place | None:
    """The place with this code, without its boundary loaded; None when there is none."""
    return Place.objects.defer(*GEOMETRY_FREE).filter(pk=code).first()


def named(codes: Collection[str]) -> QuerySet[Place]:
    """The places with these codes, without boundaries, by code."""
    return Place.objects.defer(*GEOMETRY_FREE).filter(pk__in=codes).order_by("code")


def children(code: str) -> QuerySet[Place]:
    """The places directly inside `code`, by code."""
    return Place.objects.defer(*GEOMETRY_FREE).filter(parent_id=code).order_by("code")


def within(code: str, level: str = "") -> QuerySet[Place]:
    """`code` and every place inside it, by code; only one level when `level` is given."""
    inside = Place.objects.defer(*GEOMETRY_FREE).filter(Q(pk=code) | Q(pk__startswith=f"{code}."))
    return (inside.filter(level=level) if level else inside).order_by("code")


def ancestor_codes(code: str) -> list[str]:
    """The codes of the areas around `code`, outermost first. The city's own code has two parts."""
    parts = code.split(".")
    return [".".join(parts[:count]) for count in range(2, len(parts))]


def ancestors(code: str) -> list[Place]:
    """The places around `code`, outermost first, in one query."""
    return list(Place.objects.defer(*GEOMETRY_FREE).filter(pk__in=ancestor_codes(code)).order_by("code"))


def label(code: str) -> str:
    """A place in words from the inside out, e.g. "RT 006 RW 007, Purutrejo, Purworejo"."""
    chain = [*ancestors(code), place(code)]
    rows = [one for one in reversed(chain) if one is not None and one.level != Place.Level.CITY]
    low = " ".join(one.name for one in rows if one.level in (Place.Level.RT, Place.Level.RW))
    return ", ".join(filter(None, [low, *(one.name for one in rows if one.level in ("kelurahan", "kecamatan"))]))


Node = tuple[Place, list["Node"]]


def tree(level: str = Place.Level.KELURAHAN) -> list[Node]:
    """The city as nested (place, children) pairs down to `level`, in one query."""
    levels = list(Place.Level.values)
    wanted = levels[: levels.index(level) + 1]
    nodes: dict[str, Node] = {}
    roots: list[Node] = []
    for one in Place.objects.defer(*GEOMETRY_FREE).filter(level__in=wanted).order_by("code"):
        nodes[one.code] = (one, [])
        siblings = nodes[one.parent_id][1] if one.parent_id in nodes else roots
        siblings.append(nodes[one.code])
    return roots


def locate(lon: float, lat: float) -> list[Place]:
    """The places whose boundary holds the point (WGS 84 degrees), outermost first; empty outside.

    Boundaries are of display grade: near a border let the person correct the answer.
    """
    codes = geometry.containing(lon, lat)
    return list(Place.objects.defer(*GEOMETRY_FREE).filter(pk__in=codes).order_by("code"))


def overlapping(shapes: Iterable[BaseGeometry], level: str) -> list[str]:
    """The codes of the places of one level that share ground with any of these valid shapes (longitude first), by code."""
    codes = {code for one in shapes for code in geometry.overlapping(one)}
    return list(Place.objects.filter(pk__in=codes, level=level).order_by("code").values_list("code", flat=True))


def with_boundaries(codes: Iterable[str]) -> dict[str, Place]:
    """Those of these places whose boundary is known, with it, by code."""
    return {one.code: one for one in Place.objects.filter(pk__in=list(codes), boundary__isnull=False)}


def geojson(parent: str) -> dict[str, Any]:
    """A GeoJSON FeatureCollection of the places directly inside `parent`, or of itself at the leaves."""
    rows = Place.objects.filter(boundary__isnull=False)
    found = list(rows.filter(parent_id=parent)) or list(rows.filter(pk=parent))
    return {"type": "FeatureCollection", "features": [_feature(one) for one in found]}


def outlines(code: str, level: str) -> dict[str, Any]:
    """A GeoJSON FeatureCollection of the places of one level in the area `code`, itself included."""
    inside = Place.objects.filter(Q(pk=code) | Q(pk__startswith=f"{code}."), level=level, boundary__isnull=False)
    return {"type": "FeatureCollection", "features": [_feature(one) for one in inside.order_by("code")]}


def city() -> City | None:
    """The city this platform serves; None before its pack is loaded."""
    return City.objects.first()


def agency_names() -> dict[str, str]:
    """Agency code to name."""
    return dict(Agency.objects.values_list("code", "name"))


def holidays(start: dt.date, end: dt.date) -> dict[dt.date, str]:
    """The holidays from `start` to `end`, both included."""
    return dict(Holiday.objects.filter(date__range=(start, end)).values_list("date", "name"))


def _feature(one: Place) -> dict[str, Any]:
    properties = {"code": one.code, "name": one.name, "level": one.level, "area_km2": one.area_km2}
    return {"type": "Feature", "id": one.code, "properties": properties, "geometry": one.boundary}
