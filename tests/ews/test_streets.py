"""Water in the street, seen by people where no gauge stands, proposes a warning when enough of them say so."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from pasti.ews.rules.streets import Report, StreetRules, group, metres, near, propose
from tests.ews.gauges import minute

RULES = StreetRules()
JAWA = (-7.6440, 112.9040)


def report(who: str, north: float = 0, at: float = 0, depth: float = 30.0) -> Report:
    """Someone so many metres north of Jalan Jawa."""
    return Report(who, JAWA[0] + north / 111_195, JAWA[1], depth, minute(at))


def test_three_neighbours_propose_and_say_how_many_they_are() -> None:
    ((found_group, found),) = propose([report("a"), report("b", 120, 10, 50), report("c", 240, 25)], RULES)
    assert found.stage == 2
    assert found_group.people == 3
    assert found.sentence_id == "3 laporan genangan dari 3 pelapor dalam 25 menit, terdalam 50 cm."


def test_one_person_however_often_is_one() -> None:
    assert propose([report("a", at=n) for n in range(10)] + [report("b")], RULES) == []


def test_puddles_warn_nobody_and_a_bath_tub_makes_no_flood() -> None:
    assert propose([report(who, depth=5) for who in "abcd"], RULES) == []
    ((_, found),) = propose([report(who, depth=15) for who in "abc"] + [report("d", depth=150)], RULES)
    assert found.stage == 1, "one deep report among three shallow ones"


def test_far_or_long_apart_is_not_the_same_water() -> None:
    assert propose([report("a"), report("b", 300), report("c", 600)], RULES) == []
    assert propose([report("a"), report("b", at=70), report("c", at=140)], RULES) == []


def test_more_reports_of_the_same_water_keep_the_key_of_the_warning() -> None:
    early = [report("a"), report("b", 50, 5), report("c", 90, 9)]
    more = [*early, report("d", 200, 30), report("e", 300, 40)]
    assert propose(early, RULES)[0][1].key == propose(more, RULES)[0][1].key


def test_distance_agrees_with_the_length_of_a_degree() -> None:
    assert abs(metres(0, 0, 0, 1) - 111_195) < 1
    assert abs(metres(-7.64, 112.9, -7.65, 112.9) - 1111.95) < 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 2000), st.integers(0, 300)), max_size=25), st.randoms()
)
def test_groups_do_not_depend_on_the_order_and_nothing_near_is_parted(
    seen: list[tuple[str, int, int]], chance: object
) -> None:
    reports = [report(who, north, at) for who, north, at in seen]
    groups = group(reports, RULES)
    chance.shuffle(reports)  # type: ignore[attr-defined]
    assert group(reports, RULES) == groups
    assert sum(len(one.reports) for one in groups) == len(set(reports))
    for one, other in itertools.combinations(groups, 2):
        assert not any(near(a, b, RULES) for a in one.reports for b in other.reports)
