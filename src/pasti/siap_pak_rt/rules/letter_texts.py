"""Filling a letter's template, and judging what the resident typed into its fields."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_AMOUNT = re.compile(r"^[0-9]{1,15}$")
# What a template may take from the register and from the letter itself.
REGISTER = (
    "nama", "nik", "no_kk", "tempat_lahir", "tanggal_lahir", "umur", "jenis_kelamin", "agama", "pekerjaan", "pendidikan",
    "status_kawin", "kewarganegaraan", "nama_ayah", "nama_ibu", "alamat", "rt", "rw", "kelurahan", "kecamatan", "kota",
)  # fmt: skip
KINDS = ("text", "long", "date", "number", "choice")
LONGEST = {"text": 120, "long": 600, "number": 15, "date": 10, "choice": 60}


@dataclass(frozen=True)
class Field:
    """One thing to fill in: its name in the template, its kind, whether it must be given, the choices it has."""

    name: str
    kind: str = "text"
    required: bool = True
    choices: tuple[str, ...] = ()


def placeholders(text: str) -> set[str]:
    """The names between braces."""
    return set(_PLACEHOLDER.findall(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its placeholders replaced once: a value that looks like a placeholder stays as it was typed.

    What is not known or was left empty becomes a dash, as on a paper form.
    """
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], "") or "-", text)


def judge(fields: Sequence[Field], given: Mapping[str, object]) -> tuple[dict[str, str], dict[str, str]]:
    """The values to keep, and a fault per field: `required`, `long`, `date`, `number`, `choice`, `unknown`."""
    kept: dict[str, str] = {}
    faults = {name: "unknown" for name in given if name not in {field.name for field in fields}}
    for field in fields:
        value = _plain(given.get(field.name))
        fault = _fault(field, value)
        if fault:
            faults[field.name] = fault
        elif value:
            kept[field.name] = value
    return kept, faults


def _fault(field: Field, value: str) -> str:
    if not value:
        return "required" if field.required else ""
    if len(value) > LONGEST[field.kind]:
        return "long"
    if field.kind == "date":
        return "" if _is_date(value) else "date"
    if field.kind == "number":
        return "" if _AMOUNT.match(value) else "number"
    return "choice" if field.kind == "choice" and value not in field.choices else ""


def _plain(value: object) -> str:
    text = value.isoformat() if isinstance(value, dt.date) else "" if value is None else str(value)
    return "".join(c for c in text if c.isprintable() or c == "\n").strip()


def _is_date(text: str) -> bool:
    try:
        return bool(dt.date.fromisoformat(text))
    except ValueError:
        return False
