"""Small numbers are hidden, and cannot be computed from what is shown: not in a table, not between areas."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from pasti.civil.rules import small_cells
from pasti.civil.rules.small_cells import LEAST

PLACES = ("1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.2.1", "1.1.2.2")
AREAS = ("1.1", "1.1.1", "1.1.2", *PLACES)

numbers = st.one_of(st.integers(0, 9), st.integers(0, 60))


@st.composite
def cities(draw):
    """Tables of the smallest areas of a small city: codes 1..n by 1..m."""
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    places = draw(st.sampled_from([PLACES, PLACES[:2], PLACES[:1], PLACES[2:], (PLACES[0], PLACES[3])]))
    cells = list(product(range(1, rows + 1), range(1, columns + 1)))
    return {place: {cell: draw(numbers) for cell in cells} for place in places}


def shown(leaves):
    """Every printed or hidden number by name -> (value or None, true value): cells, sums and totals of every area."""
    printed = {}
    for area in AREAS:
        inside = [table for place, table in leaves.items() if f"{place}.".startswith(f"{area}.")]
        if not inside:
            continue
        own = small_cells.total(inside)

        def table_of(code):
            return small_cells.total(t for place, t in leaves.items() if f"{place}.".startswith(f"{code}."))

        hidden = small_cells.of_area(area, leaves, table_of)
        rows, columns = {row for row, _ in own}, {column for _, column in own}
        for cell, people in own.items():
            printed[area, "cell", cell] = (hidden.everything or cell in hidden.cells, people)
        for row in rows:
            people = sum(own[row, column] for column in columns)
            printed[area, "row", row] = (hidden.everything or row in hidden.rows, people)
        for column in columns:
            people = sum(own[row, column] for row in rows)
            printed[area, "column", column] = (hidden.everything or column in hidden.columns, people)
        printed[area, "total", 0] = (hidden.everything, sum(own.values()))
    return printed


def equations(leaves):
    """All that an outsider knows to be true: cells make sums, sums make totals, areas make the area around them."""
    rows, columns = ({cell[at] for table in leaves.values() for cell in table} for at in (0, 1))
    present = [area for area in AREAS if any(f"{place}.".startswith(f"{area}.") for place in leaves)]
    for area in present:
        for row in rows:
            yield [(area, "row", row)], [(area, "cell", (row, column)) for column in columns]
        for column in columns:
            yield [(area, "column", column)], [(area, "cell", (row, column)) for row in rows]
        yield [(area, "total", 0)], [(area, "row", row) for row in rows]
        parts = [one for one in present if one.rpartition(".")[0] == area]
        if parts:
            for what in [("cell", cell) for cell in product(rows, columns)] + [("total", 0)]:
                yield [(area, *what)], [(part, *what) for part in parts]


def derivable(leaves):
    """The hidden numbers that follow from the printed ones, by elimination with exact fractions."""
    printed = shown(leaves)
    unknown = [name for name, (hidden, _) in printed.items() if hidden]
    index = {name: at for at, name in enumerate(unknown)}
    system = []
    for left, right in equations(leaves):
        line = [Fraction(0)] * len(unknown)
        for names, sign in ((left, 1), (right, -1)):
            for name in names:
                if name in index:
                    line[index[name]] += sign
        system.append(line)
    return [unknown[at] for at in _determined(system, len(unknown))]


def _determined(system, width):
    """Unknowns whose value is fixed: after elimination their row holds nothing else."""
    pivots, rank = {}, 0
    for column in range(width):
        chosen = next((line for line in range(rank, len(system)) if system[line][column]), None)
        if chosen is None:
            continue
        system[rank], system[chosen] = system[chosen], system[rank]
        lead = system[rank][column]
        system[rank] = [value / lead for value in system[rank]]
        for line in range(len(system)):
            if line != rank and system[line][column]:
                factor = system[line][column]
                system[line] = [a - factor * b for a, b in zip(system[line], system[rank], strict=True)]
        pivots[column], rank = rank, rank + 1
    return [column for column, row in pivots.items() if sum(value != 0 for value in system[row]) == 1]


@settings(max_examples=150, deadline=None)
@given(cities())
def test_no_hidden_number_follows_from_the_printed_ones(leaves):
    assert derivable(leaves) == []


@settings(max_examples=150, deadline=None)
@given(cities())
def test_no_number_from_one_to_four_is_printed(leaves):
    for name, (hidden, people) in shown(leaves).items():
        assert hidden or people == 0 or people >= LEAST, name


def test_the_check_itself_finds_a_number_that_can_be_computed():
    one_hidden = small_cells.Pattern(cells=frozenset({(1, 1)}))
    original, small_cells.pattern = small_cells.pattern, lambda tables, around=small_cells.NOTHING: one_hidden
    try:
        table = {(1, 1): 3, (1, 2): 40, (2, 1): 30, (2, 2): 20}
        assert ("1.1.1.1", "cell", (1, 1)) in derivable({"1.1.1.1": table, "1.1.1.2": table})
    finally:
        small_cells.pattern = original


def test_a_table_without_small_numbers_is_shown_whole():
    table = {(row, column): 10 * row + column for row in range(1, 5) for column in (1, 2)}
    found = small_cells.pattern([table])
    assert (found.rows, found.columns, found.cells) == (frozenset(), frozenset(), frozenset())


def test_a_lonely_small_number_takes_the_cheapest_rectangle_with_it():
    table = {(1, 1): 3, (1, 2): 40, (2, 1): 7, (2, 2): 9, (3, 1): 90, (3, 2): 80}
    assert small_cells.pattern([table]).cells == {(1, 1), (1, 2), (2, 1), (2, 2)}


def test_an_area_of_fewer_than_five_hides_the_areas_beside_it_too():
    crowd, few = {(1, 1): 50, (2, 1): 70}, {(1, 1): 2, (2, 1): 1}
    assert small_cells.pattern([crowd, few]).everything
