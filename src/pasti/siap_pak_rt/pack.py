"""The city pack's letters (`letters.yaml`): their shape, and loading them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pasti.kernel.places.services import Counts, put, total
from pasti.siap_pak_rt.models import LetterKind, LetterUnit
from pasti.siap_pak_rt.rules import letter_numbers, letter_texts
from pasti.siap_pak_rt.rules.letter_states import LEVELS

Level = Literal["rt", "rw", "kelurahan"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,38}$")]
Text = Annotated[str, Field(min_length=2, max_length=1500)]


class Strict(BaseModel):
    """Unknown keys are mistakes: a misspelt `required` must not pass as optional."""

    model_config = ConfigDict(extra="forbid")


class Words(Strict):
    """A text in both languages."""

    id: Text
    en: Text


class Choice(Strict):
    """One of the values a field may take; the letter says `value`."""

    value: Annotated[str, Field(min_length=1, max_length=60)]
    en: Annotated[str, Field(min_length=1, max_length=60)]


class FieldRow(Strict):
    """Something the resident fills in, beyond what the register knows."""

    name: Name
    label: Words
    kind: Literal["text", "long", "date", "number", "choice"] = "text"
    hint: Words | None = None
    required: bool = True
    choices: list[Choice] = []

    @model_validator(mode="after")
    def _choices_where_chosen(self) -> Self:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError("choices hanya dan selalu untuk kind: choice (only and always for a choice)")
        if self.name in letter_texts.REGISTER:
            raise ValueError(f"{self.name!r} sudah diisi dari data kependudukan (comes from the register)")
        return self


class StepRow(Strict):
    """A level that must agree, and the working days it has."""

    level: Level
    days: int = Field(ge=0, le=60)


class RouteRow(Strict):
    """A way of letters: the levels that must agree, in order; the last issues."""

    code: Name
    steps: list[StepRow] = Field(min_length=1)

    @model_validator(mode="after")
    def _upwards(self) -> Self:
        levels = [LEVELS.index(step.level) for step in self.steps]
        if levels != sorted(set(levels)):
            raise ValueError("tingkat harus urut rt, rw, kelurahan (levels in order, each once)")
        return self


class UnitRow(Strict):
    """What letters of a level say of their issuer."""

    level: Level
    number: Annotated[str, Field(max_length=120)]
    issuer: Text
    signer: Text

    @model_validator(mode="after")
    def _can_be_filled(self) -> Self:
        if found := letter_numbers.faults(self.number):
            raise ValueError(found[0])
        _known(self.issuer + self.signer, letter_texts.REGISTER)
        return self


class LawRow(Strict):
    """Whether the law still asks for this letter, in words, and where one goes directly when it does not."""

    code: Name
    status: Literal["required", "custom", "not_needed"]
    note: Words | None = None
    direct_url: Annotated[str, Field(pattern=r"^(/|https://)", max_length=300)] | None = None
    source: str = ""

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.status == "not_needed" and self.note is None:
            raise ValueError("note wajib: katakan jalan langsungnya (say the direct way)")
        return self


class KindRow(Strict):
    """A kind of letter."""

    urut: int = Field(ge=1, le=999)
    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
    name: Words
    purpose: Words
    words: list[str] = []
    classification: Annotated[str, Field(pattern=r"^[0-9]{3}(\.[0-9]{1,3}){0,3}$")]
    route: str
    law: str
    requirements: list[Words] = []
    fields: list[FieldRow] = []
    paragraphs: list[Text] = []
    proofs: Literal["none", "optional", "required"] = "optional"
    offered: bool = True
    reason: str = ""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        doubled = [name for name, count in Counter(f.name for f in self.fields).items() if count > 1]
        if doubled:
            raise ValueError(f"isian {doubled[0]!r} dua kali (field named twice)")
        _known("".join(self.paragraphs), (*letter_texts.REGISTER, *(f.name for f in self.fields)))
        if self.offered and not self.paragraphs:
            raise ValueError("paragraphs wajib untuk surat yang ditawarkan (an offered letter needs its text)")
        if not self.offered and not self.reason:
            raise ValueError("reason wajib: mengapa tidak ditawarkan (say why it is not offered)")
        return self


class LettersSection(Strict):
    """letters.yaml"""

    status: Literal["usulan"] | None = None
    source: str = ""
    units: list[UnitRow] = Field(min_length=1)
    routes: list[RouteRow] = Field(min_length=1)
    laws: list[LawRow] = Field(min_length=1)
    closing: Text
    kinds: list[KindRow] = Field(min_length=1)

    @model_validator(mode="after")
    def _units_for_all_that_issue(self) -> Self:
        numbers = Counter(kind.urut for kind in self.kinds)
        if doubled := [n for n, count in numbers.items() if count > 1]:
            raise ValueError(f"urut {doubled[0]} dua kali (given twice)")
        missing = {route.steps[-1].level for route in self.routes} - {unit.level for unit in self.units}
        if missing:
            raise ValueError(f"units tidak memuat tingkat {min(missing)} yang menerbitkan surat (no unit row for it)")
        _known(self.closing, letter_texts.REGISTER)
        return self


def load_letters(section: LettersSection) -> Counts:
    """Keep the kinds of letters and what each level's letters say of their issuer."""
    units = ({"level": u.level, "pattern": u.number, "issuer": u.issuer, "signer": u.signer} for u in section.units)
    return total(put(LetterUnit, units), put(LetterKind, (_kind(section, kind) for kind in section.kinds)))


def _kind(section: LettersSection, kind: KindRow) -> dict[str, Any]:
    law = next(one for one in section.laws if one.code == kind.law)
    steps = next(one for one in section.routes if one.code == kind.route).steps
    return {
        "code": kind.code, "position": kind.urut, "name": kind.name.id, "name_en": kind.name.en, "purpose": kind.purpose.id,
        "purpose_en": kind.purpose.en, "words": kind.words, "classification": kind.classification,
        "route": [step.level for step in steps], "days": [step.days for step in steps], "law": law.status,
        "law_note": law.note.id if law.note else "", "law_note_en": law.note.en if law.note else "",
        "direct_url": law.direct_url or "", "requirements": [one.model_dump() for one in kind.requirements],
        "fields": [one.model_dump() for one in kind.fields], "proofs": kind.proofs, "offered": kind.offered,
        "paragraphs": [*kind.paragraphs, section.closing] if kind.paragraphs else [],
    }  # fmt: skip


def _known(text: str, names: Iterable[str]) -> None:
    unknown = sorted(letter_texts.placeholders(text) - set(names))
    if unknown:
        raise ValueError(f"isian tidak dikenal di naskah (unknown placeholder): {{{unknown[0]}}}")
