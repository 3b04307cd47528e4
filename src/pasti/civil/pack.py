"""The city pack's code lists (`codelists/*.csv`, columns kode,nama): their shape, and loading them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pasti.civil.models import CodeEntry
from pasti.kernel.places import services
from pasti.kernel.places.services import Counts


class CodeRow(BaseModel):
    """One code and its label."""

    model_config = ConfigDict(extra="forbid")
    kode: int = Field(ge=0, le=999)
    nama: Annotated[str, Field(min_length=1, max_length=120)]


class CodeListSection(BaseModel):
    """One code list; its file's name is the list's name."""

    name: str
    rows: list[CodeRow] = Field(min_length=1)

    @field_validator("rows")
    @classmethod
    def _codes_once(cls, rows: list[CodeRow]) -> list[CodeRow]:
        seen: set[int] = set()
        for row in rows:
            if row.kode in seen:
                raise ValueError(f"kode {row.kode} dua kali (code given twice)")
            seen.add(row.kode)
        return rows


def load_codelist(section: CodeListSection) -> Counts:
    """Keep the entries of one list."""
    return services.put(
        CodeEntry,
        ({"key": f"{section.name}:{row.kode}", "list": section.name, "code": row.kode, "name": row.nama}
         for row in section.rows),
    )  # fmt: skip
