"""The city pack's rivers (`ews.yaml`): gauges, limits, places that go under, shelters; their shape, and loading them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, Self

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, model_validator

from pasti.ews.models import Gauge, Policy, RiskArea, River, Shelter, Siren
from pasti.kernel.clock import now
from pasti.kernel.places.services import Counts, put, total
from pasti.telemetry.services.catalogue import StreamWanted, ensure_stream

LEVEL_LIMITS = {"range": [0, 1000], "rate": 1200, "spike": [25, 50]}
RAIN_LIMITS = {"range": [0, 50]}
STANDS_STILL = (
    6 * 3600
)  # seconds: even calm water moves more than nothing in them; twice as long is surely a stuck sensor
MOST_FLAT = 1000  # readings that may be looked back on (`telemetry.rules.limits`)


class Strict(BaseModel):
    """Unknown keys are mistakes: a misspelt limit must not pass as no limit."""

    model_config = ConfigDict(extra="forbid")


class Sourced(Strict):
    """A fact names where it was read, or says that it is a proposal ("usulan")."""

    source: str = ""
    status: Literal["", "usulan"] = ""

    @model_validator(mode="after")
    def _known_or_proposed(self) -> Self:
        if not self.source and not self.status:
            raise ValueError("butuh `source` atau `status: usulan` (needs a source, or status: usulan)")
        return self


class Names(Strict):
    """A name or text in both languages."""

    id: str = Field(min_length=2, max_length=200)
    en: str = Field(min_length=2, max_length=200)


class Stage(Strict):
    """One stage: its name, the city's lamp, and who must answer within how many minutes."""

    stage: int = Field(ge=0, le=3)
    name: Names
    siaga: int = Field(ge=1, le=4)
    lamp: Literal["none", "yellow", "red"]
    expires_hours: int = Field(6, ge=1, le=48)
    auto_issue_minutes: int | None = Field(None, ge=1, le=240)
    second_approval: bool = False
    escalate_minutes: int | None = Field(None, ge=1, le=60)


class Streets(Strict):
    """When street reports propose a warning: so near, so soon, from so many people; depth in cm for stages 1 to 3."""

    near_metres: int = Field(ge=20, le=5000)
    within_minutes: int = Field(ge=5, le=720)
    reporters: int = Field(ge=2, le=50)
    stage_from_cm: list[int] = Field(min_length=3, max_length=3)


class Sender(Sourced):
    """Who signs the city's warnings."""

    id: str = Field(pattern=r"^[^\s,<&]+$")
    name: str
    contact: str
    agency: str


class Area(Sourced):
    """A place that goes under from a stage on: a kelurahan, or an RT of it."""

    place: str
    rw: int | None = Field(None, ge=1)
    rt: int | None = Field(None, ge=1)
    stage: int = Field(ge=1, le=3)
    note: str = ""

    @property
    def code(self) -> str:
        """The place's code down to RW and RT where they are given."""
        parts = [self.place, *(f"{one:03}" for one in (self.rw, self.rt) if one is not None)]
        return ".".join(parts)


class RiverFacts(Sourced):
    """A river and what lies along it."""

    code: str = Field(pattern=r"^[a-z0-9-]{2,40}$")
    name: str
    from_: Names | None = Field(None, alias="from")
    areas: list[Area]


class Rise(Strict):
    """Limits of the rise, cm/h, judged from a level on."""

    above_cm: float
    cm_per_h: list[float] = Field(min_length=1, max_length=3)


class Rain(Strict):
    """Limits of rain within one and three hours, mm, of stages 1 to 3."""

    in_1h: list[float] = Field(min_length=3, max_length=3)
    in_3h: list[float] = Field(min_length=3, max_length=3)


class Upstream(Strict):
    """From where trouble comes, minutes earlier; `expects` says which stage follows here from which there."""

    gauge: str
    travel: int = Field(ge=1, le=2880)
    expects: dict[int, int] = {1: 1, 2: 2, 3: 3}


class GaugeFacts(Sourced):
    """A gauge, its place, and its limits."""

    code: str = Field(pattern=r"^[a-z0-9-]{2,40}$")
    river: str
    kind: Literal["level", "rain"]
    name: str
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    place: str = ""
    datum: str = ""
    photo: str = ""
    camera: str = ""
    interval_seconds: int = Field(60, ge=5, le=3600)
    stages_cm: list[float] = []
    rise: Rise | None = None
    rain: Rain | None = None
    upstream: list[Upstream] = []

    @model_validator(mode="after")
    def _limits_fit(self) -> Self:
        if self.kind == "level" and (len(self.stages_cm) != 3 or self.stages_cm != sorted(self.stages_cm)):
            raise ValueError("stages_cm butuh tiga ambang yang menaik (needs three ascending limits)")
        if self.kind == "rain" and self.rain is None:
            raise ValueError("alat hujan butuh `rain` (a rain station needs `rain`)")
        return self


class ShelterFacts(Sourced):
    """A place to go to, or one that must be reached."""

    code: str = Field(pattern=r"^[a-z0-9-]{2,40}$")
    kind: Literal["shelter", "school", "hospital", "route"]
    name: str
    place: str = ""
    lon: float
    lat: float
    line: list[list[float]] | None = None
    capacity: int | None = Field(None, ge=1)
    phone: str = ""


class SirenFacts(Sourced):
    """A post with lamp and siren. `device` is the code under which it is registered at telemetry."""

    code: str = Field(pattern=r"^[a-z0-9-]{2,40}$")
    river: str
    name: str
    place: str = ""
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    device: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,59}$")


class Section(Strict):
    """The whole file."""

    status: Literal["", "usulan"] = ""
    stages: list[Stage] = Field(min_length=4, max_length=4)
    streets: Streets
    sender: Sender
    rivers: list[RiverFacts] = Field(min_length=1)
    gauges: list[GaugeFacts] = Field(min_length=1)
    shelters: list[ShelterFacts]
    sirens: list[SirenFacts] = []


@transaction.atomic
def load(section: Section) -> Counts:
    """Keep rivers, gauges with their datastreams, places at risk and shelters. Loading again changes nothing."""
    policy = section.model_dump(mode="json", include={"stages", "streets", "sender"})
    streams = {one.code: ensure_stream(_stream(one)) for one in section.gauges}
    return total(
        put(Policy, [{"code": "city", "content": policy}]),
        put(River, map(_river, range(len(section.rivers)), section.rivers)),
        put(Gauge, (_gauge(one, streams[one.code]) for one in section.gauges)),
        put(Shelter, map(_shelter, section.shelters)),
        put(Siren, map(_siren, section.sirens)),
        _areas(section),
    )


def _river(order: int, one: RiverFacts) -> dict[str, Any]:
    facts = {"from": one.from_.model_dump() if one.from_ else None, "source": one.source}
    return {"code": one.code, "name": one.name, "order": order, "facts": facts}


def _gauge(one: GaugeFacts, datastream: int) -> dict[str, Any]:
    rules = one.model_dump(mode="json", include={"stages_cm", "rise", "rain", "upstream", "interval_seconds"})
    return {
        "code": one.code, "river_id": one.river, "kind": one.kind, "name": one.name, "lon": one.lon, "lat": one.lat,
        "place_code": one.place, "datum": one.datum, "photo_url": one.photo, "camera_url": one.camera,
        "datastream_id": datastream, "rules": rules, "facts": {"source": one.source}, "estimated": one.status == "usulan",
    }  # fmt: skip


def _stream(one: GaugeFacts) -> StreamWanted:
    level = one.kind == "level"
    return StreamWanted(
        code=f"ews.{one.code}", thing=one.name, lon=one.lon, lat=one.lat,
        name=f"{'Tinggi air' if level else 'Hujan'} {one.name}",
        property_code="water_level" if level else "rainfall", unit="cm" if level else "mm",
        quality=LEVEL_LIMITS | _flat(one.interval_seconds) if level else RAIN_LIMITS, watched=True,
        interval_seconds=one.interval_seconds,
    )  # fmt: skip


def _flat(interval: int) -> dict[str, Any]:
    """How many readings of the same value are suspect, and how many bad."""
    return {"flat": [min(MOST_FLAT // 2, STANDS_STILL // interval), min(MOST_FLAT, 2 * STANDS_STILL // interval)]}


def _shelter(one: ShelterFacts) -> dict[str, Any]:
    row = one.model_dump(include={"code", "kind", "name", "lon", "lat", "line", "capacity", "phone"})
    return row | {"place_code": one.place, "estimated": one.status == "usulan"}


def _siren(one: SirenFacts) -> dict[str, Any]:
    row = one.model_dump(include={"code", "name", "lon", "lat", "device"})
    return row | {"river_id": one.river, "place_code": one.place, "estimated": one.status == "usulan"}


def _areas(section: Section) -> Counts:
    """A place at risk has no name of its own: it is known by its river, its place and the stage.

    One the pack names no more is put out of use, not deleted: when it was at risk stays known.
    """
    have = {(one.river_id, one.place_code, one.from_stage): one for one in RiskArea.objects.select_for_update()}
    wanted = dict(_wanted_areas(section))
    new = [RiskArea(**row) for key, row in wanted.items() if key not in have]
    RiskArea.objects.bulk_create(new)
    kept = [_brought_in_line(one, wanted.get(key)) for key, one in have.items()]
    return {"created": len(new), "changed": sum(kept), "unchanged": len(kept) - sum(kept)}


def _brought_in_line(area: RiskArea, wanted: dict[str, Any] | None) -> bool:
    """Whether the stored place had to be changed."""
    before = (area.note, area.estimated, area.retired_at)
    if wanted is None:
        area.retired_at = area.retired_at or now()
    else:
        area.note, area.estimated, area.retired_at = wanted["note"], wanted["estimated"], None
    if (area.note, area.estimated, area.retired_at) == before:
        return False
    area.save(update_fields=["note", "estimated", "retired_at"])
    return True


def _wanted_areas(section: Section) -> Iterator[tuple[tuple[str, str, int], dict[str, Any]]]:
    for river in section.rivers:
        for one in river.areas:
            row = {"river_id": river.code, "place_code": one.code, "from_stage": one.stage, "note": one.note,
                   "estimated": one.status == "usulan"}  # fmt: skip
            yield (river.code, one.code, one.stage), row
