"""`/api/v1/siap-pak-rt/statistics/`: numbers of people, open to all. Small numbers are null for every caller."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from pasti.civil.queries import mutations
from pasti.civil.queries import statistics as counts
from pasti.kernel import clock
from pasti.kernel.api.problems import PROBLEMS
from pasti.siap_pak_rt.queries import statistics as queries

router = Router()
Side = Literal["age", "sex", "religion", "education", "occupation", "marital_status", "blood_type", "citizenship",
               "residency", "relation"]  # fmt: skip


class Coded(Schema):
    """A code with its words."""

    code: int
    name: str


class Cell(Schema):
    """How many people have both codes; null: not told, because it is small or would tell a small one."""

    first: int
    second: int
    people: int | None


class Crosstab(Schema):
    """Living residents of an area by two sides, as they are now."""

    area: str
    first: str
    second: str
    total: int | None
    rows: list[Coded]
    columns: list[Coded]
    cells: list[Cell]


class Change(Schema):
    """One line of a monthly report: opening, births, deaths, arrivals, departures, other, closing."""

    kind: str
    men: int | None
    women: int | None
    total: int | None


class MonthlyReport(Schema):
    """What changed in the month in which it was recorded."""

    area: str
    month: str
    lines: list[Change]


class Point(Schema):
    """How many people lived there at the end of a month."""

    month: str
    people: int | None


class Series(Schema):
    """The last two years, oldest month first."""

    items: list[Point]
    next: None = None


class Sides(Schema):
    """Which two sides; they must differ."""

    first: Side = "age"
    second: Side = "sex"


class Month(Schema):
    """Which month, YYYY-MM; the present one when left out."""

    month: str = Field("", max_length=7, pattern=r"^(20\d\d-(0[1-9]|1[0-2]))?$")


@router.get("/{area}/crosstab", response={200: Crosstab, **PROBLEMS}, summary="Penduduk menurut dua sisi")
def crosstab(request: HttpRequest, area: str, sides: Query[Sides]) -> Any:
    """People of the city, a kecamatan or a kelurahan by any two sides. 404 for smaller areas."""
    table = counts.crosstab(area, sides.first, sides.second)
    return {
        "area": area, "first": table.first, "second": table.second, "total": table.total,
        "rows": [{"code": code, "name": name} for code, name in table.rows],
        "columns": [{"code": code, "name": name} for code, name in table.columns],
        "cells": [{"first": a, "second": b, "people": people} for (a, b), people in table.cells.items()],
    }  # fmt: skip


@router.get("/{area}/lampid", response={200: MonthlyReport, **PROBLEMS}, summary="Mutasi bulanan")
def lampid(request: HttpRequest, area: str, wanted: Query[Month]) -> Any:
    """Births, deaths, arrivals and departures recorded in a month, with the people before and after."""
    report = mutations.lampid(area, queries.month_of(wanted.month))
    kinds = ("births", "deaths", "arrivals", "departures", "other")
    lines = [("opening", report.opening), *zip(kinds, report.changes, strict=True), ("closing", report.closing)]
    return {
        "area": area, "month": f"{report.month:%Y-%m}",
        "lines": [{"kind": kind, "men": row.men, "women": row.women, "total": row.total} for kind, row in lines],
    }  # fmt: skip


@router.get("/{area}/series", response={200: Series, **PROBLEMS}, summary="Perkembangan jumlah penduduk")
def series(request: HttpRequest, area: str) -> Any:
    """People at the end of each of the last 24 months."""
    today: dt.date = clock.today()
    return {"items": [{"month": f"{month:%Y-%m}", "people": people} for month, people in mutations.series(area, today)]}
