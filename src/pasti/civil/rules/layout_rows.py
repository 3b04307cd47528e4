"""People written as other programs read them: the columns of a layout, one line a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from pasti.civil.rules.layouts import (
    CODE_LISTS,
    DATES,
    HEADERS,
    LAYOUTS,
    OPENSID_OTHER_JOB,
    SIAK_OTHER_JOB,
    harmless,
    plain_text,
)

Labels = Mapping[str, Mapping[int, str]]  # field -> code -> label
SPECIFIC = frozenset({"disability"})  # UU 27/2022 article 4: health

# The line of an example file. RT 000 is nowhere, so that a line somebody forgets to delete enters nobody.
MADE_UP: dict[str, Any] = {
    "name": "CONTOH: HAPUS BARIS INI", "sex": 2, "birth_place": "CONTOH", "birth_date": dt.date(1990, 5, 17),
    "religion": 1, "education": 5, "occupation": 1, "marital_status": 2, "relation": 1, "citizenship": 1,
    "blood_type": 13, "status_dasar": 1, "rw": "000", "rt": "000", "nik": "",
    "kk": "0000001001150001", "street": "Jl. Contoh 1",
}  # fmt: skip


def header(layout: str) -> list[str]:
    """The line of column names, as the other program writes it."""
    return [name.title() for name in HEADERS[layout]] if layout == "siak" else list(HEADERS[layout])


def writer(layout: str, labels: Labels, *, specific: bool) -> Callable[[Mapping[str, Any]], list[str]]:
    """A function from a person in our terms to the cells of a line: all text, none a formula.

    Specific data is left blank unless `specific`.
    """
    names = LAYOUTS[layout]
    columns = [names.get(head, head) for head in HEADERS[layout]]
    silent = frozenset() if specific else SPECIFIC

    def line(person: Mapping[str, Any]) -> list[str]:
        return [_cell(layout, name, person.get(name), labels) if name not in silent else "" for name in columns]

    return line


def _cell(layout: str, name: str, value: Any, labels: Labels) -> str:
    if value is None or value == "":
        return ""
    if name in DATES:
        return _day(layout, value)
    if name in CODE_LISTS:
        return _code(layout, name, value, labels)
    return harmless(plain_text(value))


def _day(layout: str, value: dt.date) -> str:
    return value.isoformat() if layout == "pasti" else f"{value:%d-%m-%Y}"


def _code(layout: str, name: str, code: int, labels: Labels) -> str:
    """SIAK writes labels, the others codes; where OpenSID's code means something else, the label."""
    label = harmless(labels.get(name, {}).get(code, str(code)))
    if layout == "siak":
        return label
    if layout == "opensid" and name == "occupation":
        if code == SIAK_OTHER_JOB:
            return str(OPENSID_OTHER_JOB)
        return label if code == OPENSID_OTHER_JOB else str(code)
    return str(code)
