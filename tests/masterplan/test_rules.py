"""Formulas, achievement and periods of the plan."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasti.masterplan.rules import formula, periods
from pasti.masterplan.rules.achievement import Polarity, Target, achievement, band, mean

WIB = ZoneInfo("Asia/Jakarta")
VALUES = {"a.x": Decimal(6), "b.y": Decimal(4), "c.zero": Decimal(0), "d.none": None}
NUMBERS = st.decimals(min_value=1, max_value=10**6, places=2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.x", 6),
        ("a.x + b.y * 2", 14),
        ("(a.x + b.y) * 2", 20),
        ("-a.x + 0.5", Decimal("-5.5")),
        ("a.x / b.y", Decimal("1.5")),
        ("a.x / c.zero", None),
        ("a.x + d.none", None),
        ("a.x + e.unheard_of", None),
    ],
)
def test_a_formula_is_arithmetic_over_measures_and_no_data_is_not_zero(text: str, value: Decimal | None) -> None:
    assert formula.evaluate(text, VALUES) == value


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "a.x.y", "a.x if b.y else 1", "a.x > 1", "[a.x]", "lambda: 1", "a.x ** 9", "'a'", "True + a.x",
     "a.x +", "a" * 400, "", "a.x; b.y", "f(a.x)", "a.x[0]"],
)  # fmt: skip
def test_anything_else_is_not_a_formula(text: str) -> None:
    with pytest.raises(formula.BadFormula):
        formula.evaluate(text, VALUES)


@pytest.mark.parametrize(
    "text",
    ["a.x ** 9", "a.x % b.y", "a.x // b.y", "a.x | b.y", "foo", "a.x + foo", "A.x", "a . x", "x1.y", "+a.x", "f(a.x)"],
)
def test_what_cannot_be_evaluated_is_refused_when_the_pack_is_read(text: str) -> None:
    for question in (formula.check, lambda wrong: formula.evaluate(f"{wrong} + d.none", VALUES)):
        with pytest.raises(formula.BadFormula):
            question(text)


def test_the_measures_of_a_formula_are_named_once_in_order() -> None:
    assert formula.measures_in("b.y / (a.x + b.y) * 100") == ["b.y", "a.x"]


@pytest.mark.parametrize(
    ("real", "target", "polarity", "percent"),
    [
        (45, Target.of(Decimal(50)), Polarity.HIGHER, 90),
        (60, Target.of(Decimal(50)), Polarity.HIGHER, 120),
        (40, Target.of(Decimal(50)), Polarity.LOWER, 120),
        (60, Target.of(Decimal(50)), Polarity.LOWER, 80),
        (200, Target.of(Decimal(50)), Polarity.LOWER, 0),
        (5, Target(Decimal(4), Decimal(6)), Polarity.RANGE, 100),
        (3, Target(Decimal(4), Decimal(6)), Polarity.RANGE, 75),
        (9, Target(Decimal(4), Decimal(6)), Polarity.RANGE, 50),
        (0, Target.of(Decimal(0)), Polarity.LOWER, 100),
        (1, Target.of(Decimal(0)), Polarity.LOWER, 0),
        (1, Target.of(Decimal(0)), Polarity.HIGHER, 100),
        (-2, Target.of(Decimal(-4)), Polarity.HIGHER, 150),
        (-6, Target.of(Decimal(-4)), Polarity.HIGHER, 50),
    ],
)
def test_achievement_after_permenpanrb_8_2021(real: int, target: Target, polarity: Polarity, percent: int) -> None:
    assert achievement(Decimal(real), target, polarity) == percent


def _published() -> list[tuple[dict[str, float], float]]:
    text = Path(__file__).with_name("golden_cases.json").read_text()
    cases = json.loads(text)["capaian_kinerja_permenpanrb8_2021"]["cases"]
    return [(case, case.get("exact", case["published_percent"])) for case in cases]


@pytest.mark.parametrize(("case", "percent"), _published())
def test_the_examples_printed_in_the_regulation_come_out(case: dict[str, float], percent: float) -> None:
    target = Target(Decimal(str(case["target_low"])), Decimal(str(case["target_high"])))
    polarity = {"positive": Polarity.HIGHER, "negative": Polarity.LOWER}[str(case["kind"])]
    found = achievement(Decimal(str(case["realisasi"])), target, polarity)
    assert float(found or 0) == pytest.approx(percent, abs=1e-4)


def test_without_value_or_target_there_is_no_achievement() -> None:
    assert achievement(None, Target.of(Decimal(1)), Polarity.HIGHER) is None
    assert achievement(Decimal(1), None, Polarity.HIGHER) is None
    assert band(None) == ""


@given(NUMBERS, NUMBERS, NUMBERS)
def test_more_is_never_worse_where_higher_is_better_and_never_better_where_lower_is(
    one: Decimal, other: Decimal, bound: Decimal
) -> None:
    less, more = sorted((one, other))
    target = Target.of(bound)
    for polarity, first, then in ((Polarity.HIGHER, less, more), (Polarity.LOWER, more, less)):
        worse, better = achievement(first, target, polarity), achievement(then, target, polarity)
        assert worse is not None
        assert better is not None
        assert 0 <= worse <= better


@given(NUMBERS, st.sampled_from(list(Polarity)))
def test_reaching_the_target_is_a_hundred(bound: Decimal, polarity: Polarity) -> None:
    assert achievement(bound, Target.of(bound), polarity) == 100


@pytest.mark.parametrize(
    ("percent", "name"),
    [("90.01", "very_high"), ("90", "high"), ("75", "medium"), ("65", "low"), ("50", "very_low"), ("0", "very_low")],
)
def test_bands_of_permendagri_86_2017_leave_no_gap(percent: str, name: str) -> None:
    assert band(Decimal(percent)) == name


@given(NUMBERS, NUMBERS, st.tuples(NUMBERS, NUMBERS).map(sorted))
def test_nearer_to_a_wanted_range_is_never_worse_on_either_side(
    one: Decimal, other: Decimal, wish: list[Decimal]
) -> None:
    target = Target(*wish)
    for side in (max, min):
        edge = side(wish)
        near, far = sorted((side(one, edge), side(other, edge)), key=lambda real: abs(real - edge))
        better, worse = achievement(near, target, Polarity.RANGE), achievement(far, target, Polarity.RANGE)
        assert better is not None
        assert worse is not None
        assert 0 <= worse <= better <= 100


def test_one_overshoot_cannot_hide_failures_in_a_mean() -> None:
    assert mean([Decimal(1000), Decimal(20), None]) == 70
    assert mean([None]) is None


def test_a_year_and_its_months_begin_at_midnight_of_the_city() -> None:
    whole = periods.year(2026, WIB)
    assert (whole.start, whole.end) == (
        dt.datetime(2025, 12, 31, 17, tzinfo=dt.UTC),
        dt.datetime(2026, 12, 31, 17, tzinfo=dt.UTC),
    )
    months = periods.months(2026, WIB, dt.datetime(2026, 3, 31, 17, tzinfo=dt.UTC))
    assert [m.label for m in months] == ["2026-01", "2026-02", "2026-03", "2026-04"], "April has begun in Pasuruan"
    assert all(one.end == then.start for one, then in itertools.pairwise(months))


def test_a_month_begins_with_its_first_instant_and_not_before() -> None:
    april = dt.datetime(2026, 4, 1, tzinfo=WIB)
    assert len(periods.months(2026, WIB, april - dt.timedelta(microseconds=1))) == 3
    assert len(periods.months(2026, WIB, april)) == 4
    assert [len(periods.months(year, WIB, april)) for year in (2025, 2027)] == [12, 0]
