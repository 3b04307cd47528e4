"""The rules of letters alone: states, working days, numbers, texts."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasti.siap_pak_rt.rules import letter_numbers, letter_states, letter_texts, working_days
from pasti.siap_pak_rt.rules.letter_states import LEVELS, OPEN, State, Verdict, after, allowed, first

ROUTES = [("rt",), ("rt", "rw"), ("rt", "rw", "kelurahan"), ("kelurahan",), ("rt", "kelurahan")]
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
HOLIDAYS = st.sets(DAYS, max_size=40)
FRIDAY, DAY = dt.date(2026, 11, 27), dt.timedelta(days=1)


@pytest.mark.parametrize("route", ROUTES)
def test_approving_goes_through_every_level_of_the_route_and_ends_issued(route: tuple[str, ...]) -> None:
    state, seen = first(route), []
    while state in OPEN:
        seen.append(letter_states.LEVEL_OF[state])
        assert letter_states.issues(state, route) == (after(state, Verdict.APPROVE, route) is State.ISSUED)
        state = after(state, Verdict.APPROVE, route)
    assert state is State.ISSUED
    assert sorted(set(seen), key=LEVELS.index) == list(route)
    assert seen.count("kelurahan") == (2 if "kelurahan" in route else 0), "verified, then signed"


@pytest.mark.parametrize(("state", "verdict"), list(product(State, Verdict)))
def test_no_verdict_means_anything_once_a_letter_has_ended(state: State, verdict: Verdict) -> None:
    if verdict in allowed(state):
        assert after(state, verdict, ("rt", "rw", "kelurahan")) is not state
    else:
        with pytest.raises(letter_states.NotAllowed):
            after(state, verdict, ("rt", "rw", "kelurahan"))


def test_only_the_rt_asks_to_meet_and_refusing_ends_it_everywhere() -> None:
    assert [state for state in State if Verdict.MEET in allowed(state)] == [State.AT_RT]
    assert {after(state, Verdict.REFUSE, ("rt", "rw", "kelurahan")) for state in OPEN} == {State.REFUSED}


def test_above_the_kelurahan_is_nobody() -> None:
    assert [letter_states.level_above(level) for level in LEVELS] == ["rw", "kelurahan", ""]


@settings(deadline=None)
@given(DAYS, st.integers(0, 40), HOLIDAYS)
def test_the_promised_day_is_worked_and_exactly_so_many_working_days_away(
    day: dt.date, count: int, holidays: set[dt.date]
) -> None:
    due = working_days.add(day, count, holidays)
    assert working_days.is_working(due, holidays)
    assert due >= day
    if count:
        assert working_days.between(day, due, holidays) == count


@settings(deadline=None)
@given(DAYS, st.integers(0, 20), st.integers(0, 20), HOLIDAYS)
def test_more_days_promise_a_later_day_and_holidays_never_an_earlier_one(
    day: dt.date, few: int, more: int, holidays: set[dt.date]
) -> None:
    assert working_days.add(day, few, holidays) <= working_days.add(day, few + more, holidays)
    assert working_days.add(day, few) <= working_days.add(day, few, holidays)


@settings(deadline=None)
@given(DAYS, DAYS, HOLIDAYS)
def test_counting_back_is_counting_forth(one: dt.date, other: dt.date, holidays: set[dt.date]) -> None:
    assert working_days.between(one, other, holidays) == -working_days.between(other, one, holidays)


def test_weekends_holidays_and_the_turn_of_months_and_years() -> None:
    assert working_days.add(FRIDAY, 1) == dt.date(2026, 11, 30)
    assert working_days.add(FRIDAY + DAY, 1) == dt.date(2026, 11, 30), "asked on a Saturday counts from Monday"
    assert working_days.add(dt.date(2026, 11, 30), 1) == dt.date(2026, 12, 1)
    christmas, new_year = dt.date(2026, 12, 25), dt.date(2027, 1, 1)
    assert working_days.add(dt.date(2026, 12, 24), 1, {christmas}) == dt.date(2026, 12, 28)
    assert working_days.add(dt.date(2026, 12, 31), 2, {new_year}) == dt.date(2027, 1, 5)


def test_numbers_are_written_as_the_pack_says() -> None:
    rt, day = "35.75.02.1004.007.006", dt.date(2026, 11, 24)
    write = letter_numbers.number
    assert write("470", "{code}/{serial:04}/{unit}/{year}", 12, "35.75.02.1004", day) == "470/0012/35.75.02.1004/2026"
    assert write("470", "{serial:03}/RT.{rt}/RW.{rw}/{month}/{year}", 7, rt, day) == "007/RT.06/RW.07/XI/2026"


@pytest.mark.parametrize(
    "pattern",
    ["{serial}", "{year}", "{serial}/{year}/{x}", "{serial.__class__}/{year}", "{serial:zz}/{year}", "{", "{}{year}"],
)
def test_patterns_that_cannot_make_a_number_are_found(pattern: str) -> None:
    assert letter_numbers.faults(pattern)


@settings(deadline=None)
@given(
    st.text(max_size=80), st.dictionaries(st.from_regex(r"\w{1,8}", fullmatch=True), st.text(max_size=20), max_size=4)
)
def test_what_was_typed_is_never_read_as_a_placeholder(text: str, values: dict[str, str]) -> None:
    evil = {"nama": "{nik} {0} %s", "nik": "rahasia"}
    assert letter_texts.fill("{nama}", evil) == "{nik} {0} %s"
    letter_texts.fill(text, values)  # and no text breaks it


def test_what_is_missing_is_a_dash_as_on_paper() -> None:
    assert letter_texts.fill("sejak {mulai}, {lain}", {"mulai": ""}) == "sejak -, -"


def test_fields_are_judged_one_by_one() -> None:
    field = letter_texts.Field
    wanted = [field("a"), field("b", "date", False), field("c", "number", False), field("d", "choice", True, ("x",))]
    kept, faults = letter_texts.judge(wanted, {"a": "  satu\x00\n", "b": dt.date(2026, 1, 2), "c": "", "d": "x"})
    assert (kept, faults) == ({"a": "satu", "b": "2026-01-02", "d": "x"}, {})
    _kept, faults = letter_texts.judge(wanted, {"b": "kemarin", "c": "1,5", "d": "y", "e": "z"})
    assert faults == {"a": "required", "b": "date", "c": "number", "d": "choice", "e": "unknown"}
