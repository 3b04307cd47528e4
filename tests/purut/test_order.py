"""Who is called next: the published rule holds for every line, and nobody waits for ever."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pasti.purut.rules import order
from pasti.purut.rules.order import Priority, Waiting

START = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
CLASSES = ["", "", "lansia", "hamil", "disabilitas"]
lines = st.lists(st.sampled_from(CLASSES), max_size=40).map(
    lambda found: [Waiting(number, priority) for number, priority in enumerate(found, 1)]
)
ratios = st.integers(1, 6)


def numbers(found: list[Waiting]) -> list[int]:
    return [one.number for one in found]


@given(lines, ratios)
def test_everyone_is_called_once_and_each_line_keeps_its_order(line: list[Waiting], ratio: int) -> None:
    called = order.in_order(line, [], ratio)
    assert sorted(numbers(called)) == numbers(line)
    for mine in (True, False):
        own = [one.number for one in called if bool(one.priority) == mine]
        assert own == sorted(own)


@given(lines, ratios)
def test_of_every_one_plus_ratio_calls_one_goes_to_those_called_first(line: list[Waiting], ratio: int) -> None:
    """While both wait: never more of the others in a row than the ratio, never two first ones closer than it."""
    called = order.in_order(line, [], ratio)
    firsts = [at for at, one in enumerate(called) if one.priority]
    others = [at for at, one in enumerate(called) if not one.priority]
    both = [at for at in firsts if others and at < others[-1]]
    assert all(at == ratio + turn * (1 + ratio) for turn, at in enumerate(both))


@given(lines, ratios, st.data())
def test_an_emergency_is_called_at_once(line: list[Waiting], ratio: int, data: st.DataObject) -> None:
    recent = data.draw(st.lists(st.sampled_from(CLASSES), max_size=8))
    urgent = Waiting(99, Priority.DARURAT)
    assert order.following([*line, urgent], recent, ratio) == urgent


def test_the_example_on_the_wall() -> None:
    line = [Waiting(n) for n in range(1, 8)] + [Waiting(8, "lansia"), Waiting(9, "hamil")]
    assert numbers(order.in_order(line, [], 3)) == [1, 2, 3, 8, 4, 5, 6, 9, 7]
    assert numbers(order.in_order(line, ["", "", ""], 3))[0] == 8
    assert numbers(order.in_order(line, ["", "lansia", ""], 3))[:3] == [1, 2, 8]
    assert order.following([], [], 3) is None


def test_who_comes_late_waits_for_two_and_who_was_skipped_for_three() -> None:
    line = [Waiting(n) for n in (4, 5, 6, 7)]
    assert order.was_passed(2, "", [(3, "")])
    assert not order.was_passed(2, "", [(3, "lansia")]), "another line's call passes nobody"
    late = Waiting(2, "", order.turn_of_late(line, ""), START)
    skipped = Waiting(3, "", order.turn_of_skipped(Waiting(3), line, 1), START)
    assert numbers(order.in_order([*line, late], [], 3)) == [4, 5, 2, 6, 7]
    assert numbers(order.in_order([*line, skipped], [], 3)) == [4, 5, 6, 3, 7]
    again = Waiting(3, "", order.turn_of_skipped(skipped, line, 2), START)
    assert numbers(order.in_order([*line, again], [], 3)) == [4, 5, 6, 7, 3]


@given(lines, ratios, st.lists(st.booleans(), min_size=400, max_size=400))
def test_nobody_is_called_past_more_often_than_twice_by_each_other(
    line: list[Waiting], ratio: int, answers: list[bool]
) -> None:
    """However many do not answer and are skipped, the first call of each comes in time: no starvation."""
    waiting, recent, calls, seen, at = list(line), list[str](), dict.fromkeys(numbers(line), 0), set[int](), 0
    for answered in answers:
        one = order.following(waiting, recent, ratio)
        if one is None:
            break
        at += 1
        waiting.remove(one)
        recent.insert(0, one.priority)
        calls[one.number] += 1
        seen.add(one.number)
        if not answered and calls[one.number] < 4:
            turn = order.turn_of_skipped(one, waiting, calls[one.number])
            waiting.append(Waiting(one.number, one.priority, turn, START + dt.timedelta(seconds=at)))
        if len(seen) < len(line):
            own = bool(one.priority)
            still = {w.number for w in waiting if w.number not in seen and bool(w.priority) == own}
            assert not still or calls[one.number] <= 2, "a third call before somebody's first"
    assert not waiting or at == len(answers)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2026, 1, 1)), st.integers(50, 100))
def test_age_is_counted_on_the_day_of_the_visit(birth: dt.date, elderly: int) -> None:
    if (birth.month, birth.day) == (2, 29):
        return
    birthday = birth.replace(year=birth.year + elderly)
    for day, found in ((birthday, "lansia"), (birthday - dt.timedelta(days=1), "")):
        assert order.priority_by_age(birth, day, elderly_from=elderly, classes=["lansia"]) == found
        assert order.priority_by_age(birth, day, elderly_from=elderly, classes=["hamil"]) == ""


@given(lines)
def test_places_are_a_total_order(line: list[Waiting]) -> None:
    assert all(one.place < other.place for one, other in pairwise(sorted(line, key=lambda w: w.place)))
