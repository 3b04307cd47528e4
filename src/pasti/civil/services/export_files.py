"""Writing people to a workbook or a CSV, a stretch at a time: memory does not grow with the city."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db import connection
from django.db.models import Q

from pasti.civil.models import Export, Membership, Person
from pasti.civil.rules import layout_rows
from pasti.civil.rules.layouts import HEADERS, LAYOUTS
from pasti.civil.services import codes
from pasti.kernel.places import queries as places

CHUNK = 2000
NUMBERS = {"kk", "nik", "father_nik", "mother_nik"}
PERSON = (
    "id", "nik", "name", "sex", "birth_place", "birth_date", "religion", "education", "occupation", "marital_status",
    "blood_type", "citizenship", "father_name", "mother_name", "father_nik", "mother_nik", "birth_certificate",
    "marriage_certificate", "marriage_date", "divorce_certificate", "divorce_date", "passport", "passport_expires",
    "kitas", "ktp_status", "disability", "status_dasar", "rt_code",
)  # fmt: skip
Line = Callable[[Sequence[str]], Any]


def fields(made: Export) -> str:
    """The fields of people that are in the file, as JSON for the audit log."""
    names = [name for name in LAYOUTS[made.layout].values() if made.specific or name not in layout_rows.SPECIFIC]
    return json.dumps(names)


def write(made: Export, path: Path, *, progress: Callable[[int, int], None]) -> int:
    """Write the people of an export to `path` and note their ids in the table `taken_out`; returns how many."""
    people = Person.objects.filter(Q(rt_code=made.area) | Q(rt_code__startswith=f"{made.area}."))
    people = people.filter(status_dasar=1) if made.living else people.exclude(status_dasar=9)
    total, done = people.count(), 0
    cells = layout_rows.writer(made.layout, codes.labels(), specific=made.specific)
    houses = Houses(made.area)
    progress(0, total)
    numbers = [LAYOUTS[made.layout].get(head) in NUMBERS for head in HEADERS[made.layout]]
    with opened(path, made.form, layout_rows.header(made.layout), numbers) as line:
        rows = people.order_by("rt_code", "id").values(*PERSON).iterator(CHUNK)
        while chunk := list(islice(rows, CHUNK)):
            for one in _with_homes(chunk, houses):
                line(cells(one))
            _note(chunk)
            done += len(chunk)
            progress(done, max(total, done))
    return done


class Houses:
    """Names of the areas around an RT, read once."""

    def __init__(self, area: str):
        top = ".".join(area.split(".")[:2])
        wanted = [one for level in ("kecamatan", "kelurahan") for one in places.within(top, level)]
        self.names = {one.code: one.name for one in wanted}

    def of(self, rt_code: str) -> dict[str, str]:
        """Kelurahan, kecamatan, RW and RT of a place, as columns name them."""
        parts = rt_code.split(".")
        return {
            "kecamatan": self.names.get(".".join(parts[:3]), ""), "kelurahan": self.names.get(".".join(parts[:4]), ""),
            "rw": parts[4] if len(parts) > 4 else "", "rt": parts[5] if len(parts) > 5 else "",
        }  # fmt: skip


def _with_homes(chunk: list[dict[str, Any]], houses: Houses) -> Iterator[dict[str, Any]]:
    cards = Membership.objects.filter(person_id__in=[one["id"] for one in chunk], ends=None).values_list(
        "person_id", "relation", "family__number", "family__address__street", "family__address__number"
    )
    found = {person: (relation, kk, f"{street} {house}".strip()) for person, relation, kk, street, house in cards}
    for one in chunk:
        relation, kk, street = found.get(one["id"], (None, "", ""))
        yield one | houses.of(one["rt_code"]) | {"relation": relation, "kk": kk, "street": street}


def _note(chunk: list[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO taken_out SELECT unnest(%s::uuid[])", [[one["id"] for one in chunk]])


@contextmanager
def opened(path: Path | io.BytesIO, form: str, heads: Sequence[str], numbers: Sequence[bool] = ()) -> Iterator[Line]:
    """A table to be written line by line, its heads first. In a workbook every cell is text, the numbers too.

    `numbers` says which columns hold long numbers, to be wide enough for them.
    """
    if form == "csv":
        target = path.open("w", encoding="utf-8-sig", newline="") if isinstance(path, Path) else _Text(path)
        with target:
            line = csv.writer(target, delimiter=";").writerow
            line(heads)
            yield line
        return
    options: dict[str, Any] = {"constant_memory": True}
    if isinstance(path, Path):
        options["tmpdir"] = str(path.parent)
    book = xlsxwriter.Workbook(str(path) if isinstance(path, Path) else path, options)
    sheet, text = book.add_worksheet("penduduk"), book.add_format({"num_format": "@"})
    for at in range(len(heads)):
        sheet.set_column(at, at, 20 if at < len(numbers) and numbers[at] else 14, text)
    sheet.freeze_panes(1, 0)
    at = 0

    def write_line(cells: Sequence[str]) -> None:
        nonlocal at
        for column, cell in enumerate(cells):
            if cell:
                sheet.write_string(at, column, cell, text)
        at += 1

    write_line(heads)
    yield write_line
    book.close()


class _Text(io.TextIOWrapper):
    """Text into bytes that stay open for whoever gave them."""

    def __init__(self, target: io.BytesIO):
        super().__init__(target, encoding="utf-8-sig", newline="")

    def close(self) -> None:
        """Flush and let go."""
        if not self.closed:
            self.detach()
