"""Many at the same moment: one letter, one step, one number, none missing."""

from __future__ import annotations

import uuid
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from pasti.kernel.accounts.scope import everyone, scoped
from pasti.siap_pak_rt.models import Letter, LetterStep, NumberSeries
from pasti.siap_pak_rt.services import papers
from tests.civil.conftest import RT, make_town
from tests.purut.test_races import together

from .letters import asked, decided, issued, official, resident

CITY = everyone("99.01", "siap_pak_rt.letters")


@pytest.fixture
def place(fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A town whose commits are real, with a resident and the heads."""
    monkeypatch.setattr(papers, "prepare", lambda content: SimpleNamespace(pk=uuid.uuid4()))
    town = make_town()
    return SimpleNamespace(town=town, siti=resident(town.mother), rt=official("ketua_rt"), fresh=fresh_database)


def test_thirty_issued_at_once_carry_the_numbers_one_to_thirty(place: Any) -> None:
    letters = [asked(place.siti, place.town.mother, "domisili") for _ in range(30)]
    done = together([lambda one=one: decided(place.rt, one).serial for one in letters], 10)
    assert sorted(done) == list(range(1, 31))
    assert NumberSeries.objects.get(unit_code=RT).last == 30
    with scoped(CITY):
        assert Letter.objects.values("number").distinct().count() == 30


def test_an_issue_that_fails_leaves_no_gap(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, three = (asked(place.siti, place.town.mother, "domisili") for _ in range(3))
    assert decided(place.rt, one).serial == 1

    def broken(content: Any) -> None:
        raise RuntimeError("the printer is on fire")

    with monkeypatch.context() as patch:
        patch.setattr(papers, "prepare", broken)
        with pytest.raises(RuntimeError):
            decided(place.rt, two)
    with scoped(CITY):
        assert Letter.objects.get(pk=two.pk).state == "at_rt"
        assert LetterStep.objects.filter(letter=two).count() == 1
    assert decided(place.rt, three).serial == 2
    assert decided(place.rt, two).serial == 3


def test_of_two_officials_who_press_at_once_one_decides_and_the_other_is_told(place: Any) -> None:
    letter, second = asked(place.siti, place.town.mother, "domisili"), official("ketua_rt")
    results = together(
        [
            lambda: decided(place.rt, letter).state,
            lambda: decided(second, letter, "refuse", reason="Bukan warga").state,
        ],
        2,
    )
    assert "sudah-diputus" in results
    assert {*results} & {"issued", "refused"}
    with scoped(CITY):
        assert LetterStep.objects.filter(letter=letter).count() == 2


def test_a_double_tap_is_one_step_and_one_number(place: Any) -> None:
    letter = asked(place.siti, place.town.mother, "domisili")
    results = together([lambda: decided(place.rt, letter, client_id="tap").serial for _ in range(6)], 6)
    assert results == [1] * 6
    with scoped(CITY):
        assert LetterStep.objects.filter(letter=letter).count() == 2


def test_a_wish_sent_six_times_at_once_is_one_letter(place: Any) -> None:
    act = lambda: asked(place.siti, place.town.mother, client_id="kirim").pk  # noqa: E731
    assert len({*together([act] * 6, 6)}) == 1
    with scoped(CITY):
        assert Letter.objects.count() == LetterStep.objects.count() == 1


def test_taking_back_and_signing_at_once_end_in_one_of_the_two(place: Any) -> None:
    from pasti.siap_pak_rt.services import letters as acts

    from .letters import as_

    def take_back(letter: Letter) -> str:
        with as_(place.siti):
            return str(acts.cancel(letter.pk).state)

    made = [asked(place.siti, place.town.mother, "domisili") for _ in range(6)]
    wishes = [act for one in made for act in (lambda o=one: take_back(o), lambda o=one: decided(place.rt, o).state)]
    results = Counter(together(wishes, 4))
    with scoped(CITY):
        ended = Counter(Letter.objects.values_list("state", flat=True))
        serials = sorted(Letter.objects.filter(state="issued").values_list("serial", flat=True))
    assert set(ended) <= {"issued", "cancelled"}
    assert serials == list(range(1, len(serials) + 1)), results


def test_each_unit_and_each_year_counts_for_itself(place: Any) -> None:
    rw = official("ketua_rw")
    assert issued(asked(place.siti, place.town.mother, "keramaian"), place.rt, rw).serial == 1
    assert issued(asked(place.siti, place.town.mother, "domisili"), place.rt).serial == 1
    NumberSeries.objects.create(unit_code=RT, year=2020, last=99)
    assert issued(asked(place.siti, place.town.mother, "domisili"), place.rt).serial == 2
