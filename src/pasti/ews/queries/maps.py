"""What maps of early warning show: places at risk and under warning, gauges, shelters, water in streets. No people."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pasti.ews.models import Shelter
from pasti.ews.queries import episodes, levels, moment, risk, warnings
from pasti.ews.queries.policy import policy
from pasti.kernel.places import queries as places

RECENT = dt.timedelta(hours=6)
AT_RISK = 1  # shade of a kelurahan that can go under; under warning the shade is 2 and the stage


def shelters() -> list[Shelter]:
    """Where people can go, and what must be reached, by kind."""
    return list(Shelter.objects.all())


def areas_of(river: str) -> list[tuple[str, int, str]]:
    """The places a river floods: name, from which stage on, what is known of it."""
    rows = list(risk.areas().filter(river_id=river).order_by("from_stage", "place_code"))
    names = risk.names_of([one.place_code for one in rows])
    return [(name, one.from_stage, one.note) for name, one in zip(names, rows, strict=True)]


def all_areas() -> list[tuple[str, str, int]]:
    """Every place at risk: name, river, from which stage on."""
    rows = list(risk.areas().select_related("river").order_by("place_code", "from_stage"))
    names = risk.names_of([one.place_code for one in rows])
    return [(name, one.river.name, one.from_stage) for name, one in zip(names, rows, strict=True)]


def features() -> dict[str, Any]:
    """A GeoJSON FeatureCollection."""
    found = [*_wards(), *_gauges(), *_shelters(), *_water()]
    return {"type": "FeatureCollection", "features": found}


def _wards() -> list[dict[str, Any]]:
    warned: dict[str, int] = {}
    for one in warnings.in_force():
        for code in one.area_codes:
            ward = ".".join(code.split(".")[:4])
            warned[ward] = max(warned.get(ward, 0), one.stage)
    at_risk = {".".join(code.split(".")[:4]) for code in risk.areas().values_list("place_code", flat=True)}
    city = places.city()
    rows = places.outlines(city.code, "kelurahan")["features"] if city else []
    return [_ward(one, warned.get(one["id"], 0), one["id"] in at_risk) for one in rows]


def _ward(feature: dict[str, Any], stage: int, at_risk: bool) -> dict[str, Any]:
    name = feature["properties"]["name"]
    said = policy_name(stage) if stage else ""
    shade = stage + 2 if stage else AT_RISK if at_risk else 0
    properties = {"shade": shade, "text": f"{name}: {said}" if said else name, "url": f"/ews/?tempat={feature['id']}"}
    return {"type": "Feature", "properties": properties, "geometry": feature["geometry"]}


def policy_name(stage: int) -> str:
    """The stage's name."""
    return policy().stage(stage).name_id


def _gauges() -> list[dict[str, Any]]:
    return [
        _point(
            one.gauge.lon, one.gauge.lat, "gauge", one.stage,
            f"{one.gauge.name}: {'-' if one.value is None else f'{one.value:.0f}'} {'cm' if one.limits else 'mm'}",
            f"/ews/sungai/{one.gauge.river_id}/",
        )
        for one in levels.all_now()
    ]  # fmt: skip


def _shelters() -> list[dict[str, Any]]:
    return [_point(one.lon, one.lat, one.kind, 0, one.name) for one in shelters()]


def _water() -> list[dict[str, Any]]:
    rows = episodes.recent_water(moment.now() - RECENT)
    return [_point(round(one.lon, 3), round(one.lat, 3), "water", 0, f"{one.depth_cm} cm") for one in rows]


def _point(lon: float, lat: float, kind: str, stage: int, text: str, url: str = "") -> dict[str, Any]:
    properties = {"kind": kind, "stage": stage, "text": text} | ({"url": url} if url else {})
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [lon, lat]}}
