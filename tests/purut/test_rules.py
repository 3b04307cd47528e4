"""The hospital's rules hold for every input, not only for the examples."""

from __future__ import annotations

import datetime as dt
import secrets
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasti.purut.rules import numbers, states, times, words
from pasti.purut.rules.states import ACTIVE, AT_PHARMACY, FOLLOWS, State

ENDED = {State.DONE, State.CANCELLED, State.NO_SHOW}
START = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
ANAK = ["Anak", "Paediatrics", "anak", "bayi", "demam", "batuk pilek"]
MATA = ["Mata", "Ophthalmology", "rabun", "katarak"]


@given(st.lists(st.sampled_from(State), max_size=20))
def test_no_way_leads_out_of_an_end_or_back_to_the_booking(wishes: list[State]) -> None:
    now, seen = State.BOOKED, [State.BOOKED]
    for wish in wishes:
        if states.may_become(now, wish):
            now = wish
            seen.append(now)
    assert seen.count(State.BOOKED) == 1
    assert not any(state in ENDED for state in seen[:-1])
    assert State.DONE not in seen or State.SERVING in seen
    assert State.SERVING not in seen or State.CALLED in seen
    assert State.CALLED not in seen or State.CHECKED_IN in seen


@given(st.sampled_from(State), st.sampled_from(State))
def test_before_and_after_agree(now: State, then: State) -> None:
    assert states.may_become(now, then) == (now in states.states_before(then))


def test_every_state_is_reached_and_every_active_one_can_end() -> None:
    reached, open_ = {State.HELD}, [State.HELD]
    while open_:
        new = FOLLOWS[open_.pop()] - reached
        reached |= new
        open_ += new
    assert reached == set(State)
    assert {state for state in State if FOLLOWS[state]} == ACTIVE | AT_PHARMACY == set(State) - ENDED


@given(st.integers(1, 240), st.integers(1, 300))
def test_a_window_holds_the_expected_time_and_moves_on_with_the_number(minutes: int, number: int) -> None:
    this, following = times.window(START, minutes, number), times.window(START, minutes, number + 1)
    expected = START + dt.timedelta(minutes=minutes * (number - 1))
    assert START <= this.begins <= expected < this.ends
    assert this.ends - this.begins >= times.SHORTEST
    assert this.begins <= following.begins
    assert this.ends <= following.ends


def test_the_first_patient_is_expected_at_the_start() -> None:
    assert times.window(START, 10, 1) == times.Window(START, START + dt.timedelta(minutes=15))


def test_booking_closes_at_the_minute_and_not_before() -> None:
    ends = START + dt.timedelta(hours=4)
    closes = ends - dt.timedelta(minutes=60)
    assert times.bookable(closes - dt.timedelta(microseconds=1), ends, 60)
    assert not times.bookable(closes, ends, 60)


def test_local_times_are_those_of_the_city() -> None:
    moment = times.moment(dt.date(2026, 3, 2), dt.time(8, 0), ZoneInfo("Asia/Jakarta"))
    assert moment.astimezone(dt.UTC) == START


@given(st.sets(st.integers(1, 7)), st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)), st.integers(0, 60))
def test_dates_are_all_the_asked_weekdays_and_no_others(weekdays: set[int], first: dt.date, length: int) -> None:
    last = first + dt.timedelta(days=length)
    found = times.dates(weekdays, first, last)
    assert found == sorted(set(found))
    every = [first + dt.timedelta(days=n) for n in range(length + 1)]
    assert [day for day in every if day not in found] == [day for day in every if day.isoweekday() not in weekdays]


def test_nothing_lies_between_a_day_and_the_day_before() -> None:
    assert times.dates({1, 2, 3, 4, 5, 6, 7}, dt.date(2026, 1, 2), dt.date(2026, 1, 1)) == []


def test_codes_are_drawn_from_letters_that_are_not_mistaken() -> None:
    codes = {numbers.booking_code(secrets.choice) for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 8 and set(code) <= set(numbers.ALPHABET) for code in codes)


@given(st.text(numbers.ALPHABET, min_size=8, max_size=8))
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    assert numbers.read_code(code) == code
    assert numbers.read_code(f" {code[:4].lower()}-{code[4:].lower()} ") == code
    assert numbers.read_code(code.replace("0", "o").replace("1", "l")) == code
    assert numbers.read_code(code.replace("0", "O").replace("1", "I")) == code


def test_a_number_is_printed_with_three_digits_and_spoken_one_by_one() -> None:
    assert numbers.label("B", 12) == "B-012"
    assert numbers.spoken("B", 12, "ruang 3") == "Nomor antrean B, nol satu dua. Silakan ke ruang 3."


@pytest.mark.parametrize(
    "query", ["anak", "anakk", "ANAK", "dokter anak", "poli anak", "demam", "dmam", "batuk", "paed"]
)
def test_daily_and_mistyped_words_find_the_clinic(query: str) -> None:
    assert words.score(query, ANAK) >= 0.74
    assert words.score(query, MATA) < 0.6


@pytest.mark.parametrize("query", ["xyzzy", "qwerty", "", "   ", "dokter", "poli rumah sakit", "a"])
def test_nonsense_and_words_that_say_nothing_find_nothing(query: str) -> None:
    assert words.score(query, ANAK) == 0


def test_the_exact_word_wins_over_the_mistyped() -> None:
    assert words.score("anak", ANAK) == 1 > words.score("anakk", ANAK)


@given(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=5))
def test_a_score_lies_between_nothing_and_all(query: str, known: list[str]) -> None:
    assert 0 <= words.score(query, known) <= 1
