"""Numbers of people. Whose scope holds the area sees them all; everybody else sees those of a kelurahan or larger, with
small ones hidden (`rules.small_cells`). No query here leads to a person, so none leaves a row in the audit log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from pasti.civil.queries.people import CODED, code_names
from pasti.civil.rules import small_cells
from pasti.civil.rules.small_cells import Cell, Pattern
from pasti.kernel import clock
from pasti.kernel.accounts.scope import current_scope
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.errors import NotFound
from pasti.kernel.places import queries as places
from pasti.kernel.places.models import Place

KELURAHAN, RT = 4, 6  # parts of the dotted code; RW has 5
SIDES = ("age", "sex", "religion", "education", "occupation", "marital_status", "blood_type", "citizenship", "residency",
         "relation")  # fmt: skip
_LISTS = CODED | {"residency": "status_penduduk", "relation": "hubungan_keluarga_shdk"}
OLDEST = 15  # the age group of 75 and above
MEN, WOMEN = 1, 2


class Leaves(dict[str, dict[Cell, int]]):
    """Tables by the smallest areas that were asked for, and of any area around them."""

    def of(self, code: str) -> dict[Cell, int]:
        """The table of an area."""
        return small_cells.total(table for place, table in self.items() if inside(place, code))


@dataclass(frozen=True)
class Crosstab:
    """How many people by two sides. A number that is None is hidden because it is small, or because it would tell."""

    area: str
    first: str
    second: str
    rows: tuple[tuple[int, str], ...]
    columns: tuple[tuple[int, str], ...]
    cells: Mapping[Cell, int | None]
    row_sums: Mapping[int, int | None]
    column_sums: Mapping[int, int | None]
    total: int | None

    @property
    def men(self) -> int | None:
        """All men, where one side is the sex."""
        return (self.column_sums if self.second == "sex" else self.row_sums)[MEN]

    @property
    def women(self) -> int | None:
        """All women, where one side is the sex."""
        return (self.column_sums if self.second == "sex" else self.row_sums)[WOMEN]

    @property
    def hides(self) -> bool:
        """Whether any number is hidden."""
        numbers = [self.total, *self.cells.values(), *self.row_sums.values(), *self.column_sums.values()]
        return any(number is None for number in numbers)


@dataclass(frozen=True)
class Part:
    """An area inside another, with its people; None where hidden."""

    code: str
    name: str
    level: str
    men: int | None
    women: int | None
    total: int | None

    @property
    def rw(self) -> str:
        """The RW an RT is in, in words."""
        return f"RW {self.code.split('.')[-2]}"


def area(code: str) -> Place:
    """The place to be counted. Raises NotFound for an unknown one, and for an RW or RT outside the scope."""
    found = places.place(code)
    if found is None or (depth_of(code) > KELURAHAN and not sees_all(code)):
        raise NotFound
    return found


def sees_all(code: str) -> bool:
    """Whether the scope in force holds the whole area: then nothing is hidden."""
    return covers(current_scope(), code)


def people_counted(code: str) -> int:
    """Living residents registered in an area, however small, for those who plan for it. A number alone, for officials:
    what is shown to everybody goes through `crosstab`, where small numbers are hidden."""
    return small_cells.total(_read(code, max(KELURAHAN, depth_of(code)), 0).values()).get((0, 0), 0)


def depth_of(code: str) -> int:
    """How many parts a place's code has: 2 city, 3 kecamatan, 4 kelurahan, 5 RW, 6 RT."""
    return code.count(".") + 1


def crosstab(code: str, first: str, second: str, *, known_on: dt.date | None = None) -> Crosstab:
    """Living residents of an area by two of SIDES, as they are now.

    With `known_on` (age by sex alone): as the register knew them at the end of that day, ages those of that day.
    Raises NotFound as `area`, and for sides there are not.
    """
    area(code)
    if first not in SIDES or second not in SIDES or first == second:
        raise NotFound
    if SIDES.index(first) > SIDES.index(second):
        return _turned(crosstab(code, second, first, known_on=known_on))
    leaves = _leaves(code, _kind(first, second), known_on)
    return _table(code, (first, second), leaves.of(code), _hidden(code, leaves))


def pyramid(code: str, *, known_on: dt.date | None = None) -> Crosstab:
    """Living residents by age group and sex."""
    return crosstab(code, "age", "sex", known_on=known_on)


@dataclass(frozen=True)
class Overview:
    """An area at a glance: by age and sex, and by the areas inside."""

    place: Place
    pyramid: Crosstab
    parts: tuple[Part, ...]


def overview(code: str, *, known_on: dt.date | None = None) -> Overview:
    """Age by sex of an area and the people of the areas inside: kelurahan of a city or kecamatan; the RT of a kelurahan
    or RW within the scope. With `known_on` as `crosstab`. Raises NotFound as `area`."""
    place, depth = area(code), depth_of(code)
    below = "kelurahan" if depth < KELURAHAN else "rt" if depth < RT and sees_all(code) else ""
    leaves = _leaves(code, _kind("age", "sex"), known_on, RT if below == "rt" else KELURAHAN)
    table = _table(code, ("age", "sex"), leaves.of(code), _hidden(code, leaves))
    return Overview(place, table, _parts(code, below, leaves) if below else ())


def tables_of_kelurahan(code: str) -> list[tuple[Place, Crosstab]]:
    """Age by sex of every kelurahan of an area, in one read."""
    leaves, hidden, found = _leaves(code, _kind("age", "sex"), None), dict[str, Pattern](), []
    for place in places.within(code, "kelurahan"):
        beside = place.code.rpartition(".")[0]
        if beside not in hidden:
            hidden[beside] = _hidden(place.code, leaves)
        found.append((place, _table(place.code, ("age", "sex"), leaves.of(place.code), hidden[beside])))
    return found


def _parts(code: str, below: str, leaves: Leaves) -> tuple[Part, ...]:
    hidden: dict[str, Pattern] = {}  # one for all areas beside each other
    found = []
    for place in places.within(code, below):
        beside = place.code.rpartition(".")[0]
        if beside not in hidden:
            hidden[beside] = _hidden(place.code, leaves)
        found.append(_part(place, leaves.of(place.code), hidden[beside]))
    return tuple(found)


@dataclass(frozen=True)
class Gap:
    """Something missing in records: what, in how many, of how many."""

    code: str
    label: str
    people: int
    total: int


GAPS = ("nik", "card", "mother", "father", "unverified", "blood", "birth_certificate")


def gaps(code: str) -> list[Gap]:
    """What is missing in the records of an area, for those whose scope holds it. Raises NotFound for others."""
    area(code)
    if not sees_all(code):
        raise NotFound
    counted = small_cells.total(_read(code, max(KELURAHAN, depth_of(code)), 0).values())
    words = _gap_words()
    return [
        Gap(gap, words[gap], counted.get((number, 0), 0), counted.get((0, 0), 0)) for number, gap in enumerate(GAPS, 1)
    ]


def labels(side: str) -> dict[int, str]:
    """Code to words of one side, in the order of the list."""
    if side == "age":
        return {group: f"{5 * group}–{5 * group + 4}" for group in range(OLDEST)} | {OLDEST: "75+"}
    found = code_names(_LISTS[side])
    return ({0: _("Tidak di KK")} | found) if side == "relation" else found


def side_names() -> dict[str, str]:
    """What the sides are called."""
    return {
        "age": _("Kelompok umur"), "sex": _("Jenis kelamin"), "religion": _("Agama"), "education": _("Pendidikan"),
        "occupation": _("Pekerjaan"), "marital_status": _("Status kawin"), "blood_type": _("Golongan darah"),
        "citizenship": _("Kewarganegaraan"), "residency": _("Menetap"), "relation": _("Hubungan dalam keluarga"),
    }  # fmt: skip


def _gap_words() -> dict[str, str]:
    return {
        "nik": _("Belum ber-NIK"), "card": _("Tidak tercatat di KK"), "mother": _("Nama ibu kosong"),
        "father": _("Nama ayah kosong"), "unverified": _("KK tidak diperiksa RT lebih dari 12 bulan"),
        "blood": _("Golongan darah tidak diketahui"), "birth_certificate": _("Anak tanpa nomor akta kelahiran"),
    }  # fmt: skip


def city_of(code: str) -> str:
    """The code of the city a place is in."""
    return ".".join(code.split(".")[:2])


def _kind(first: str, second: str) -> int:
    return 16 * (SIDES.index(first) + 1) + SIDES.index(second) + 1


def _hidden(code: str, leaves: Leaves) -> Pattern:
    return small_cells.NOTHING if sees_all(code) else small_cells.of_area(code, leaves, leaves.of)


def inside(place: str, code: str) -> bool:
    """Whether a place is, or lies in, the area `code`."""
    return f"{place}.".startswith(f"{code}.")


def _leaves(code: str, kind: int, known_on: dt.date | None, depth: int = KELURAHAN) -> Leaves:
    """Tables by the smallest areas that are needed: of the whole city where something may have to be hidden."""
    whole = code if sees_all(code) else city_of(code)
    depth = max(depth, depth_of(code))
    if known_on is None:
        return _read(whole, depth, kind)
    if kind != _kind("age", "sex"):
        raise NotFound
    moment = clock.start_of_day(known_on + dt.timedelta(days=1))
    return _gathered("SELECT * FROM civil_ledger_at(%s, %s, %s, %s)", [whole, depth, moment, known_on])


def _read(code: str, depth: int, kind: int) -> Leaves:
    return _gathered("SELECT * FROM civil_tally_read(%s, %s, %s, %s)", [code, depth, kind, clock.today()])


def _gathered(sql: str, values: Sequence[Any]) -> Leaves:
    found = Leaves()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for place, row, column, people in cursor.fetchall():
            found.setdefault(place, {})[row, column] = int(people)
    return found


def _table(code: str, sides: tuple[str, str], own: Mapping[Cell, int], hidden: Pattern) -> Crosstab:
    rows, columns = (_present(side, {cell[at] for cell in own}) for at, side in enumerate(sides))
    cells: dict[Cell, int | None] = {
        (row, column): _unless(hidden, (row, column) in hidden.cells, own.get((row, column), 0))
        for row, _name in rows for column, _word in columns
    }  # fmt: skip
    row_sums = {row: _unless(hidden, row in hidden.rows, _sum(own, 0, row)) for row, _name in rows}
    column_sums = {column: _unless(hidden, column in hidden.columns, _sum(own, 1, column)) for column, _name in columns}
    total = _unless(hidden, False, sum(own.values()))
    return Crosstab(code, *sides, rows, columns, cells, row_sums, column_sums, total)


def _unless(hidden: Pattern, told: bool, people: int) -> int | None:
    return None if told or hidden.everything else people


def _sum(own: Mapping[Cell, int], at: int, code: int) -> int:
    return sum(people for cell, people in own.items() if cell[at] == code)


def _present(side: str, codes: set[int]) -> tuple[tuple[int, str], ...]:
    """Codes somebody has, with their words; ages and sexes always all."""
    words = labels(side)
    wanted = sorted(set(words) if side in ("age", "sex") else codes)
    return tuple((code, words.get(code, str(code))) for code in wanted)


def _turned(table: Crosstab) -> Crosstab:
    cells = {(column, row): people for (row, column), people in table.cells.items()}
    return Crosstab(table.area, table.second, table.first, table.columns, table.rows, cells, table.column_sums,
                    table.row_sums, table.total)  # fmt: skip


def _part(place: Place, table: Mapping[Cell, int], hidden: Pattern) -> Part:
    men, women = (_unless(hidden, sex in hidden.columns, _sum(table, 1, sex)) for sex in (MEN, WOMEN))
    return Part(place.code, place.name, place.level, men, women, _unless(hidden, False, sum(table.values())))


def default_area() -> str:
    """The code of the city, whose numbers are shown first."""
    city = places.city()
    return city.code if city else str(settings.PASTI_CITY.get("code", ""))
