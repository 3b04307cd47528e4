"""`/api/v1/places/`: the city's areas. Public: no token needed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from pasti.kernel.api.paging import page_of
from pasti.kernel.api.problems import PROBLEMS
from pasti.kernel.errors import NotFound
from pasti.kernel.places import queries

PREFIX = "places"
router = Router()


class PlaceShown(Schema):
    """An area. `estimated`: a proposal of the pack, not a fact with a source."""

    code: str
    name: str
    level: str
    parent: str | None = Field(None, alias="parent_id")
    centroid_lon: float | None
    centroid_lat: float | None
    area_km2: float | None
    population: int | None
    estimated: bool


class PlacesPage(Schema):
    """One page of areas; `next` is the cursor of the page after, null on the last."""

    items: list[PlaceShown]
    next: str | None


class Wanted(Schema):
    """Which areas: those directly inside `parent`, the city's own when not given."""

    parent: str = ""
    limit: int = 100
    cursor: str | None = None


class Point(Schema):
    """A point in degrees of WGS 84."""

    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)


@router.get("", response={200: PlacesPage, **PROBLEMS}, summary="Wilayah di dalam suatu wilayah")
def places(request: HttpRequest, wanted: Query[Wanted]) -> Any:
    """The areas directly inside one, by code."""
    parent = wanted.parent or settings.PASTI_CITY.get("code", "")
    return page_of(queries.children(parent), wanted.cursor, wanted.limit, ("code",))


@router.get("/locate", response={200: list[PlaceShown], **PROBLEMS}, summary="Wilayah yang memuat sebuah titik")
def locate(request: HttpRequest, point: Query[Point]) -> Any:
    """The areas around a point, outermost first; empty outside the city. Boundaries are of display grade."""
    return queries.locate(point.lon, point.lat)


@router.get("/{code}", response={200: PlaceShown, **PROBLEMS}, summary="Satu wilayah")
def place(request: HttpRequest, code: str) -> Any:
    """One area by its dotted code."""
    found = queries.place(code)
    if found is None:
        raise NotFound
    return found
