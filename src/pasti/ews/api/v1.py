"""`/api/v1/ews/`: warnings and gauges, for everybody."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from pasti.ews.models import Gauge, Warning
from pasti.ews.queries import levels, warnings
from pasti.ews.queries.levels import Now
from pasti.kernel.api.paging import page_of
from pasti.kernel.api.problems import PROBLEMS
from pasti.kernel.errors import NotFound

PREFIX = "ews"
TEXTS = ("headline", "description", "instruction")
router = Router()


class WarningShown(Schema):
    """A warning as it was sent. `stage` is 0 normal (an end), 1 waspada, 2 siaga, 3 awas; `cap` is its CAP message."""

    id: int
    identifier: str
    kind: str
    status: str
    state: str
    stage: int
    river: str
    headline: dict[str, str]
    description: dict[str, str]
    instruction: dict[str, str]
    areas: list[str]
    people_at_risk: int | None
    automatic: bool
    sent_at: dt.datetime
    onset: dt.datetime | None
    expires_at: dt.datetime
    ended_at: dt.datetime | None
    replaces: int | None
    cap: str


class WarningPage(Schema):
    """One page of warnings."""

    items: list[WarningShown]
    next: str | None


class GaugeShown(Schema):
    """A gauge as it stands. `value` in `unit`; `per_hour` is the trend in cm/h; `limits_cm` are those of stages 1 to 3."""

    code: str
    name: str
    river: str
    kind: str
    lon: float
    lat: float
    place: str
    unit: str
    value: float | None
    at: dt.datetime | None
    stage: int
    stage_since: dt.datetime | None
    per_hour: float | None
    limits_cm: list[float]
    silent: bool
    doubtful: bool
    trouble: str
    datastream: int


class GaugePage(Schema):
    """One page of gauges."""

    items: list[GaugeShown]
    next: str | None


class Wanted(Schema):
    """Which warnings: in force (the usual), or every one ever sent; of one place."""

    state: Literal["in_force", "all"] = "in_force"
    limit: int = 50
    cursor: str | None = None


@router.get("/warnings", response={200: WarningPage, **PROBLEMS}, summary="Peringatan banjir")
def warning_list(request: HttpRequest, wanted: Query[Wanted]) -> Any:
    """Warnings in force, newest first; with `state=all` every one that was ever sent. Exercises are left out."""
    rows = warnings.said()
    if wanted.state == "in_force":
        rows = rows.filter(state=Warning.State.IN_FORCE)
    return page_of(rows, wanted.cursor, wanted.limit, ("-id",), shape=_warning)


@router.get("/warnings/{warning_id}", response={200: WarningShown, **PROBLEMS}, summary="Satu peringatan")
def warning(request: HttpRequest, warning_id: int) -> Any:
    """One warning that was sent, an exercise too: its `status` says so."""
    if not 0 < warning_id < 2**63:
        raise NotFound
    return _warning(warnings.sent(warning_id))


@router.get("/gauges", response={200: GaugePage, **PROBLEMS}, summary="Alat ukur")
def gauge_list(request: HttpRequest, limit: int = 100, cursor: str | None = None) -> Any:
    """Gauges with their newest reading and stage, by code."""
    page = page_of(levels.gauges(), cursor, limit, ("code",))
    page["items"] = [_gauge(one) for one in levels.shown(page["items"])]
    return page


@router.get("/gauges/{code}", response={200: GaugeShown, **PROBLEMS}, summary="Satu alat ukur")
def gauge(request: HttpRequest, code: str) -> Any:
    """One gauge."""
    return _gauge(levels.one_now(code[:40]))


def _warning(one: Warning) -> dict[str, Any]:
    return {
        "id": one.pk, "identifier": one.cap_identifier, "kind": one.kind, "status": one.status, "state": one.state,
        "stage": one.stage, "river": one.episode.river_id, "areas": one.area_codes, "people_at_risk": one.people_at_risk,
        "automatic": one.automatic, "sent_at": one.sent_at, "onset": one.onset, "expires_at": one.expires_at,
        "ended_at": one.ended_at, "replaces": one.replaces_id, "cap": f"/cap/{one.cap_identifier}.xml",
        **{name: {part: getattr(one, f"{name}_{part}") for part in ("id", "en")} for name in TEXTS},
    }  # fmt: skip


def _gauge(one: Now) -> dict[str, Any]:
    row = one.gauge
    return {
        "code": row.pk, "name": row.name, "river": row.river_id, "kind": row.kind, "lon": row.lon, "lat": row.lat,
        "place": row.place_code, "unit": "cm" if row.kind == Gauge.Kind.LEVEL else "mm", "value": one.value, "at": one.at,
        "stage": row.stage, "stage_since": row.stage_since, "per_hour": one.per_hour, "limits_cm": one.limits,
        "silent": one.silent, "doubtful": one.doubtful, "trouble": row.trouble, "datastream": row.datastream_id,
    }  # fmt: skip
