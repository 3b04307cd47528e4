"""Hiding small numbers so that they cannot be computed from those that are shown.

A cell of one to four people is hidden. So that totals do not give it away, each hidden cell stands on a rectangle of four
hidden cells: what is taken from one corner can be given to the next, and every row and column still sums up. Areas
beside each other (the kelurahan of one kecamatan) hide the same cells, and at least those their common area hides: what
one of them gains on a rectangle another loses, so the sums over areas tell nothing either. Sums of rows and columns are
decided before the cells and by themselves, so that they are the same in every table with that side.

It keeps exact numbers from being found by adding and subtracting; it does not keep anyone from narrowing one down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

LEAST = 5  # the smallest number that is shown; 0 is shown too
CITY = 2  # parts of a city's code
Cell = tuple[int, int]
Cells = Mapping[Cell, int]


@dataclass(frozen=True)
class Pattern:
    """What is hidden: sums of rows, sums of columns, cells; or all of it where an area holds too few people."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
    cells: frozenset[Cell] = frozenset()
    everything: bool = False


NOTHING = Pattern()


def pattern(tables: Sequence[Cells], around: Pattern = NOTHING) -> Pattern:
    """What tables of areas beside each other must hide, when the area around them hides `around`."""
    if around.everything or any(0 < sum(table.values()) < LEAST for table in tables):
        return Pattern(everything=True)
    rows = sorted({row for table in tables for row, _ in table})
    columns = sorted({column for table in tables for _, column in table})
    hidden_rows = _sums(tables, 0, rows, around.rows)
    hidden_columns = _sums(tables, 1, columns, around.columns)
    hidden = {cell for table in tables for cell, people in table.items() if 0 < people < LEAST} | around.cells
    hidden |= {(row, column) for row in hidden_rows for column in columns}
    hidden |= {(row, column) for row in rows for column in hidden_columns}
    if len(rows) > 1 and len(columns) > 1:
        _on_rectangles(hidden, tables, rows, columns)
    return Pattern(frozenset(hidden_rows), frozenset(hidden_columns), frozenset(hidden))


def of_area(area: str, places: Iterable[str], table_of: Callable[[str], Cells]) -> Pattern:
    """What the table of `area` hides, given the dotted codes of all smallest areas, and any area's table.

    Level by level from the city (two parts of a code) down: each hides with the areas beside it what the area around hides.
    """
    around = NOTHING
    for level in range(CITY, area.count(".") + 2):
        inside = f"{_part(area, level - 1)}."
        beside = {_part(code, level) for code in places if level == CITY or code.startswith(inside)} | {
            _part(area, level)
        }
        around = pattern([table_of(code) for code in sorted(beside)], around)
    return around


def total(tables: Iterable[Cells]) -> dict[Cell, int]:
    """The sum of tables, cell by cell."""
    found: dict[Cell, int] = defaultdict(int)
    for table in tables:
        for cell, people in table.items():
            found[cell] += people
    return dict(found)


def _part(code: str, levels: int) -> str:
    return ".".join(code.split(".")[:levels])


def _sums(tables: Sequence[Cells], side: int, codes: Sequence[int], around: frozenset[int]) -> set[int]:
    """The codes of one side whose sums are hidden: small ones, and never one alone."""
    sums = [_along(table, side) for table in tables]
    hidden = {code for one in sums for code, people in one.items() if 0 < people < LEAST} | around
    others = [code for code in codes if code not in hidden]
    if len(hidden) == 1 and others:
        hidden.add(min(others, key=lambda code: (_empty(sums, code), sum(one.get(code, 0) for one in sums), code)))
    return hidden


def _along(table: Cells, side: int) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for cell, people in table.items():
        found[cell[side]] += people
    return found


def _empty(counts: Sequence[Mapping[int, int]], code: int) -> int:
    """In how many areas there is nobody: what is nobody everywhere hides nothing."""
    return sum(not one.get(code) for one in counts)


def _on_rectangles(hidden: set[Cell], tables: Sequence[Cells], rows: Sequence[int], columns: Sequence[int]) -> None:
    """Hide more cells until each hidden one is a corner of a rectangle of hidden ones, at the least loss."""
    cost = {(row, column): _cost(tables, (row, column)) for row in rows for column in columns}
    by_row: dict[int, set[int]] = {row: set() for row in rows}
    for row, column in hidden:
        by_row.setdefault(row, set()).add(column)
    for row, column in sorted(hidden):
        if any(other != row and column in held and len(held & by_row[row]) > 1 for other, held in by_row.items()):
            continue
        corners = [((row, b), (a, column), (a, b)) for a in rows if a != row for b in columns if b != column]
        best = min(corners, key=lambda three: sum(cost[one] for one in three if one not in hidden))
        for one in best:
            hidden.add(one)
            by_row[one[0]].add(one[1])


def _cost(tables: Sequence[Cells], cell: Cell) -> int:
    """The people no longer shown; a cell of nobody is a bad corner, for nothing can be taken from it."""
    counts = [table.get(cell, 0) for table in tables]
    return sum(counts) + 1_000_000 * sum(not people for people in counts)
