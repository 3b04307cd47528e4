"""`/api/v1/smart-city/`: indicators, their values, and where these come from. Public."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from pasti.kernel.api.paging import page_of
from pasti.kernel.api.problems import PROBLEMS
from pasti.kernel.publish.models import Measurement
from pasti.masterplan import queries
from pasti.masterplan.models import Indicator

PREFIX = "smart-city"
router = Router()


class IndicatorShown(Schema):
    """An indicator's definition."""

    code: str
    name: str
    name_en: str
    definition: str
    unit: str
    polarity: str
    computed: bool
    formula: str
    owner: str
    dimensions: list[str]
    sasaran: str = Field(alias="sasaran_id")
    proposal: bool


class IndicatorPage(Schema):
    """One page of indicators."""

    items: list[IndicatorShown]
    next: str | None


class ValueShown(Schema):
    """A value in a period; the year's carries target and achievement."""

    period: str
    value: Decimal | None
    target_low: Decimal | None = None
    target_high: Decimal | None = None
    achievement: Decimal | None = None
    band: str = ""
    computed: bool
    measurements: list[int] = []


class ValuesPage(Schema):
    """The year's value first, then its months (or the known years of a typed indicator)."""

    items: list[ValueShown]
    next: str | None = None


class ProofShown(Schema):
    """One measurement: everything needed to compute it again."""

    id: int
    measure: str
    version: int
    area: str
    period_start: dt.datetime
    period_end: dt.datetime
    as_of: dt.datetime
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    row_count: int
    sql: str
    records_sql: str
    params: dict[str, Any]
    records_root: str
    computed_at: dt.datetime
    previous_hash: str
    hash: str
    verified: bool
    fault: str


class ProofPage(Schema):
    """The measurements behind the indicator's value of a year."""

    items: list[ProofShown]
    next: str | None = None


class Year(Schema):
    """A year of the plan; the current one when not given."""

    year: int | None = Field(None, ge=2015, le=2100)


@router.get("/indicators", response={200: IndicatorPage, **PROBLEMS}, summary="Indikator")
def indicators(request: HttpRequest, dimension: str = "", limit: int = 100, cursor: str | None = None) -> Any:
    """Indicators by code."""
    return page_of(queries.indicators(dimension=dimension[:30]), cursor, limit, ("code",))


@router.get("/indicators/{code}/values", response={200: ValuesPage, **PROBLEMS}, summary="Nilai indikator")
def values(request: HttpRequest, code: str, wanted: Query[Year]) -> Any:
    """The value of a year with target and achievement, and the parts of the year."""
    one, year = _one(code), _year(wanted)
    reading = queries.reading(one, year)
    whole = ValueShown(
        period=str(year), value=reading.value, computed=one.computed, achievement=reading.percent, band=reading.band,
        target_low=reading.target.low if reading.target else None, target_high=reading.target.high if reading.target else None,
        measurements=[m.pk for m in reading.measurements],
    )  # fmt: skip
    parts = [ValueShown(period=label, value=value, computed=one.computed) for label, value in queries.trend(one, year)]
    return {"items": [whole, *parts], "next": None}


@router.get("/indicators/{code}/provenance", response={200: ProofPage, **PROBLEMS}, summary="Asal angka")
def provenance(request: HttpRequest, code: str, wanted: Query[Year]) -> Any:
    """The measurements behind the value of a year, each computed again and compared."""
    reading = queries.reading(_one(code), _year(wanted))
    return {"items": [_proof(m) for m in reading.measurements], "next": None}


def _one(code: str) -> Indicator:
    return queries.indicator(code[:40])


def _year(wanted: Year) -> int:
    this = queries.current_year()
    return min(wanted.year or this, this)


def _proof(one: Measurement) -> dict[str, Any]:
    outcome = queries.verified(one.pk)
    names = [name for name in ProofShown.model_fields if name not in ("verified", "fault")]
    return {name: getattr(one, name) for name in names} | {"verified": outcome.holds, "fault": outcome.fault}
