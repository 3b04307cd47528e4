"""The city pack's files about the city, its areas, agencies and holidays: their shape, and loading them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from shapely.geometry import shape

from pasti.kernel.places import services
from pasti.kernel.places.models import Agency, City, Holiday, Place
from pasti.kernel.places.services import Counts

Code = Annotated[str, Field(pattern=r"^\d{2}\.\d{2}(\.\d{2}(\.\d{4})?)?$")]
Text = Annotated[str, Field(min_length=1, max_length=300)]


class Strict(BaseModel):
    """A part of the pack: a key nobody reads is a mistake and is told."""

    model_config = ConfigDict(extra="forbid")


class Sourced(Strict):
    """A fact names where it was read, or says that it is a proposal ("usulan")."""

    source: str | None = None
    status: Literal["usulan"] | None = None

    @model_validator(mode="after")
    def _known_or_proposed(self) -> Self:
        if not self.source and not self.status:
            raise ValueError("butuh `source` atau `status: usulan` (needs a source, or status: usulan)")
        return self


class Residents(Sourced):
    """Totals that make a synthetic city plausible."""

    men: int = Field(gt=0)
    women: int = Field(gt=0)
    rt_rw_heads: int | None = None


class Source(Strict):
    """Where facts were read, by id."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    title: Text
    url: str = ""
    licence: str = ""


class CitySection(Sourced):
    """city.yaml: name and measures of the city, and where facts were read. Area in km2."""

    code: Code
    name: Text
    short_name: Text
    province: Text
    calls_itself: str = ""
    timezone: str
    domain: str = ""
    population: int = Field(gt=0)
    area_km2: float = Field(gt=0)
    smart_city_lead: str = ""
    residents: Residents
    programme: dict[str, Any] = {}
    sources: list[Source]

    @field_validator("timezone")
    @classmethod
    def _timezone_exists(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"zona waktu tidak dikenal (unknown time zone): {value}")
        return ZoneInfo(value).key


class AreaRow(Strict):
    """One row of wilayah/areas.csv."""

    code: Code
    name: Text
    level: Literal["kabupaten_kota", "kecamatan", "kelurahan_desa"]
    parent: str


class AreasSection(Strict):
    """wilayah/areas.csv: the city, its kecamatan and kelurahan."""

    rows: list[AreaRow] = Field(min_length=1)


class Feature(BaseModel):
    """One area's outline."""

    id: Code
    geometry: dict[str, Any]
    properties: dict[str, Any]

    @field_validator("geometry")
    @classmethod
    def _is_an_area(cls, value: dict[str, Any]) -> dict[str, Any]:
        try:
            outline = shape(value)
        except Exception as error:
            raise ValueError(f"bukan geometri GeoJSON (not a GeoJSON geometry): {error}") from error
        if outline.is_empty or outline.geom_type not in ("Polygon", "MultiPolygon"):
            raise ValueError("harus Polygon atau MultiPolygon (must be an area)")
        return value


class BoundariesSection(BaseModel):
    """A GeoJSON FeatureCollection of areas named by code."""

    type: Literal["FeatureCollection"]
    features: list[Feature]


class KelurahanRtRw(Sourced):
    """How many RW and RT a kelurahan has; RT are shared out evenly over the RW."""

    code: Code
    name: Text
    rw: int = Field(ge=1, le=99)
    rt: int = Field(ge=1, le=999)

    @model_validator(mode="after")
    def _each_rw_has_an_rt(self) -> Self:
        if self.rt < self.rw:
            raise ValueError("rt lebih sedikit daripada rw (fewer rt than rw)")
        return self


class RtRwSection(Strict):
    """rt_rw.yaml"""

    kelurahan: list[KelurahanRtRw]


class AgencyRow(Sourced):
    """An agency (OPD)."""

    code: Annotated[str, Field(pattern=r"^[A-Z0-9_]+$")]
    name: Text
    name_en: str = ""


class AgenciesSection(Strict):
    """agencies.yaml"""

    agencies: list[AgencyRow]


class HolidayRow(Sourced):
    """A holiday."""

    date: dt.date
    name: Text


class HolidaysSection(Strict):
    """holidays.yaml"""

    holidays: list[HolidayRow]


def load_city(section: CitySection) -> Counts:
    """Keep the city's name and facts, and its population and area on its place."""
    row = {k: getattr(section, k) for k in ("code", "name", "short_name", "calls_itself", "province", "timezone")}
    counts = services.put(City, [row | {"facts": section.model_dump(mode="json")}])
    whole = {"code": section.code, "population": section.population, "area_km2": section.area_km2}
    return services.total(counts, services.put(Place, [whole | {"level": "city", "name": section.name}]))


def load_areas(section: AreasSection) -> Counts:
    """Keep the city, kecamatan and kelurahan, outermost first."""
    return services.put(Place, (_area(row) for row in sorted(section.rows, key=lambda row: row.code)))


def load_boundaries(section: BoundariesSection) -> Counts:
    """Keep outlines, and a label point inside each."""
    return services.put(Place, (_outline(feature) for feature in section.features))


def load_rt_rw(section: RtRwSection) -> Counts:
    """Keep every RW and RT that the counts imply."""
    return services.put(Place, (row for one in section.kelurahan for row in rt_rw_places(one)))


def load_agencies(section: AgenciesSection) -> Counts:
    """Keep the agencies."""
    return services.put(Agency, ({k: getattr(a, k) for k in ("code", "name", "name_en")} for a in section.agencies))


def load_holidays(section: HolidaysSection) -> Counts:
    """Keep the holidays."""
    return services.put(Holiday, ({"date": h.date, "name": h.name} for h in section.holidays))


def rt_rw_places(one: KelurahanRtRw) -> Iterator[dict[str, Any]]:
    """The RW of a kelurahan, each followed by its RT; RT numbers start again in every RW."""
    estimated = one.status == "usulan"
    for rw in range(1, one.rw + 1):
        rw_code = f"{one.code}.{rw:03}"
        common = {"estimated": estimated}
        yield {"code": rw_code, "level": "rw", "name": f"RW {rw:02}", "parent_id": one.code} | common
        for rt in range(1, one.rt // one.rw + (rw <= one.rt % one.rw) + 1):
            code = f"{rw_code}.{rt:03}"
            # RT counts are known per kelurahan only: which RW an RT lies in is always an estimate.
            yield {
                "code": code,
                "level": "rt",
                "name": f"RT {rt:02}",
                "parent_id": rw_code,
                "estimated": True,
            }


def _area(row: AreaRow) -> dict[str, Any]:
    level = {"kabupaten_kota": "city", "kecamatan": "kecamatan", "kelurahan_desa": "kelurahan"}[row.level]
    return {
        "code": row.code,
        "name": row.name,
        "level": level,
        "parent_id": None if level == "city" else row.parent,
    }


def _outline(feature: Feature) -> dict[str, Any]:
    point = shape(feature.geometry).representative_point()
    # The city's own area is an official figure, in city.yaml; outlines only approximate it.
    area = feature.properties.get("area_km2_approx") if feature.id.count(".") > 1 else None
    row = {"code": feature.id, "boundary": feature.geometry,
           "centroid_lon": round(point.x, 6), "centroid_lat": round(point.y, 6)}  # fmt: skip
    return row | ({"area_km2": area} if area else {})
