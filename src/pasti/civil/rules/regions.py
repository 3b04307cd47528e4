"""Where a NIK was first issued. Codes of kecamatan split and merge; a NIK keeps its own for life."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Region:
    """A kecamatan, kabupaten/kota or province by its digits; `until` is the last edition that had it, 0: it stands."""

    prefix: str
    name: str
    until: int


@cache
def regions() -> dict[str, Region]:
    """All regions of the country by prefix (Kepmendagri 300.2.2-2138/2025 and earlier editions)."""
    text = resources.files("pasti.civil.reference").joinpath("wilayah.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["prefix"]: Region(row["prefix"], row["name"], int(row["until"] or 0)) for row in rows}


def doubt(prefix: str) -> str:
    """What is odd about a NIK's six digits: "", "kecamatan", "kota" or "province" is in no list.

    Only the province is beyond doubt when it is missing; the others may be older than the lists.
    """
    known = regions()
    if prefix[:2] not in known:
        return "province"
    if prefix[:4] not in known:
        return "kota"
    return "" if prefix in known else "kecamatan"


def place_name(prefix: str) -> str:
    """The most exact name known of a NIK's region: "Purworejo, Kota Pasuruan"; empty for an unknown province."""
    known = regions()
    names = [known[part].name for part in (prefix, prefix[:4]) if part in known]
    return ", ".join(names) or (known[prefix[:2]].name if prefix[:2] in known else "")
