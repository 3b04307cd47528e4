"""The city pack's plan (`masterplan.yaml`): its shape, and loading it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pasti.kernel.clock import now
from pasti.kernel.places.services import Counts, put, total
from pasti.masterplan.models import (
    Dimension,
    Indicator,
    ManualValue,
    Mission,
    Plan,
    PlanVersion,
    QuickWin,
    Sasaran,
    Tujuan,
)  # fmt: skip
from pasti.masterplan.rules import formula


class Strict(BaseModel):
    """Unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid")
    source: str = ""
    status: Literal["usulan", ""] = ""

    @property
    def proposal(self) -> bool:
        """Whether this is a proposal of the pack, not a sourced fact."""
        return self.status == "usulan"


class Words(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid")
    id: str = Field(min_length=2)
    en: str = Field(min_length=2)


class PlanHead(Strict):
    """Name and years."""

    code: str
    version: int
    name: Words
    start_year: int
    end_year: int
    valid_from: str


class Vision(Strict):
    """The vision."""

    text: Words


class SubDimensionRow(Strict):
    """Part of a dimension."""

    code: str
    name: Words


class DimensionRow(Strict):
    """A dimension."""

    code: str
    name: Words
    subdimensions: list[SubDimensionRow]


class MissionRow(Strict):
    """A mission."""

    code: str
    text: Words
    dimensions: list[str]
    mapping_status: str = ""


class GoalRow(Strict):
    """A goal (tujuan)."""

    code: str
    mission: str
    text: Words


class SasaranRow(Strict):
    """A target (sasaran)."""

    code: str
    goal: str
    text: Words
    dimensions: list[str]
    subdimensions: list[str] = []


class Known(Strict):
    """A known value of a year."""

    year: int
    value: Decimal | None
    text: str = ""
    note: str = ""


class IndicatorRow(Strict):
    """An indicator."""

    code: str
    sasaran: str
    dimensions: list[str]
    quick_wins: list[str]
    name: Words
    concept: Words | None = None
    definition: Words
    unit: str
    kind: Literal["computed", "manual"]
    formula: str = ""
    polarity: Literal["higher", "lower", "range"]
    grain: Literal["month", "quarter", "year"]
    rollup: Literal["ratio", "sum", "last", "average", "max", "none"]
    owner: str
    baseline: Known
    range: dict[str, Decimal] | None = None
    targets: dict[int, Decimal | dict[str, Decimal]]
    target_text: str = ""
    values: list[Known] = []

    @field_validator("formula")
    @classmethod
    def _is_formula(cls, text: str) -> str:
        if text:
            formula.check(text)
        return text


class QuickWinRow(Strict):
    """A quick win."""

    code: str
    dimension: str
    name: Words
    text: Words
    owner: str
    service: str = ""
    basis: str = ""


class Section(Strict):
    """The whole file."""

    plan: PlanHead
    vision: Vision
    dimensions: list[DimensionRow] = Field(min_length=1)
    missions: list[MissionRow] = Field(min_length=1)
    goals: list[GoalRow]
    sasaran: list[SasaranRow]
    indicators: list[IndicatorRow]
    quick_wins: list[QuickWinRow]


def load(section: Section) -> Counts:
    """Keep the plan; a changed plan also becomes a new version beside the old."""
    counts = total(
        put(Plan, [_plan(section)]),
        put(Dimension, (_dimension(at, d) for at, d in enumerate(section.dimensions))),
        put(Mission, map(_mission, section.missions)),
        put(Tujuan, (_text(g) | {"mission_id": g.mission} for g in section.goals)),
        put(Sasaran, (_text(s) | {"tujuan_id": s.goal, "dimensions": s.dimensions} for s in section.sasaran)),
        put(QuickWin, map(_quick_win, section.quick_wins)),
        put(Indicator, map(_indicator, section.indicators)),
    )
    _keep_version(section)
    _keep_known_values(section.indicators)
    return counts


def _plan(section: Section) -> dict[str, Any]:
    head, vision = section.plan, section.vision.text
    return {"code": head.code, "name": head.name.id, "name_en": head.name.en, "vision": vision.id,
            "vision_en": vision.en, "start_year": head.start_year, "end_year": head.end_year}  # fmt: skip


def _dimension(position: int, row: DimensionRow) -> dict[str, Any]:
    parts = [{"code": s.code, "id": s.name.id, "en": s.name.en} for s in row.subdimensions]
    return {"code": row.code, "name": row.name.id, "name_en": row.name.en, "position": position, "subdimensions": parts}


def _text(row: Any) -> dict[str, Any]:
    return {"code": row.code, "text": row.text.id, "text_en": row.text.en, "proposal": row.proposal}


def _mission(row: MissionRow) -> dict[str, Any]:
    return _text(row) | {"dimensions": row.dimensions}


def _quick_win(row: QuickWinRow) -> dict[str, Any]:
    return _text(row) | {"name": row.name.id, "name_en": row.name.en, "dimension_id": row.dimension, "owner": row.owner}


def _indicator(row: IndicatorRow) -> dict[str, Any]:
    concept = row.concept or Words.model_construct(id="", en="")
    return {
        "code": row.code, "sasaran_id": row.sasaran, "dimensions": row.dimensions, "quick_wins": row.quick_wins,
        "name": row.name.id, "name_en": row.name.en, "concept": concept.id, "concept_en": concept.en,
        "definition": row.definition.id, "definition_en": row.definition.en, "unit": row.unit, "formula": row.formula,
        "polarity": row.polarity, "grain": row.grain, "rollup": row.rollup, "owner": row.owner,
        "baseline": json.loads(row.baseline.model_dump_json()), "source": row.source, "proposal": row.proposal,
        "targets": {str(year): _bounds(value) for year, value in row.targets.items()},
    }  # fmt: skip


def _bounds(value: Decimal | dict[str, Decimal]) -> Any:
    if isinstance(value, dict):
        return {key: float(bound) for key, bound in value.items()}
    return float(value)


def _keep_version(section: Section) -> None:
    content = section.model_dump(mode="json")
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    number = PlanVersion.objects.count() + 1
    PlanVersion.objects.get_or_create(
        digest=digest, defaults={"number": number, "content": content, "recorded_at": now()}
    )


def _keep_known_values(rows: list[IndicatorRow]) -> None:
    """Values the pack's sources state count as approved: the pack itself is reviewed."""
    for row, known in _stated(rows):
        ManualValue.objects.get_or_create(
            indicator_id=row.code, year=known.year, source=known.source or row.source, entered_by=None,
            defaults={"value": known.value, "entered_name": "paket kota", "recorded_at": now(),
                      "approved_name": "paket kota", "approved_at": now()},
        )  # fmt: skip


def _stated(rows: list[IndicatorRow]) -> Iterator[tuple[IndicatorRow, Known]]:
    for row in rows:
        if row.kind == "manual":
            yield from ((row, known) for known in [row.baseline, *row.values] if known.value is not None)
