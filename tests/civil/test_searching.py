"""Finding people: as written, as it sounds, by number and by where they live; never beyond the scope."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from pasti.civil import queries, services
from pasti.civil.rules import searching
from pasti.kernel.accounts.scope import Scope, everyone, scoped
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.errors import Refused

from .conftest import OTHER_RT, RT, new

CITY = everyone("99.01", "civil.pelayanan")


def names_for(text: str, **more: Any) -> list[str]:
    return [one.name for one in queries.find(text, **more).people]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("3575.0201.0190.9001", searching.Asked(number="3575020101909001")),
        ("Tapa'an  Syafi’i", searching.Asked(("tapaan", "syafii"))),
        ("budi rt 3/rw 2", searching.Asked(("budi",), rt="003", rw="002")),
        ("RT.03 / 2", searching.Asked(rt="003", rw="002")),
        ("Jl. Mawar no 3", searching.Asked(("mawar", "3"), street=True)),
        ("siti kel. Su'ung", searching.Asked(("siti",), kelurahan="suung")),
        ("  ", searching.Asked()),
        ("%_\\", searching.Asked()),
    ],
)
def test_what_is_typed_is_taken_apart(text: str, asked: searching.Asked) -> None:
    assert searching.taken_apart(text) == asked


@pytest.fixture
def crowd(town: Any) -> Any:
    """Namesakes and near ones around the town's family."""
    with scoped(CITY):
        for name in ("Aminah", "Aminah Zulfa", "Siti Aminah", "Benyamina", "Mohammad Aminn", "Sjafei Lain"):
            services.register_person(new(name), purpose="civil.pelayanan")
    return town


@pytest.mark.django_db
class TestFinding:
    def test_the_name_itself_comes_first_then_beginnings_then_sounds_then_fragments(self, crowd: Any) -> None:
        with scoped(CITY):
            assert names_for("aminah") == ["Aminah", "Aminah Zulfa", "Siti Aminah", "Mohammad Aminn"]
            assert names_for("enyam") == ["Benyamina"]

    @pytest.mark.parametrize("words", ["syafii", "SYAFI’I", "hidayat syafi", "Sjafei hidayat", "syafi`i hidayat"])
    def test_spelling_case_apostrophes_and_order_do_not_matter(self, town: Any, words: str) -> None:
        with scoped(CITY):
            assert names_for(words)[0] == "Syafi'i Hidayat"

    def test_a_number_finds_its_holder_and_a_card_those_on_it(self, town: Any) -> None:
        with scoped(CITY):
            assert names_for("9901 0102 0385 9001") == ["Syafi'i Hidayat"]
            assert names_for("99.01.01.010110.9001") == ["Syafi'i Hidayat", "Siti Ni'mah", "Zahra Syafi'i"]
            assert names_for("9901010203") == []

    def test_a_number_the_card_had_before_still_leads_to_it(self, town: Any) -> None:
        with scoped(CITY):
            house = services.House(OTHER_RT, "Jl. Melati", "9", "9901020303269001")
            services.report_move_within(
                town.family.pk, house, services.Report(dt.date(2026, 3, 2), "civil.pelayanan")
            )  # fmt: skip
            assert len(names_for("9901010101109001")) == 3
            assert len(names_for("9901020303269001")) == 3

    def test_street_rt_and_rw_find_those_who_live_there(self, town: Any) -> None:
        with scoped(CITY):
            assert names_for("jl mawar 3") == ["Siti Ni'mah", "Syafi'i Hidayat", "Zahra Syafi'i"]
            assert names_for("mawar") == ["Siti Ni'mah", "Syafi'i Hidayat", "Zahra Syafi'i"]
            assert len(names_for("rt 1 rw 1")) == 4
            assert names_for("rt 1 rw 1 kel lembah") == ["Budi Jauh"]
            assert names_for("zahra rt 2") == []

    @pytest.mark.parametrize("text", ["budi", "budi jauh", "9901010203859002", "rt 1 kel lembah"])
    def test_nobody_beyond_the_scope_is_found(self, town: Any, text: str) -> None:
        with scoped(Scope((RT,), (), "civil.pelayanan")):
            assert "Budi Jauh" not in names_for(text)

    def test_the_function_of_the_owner_gives_no_id_without_a_scope(self, town: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM civil_people_found('{budi}', '{bt}', false, NULL, NULL, NULL, NULL, 10)")
            assert cursor.fetchall() == []

    def test_a_restricted_record_is_found_by_the_citys_registry_alone(self, town: Any) -> None:
        with scoped(CITY):
            services.restrict(town.father.pk, purpose="civil.pelayanan")
            assert names_for("syafii hidayat")[:1] == ["Syafi'i Hidayat"]
        with scoped(Scope(("99.01.01.1001",), (), "civil.pelayanan")):
            assert "Syafi'i Hidayat" not in names_for("syafii")

    def test_pages_follow_each_other_over_all_ranks_without_repeating(self, crowd: Any) -> None:
        with scoped(CITY):
            whole, seen, cursor = names_for("amina"), [], ""
            while cursor is not None:
                page = queries.find("amina", cursor=cursor, limit=1)
                seen += [one.name for one in page.people]
                cursor = page.next
        assert seen == whole
        assert len(seen) == 5

    @pytest.mark.parametrize("cursor", ["x", "WzksICJhIiwgMV0", "bnVsbA", "WzAsICJhIiwgIm5vIl0"])
    def test_a_cursor_of_nobody_is_refused(self, town: Any, cursor: str) -> None:
        with scoped(CITY), pytest.raises(Refused, match="Kursor"):
            queries.find("siti", cursor=cursor)

    def test_everyone_shown_sees_it(self, town: Any) -> None:
        with scoped(CITY):
            queries.find("zahra")
        assert trail_of(town.child.pk).filter(action="civil.people.listed").count() == 1
        assert not trail_of(town.stranger.pk).filter(action="civil.people.listed").exists()

    def test_odd_signs_are_only_signs(self, town: Any) -> None:
        with scoped(CITY):
            for text in ("a'b\"c; DROP TABLE", "%", "a%", "\\", "(((", "🙂", "o'brien:*", "x" * 500):
                queries.find(text)
