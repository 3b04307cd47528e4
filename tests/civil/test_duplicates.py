"""Two records that may be one person: judged by rules, found without comparing all with all, decided once, undone."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from pasti.civil import queries, services
from pasti.civil.models import CodeEntry, DuplicatePair, Membership, Person
from pasti.civil.rules import duplicates as rules
from pasti.civil.services import duplicates
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, everyone, scoped
from pasti.kernel.accounts.services import assign, issue_token
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.clock import now
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.outbox.models import StoredEvent

from .conftest import OTHER_RT, RT, make_town, new

CITY = everyone("99.01", duplicates.PURPOSE)
BORN = dt.date(1990, 3, 12)
AMINAH = rules.Record("Siti Aminah", BORN, 2, mother_name="Khadijah")
words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=10)


@pytest.mark.parametrize(
    ("other", "sign"),
    [
        ({}, "birth_date"),
        ({"name": "Sitti Aminna"}, "name_near"),
        ({"name": "Siti Aminah Zahra"}, "name_near"),
        ({"birth_date": dt.date(1990, 12, 3)}, "birth_swapped"),
        ({"birth_date": dt.date(1990, 3, 13)}, "birth_near"),
        ({"birth_date": dt.date(1980, 3, 12)}, "birth_near"),
        ({"mother_name": "Chadidjah"}, "mother_near"),
        ({"name": "Lain Sekali", "nik": "9901015203909001"}, "nik"),
    ],
)
def test_what_makes_two_records_look_alike(other: dict[str, Any], sign: str) -> None:
    one = replace(AMINAH, nik="9901015203909001") if "nik" in other else AMINAH
    found = rules.likeness(one, replace(AMINAH, **other))
    assert sign in found.signs
    assert found.is_enough


@pytest.mark.parametrize(
    "other",
    [
        {"name": "Budi Santoso"},
        {"birth_date": dt.date(1971, 8, 30)},
        {"mother_name": "", "name": "Siti Aminahwati Nur"},
        {"sex": 1, "mother_name": ""},
    ],
)
def test_what_does_not(other: dict[str, Any]) -> None:
    assert not rules.likeness(AMINAH, replace(AMINAH, **other)).is_enough


def test_twins_are_told_apart_and_births_too_close_are_not() -> None:
    mother = "9901014705689001"
    one = rules.Record("Hasan Basri", BORN, 1, "9901011203909001", "Khadijah", mother)
    twin = replace(one, name="Husein Bahri", nik="9901011203909002")
    assert not rules.likeness(one, twin).is_enough
    later = replace(twin, name="Zainal", birth_date=BORN + dt.timedelta(days=120))
    assert "births_close" in rules.likeness(one, later).signs
    assert rules.likeness(one, later).is_enough
    assert not rules.births_too_close(one, replace(twin, birth_date=BORN + dt.timedelta(days=1)))
    assert not rules.births_too_close(one, replace(twin, birth_date=BORN + dt.timedelta(days=300)))


@given(words, words)
def test_the_distance_is_the_same_both_ways_and_zero_only_for_the_same(one: str, other: str) -> None:
    assert rules.distance(one, other, 5) == rules.distance(other, one, 5)
    assert (rules.distance(one, other, 5) == 0) == (one == other)


@given(words, st.integers(0, 9), st.sampled_from("abcxyz"))
def test_one_wrong_letter_is_one_error(word: str, at: int, letter: str) -> None:
    at = min(at, len(word) - 1)
    changed = word[:at] + letter + word[at + 1 :]
    assert rules.distance(word, changed, 3) == (word != changed)
    assert rules.distance(word, word[:at] + word[at + 1 :], 3) == 1


@given(st.builds(rules.Record, words, st.dates(dt.date(1950, 1, 1), dt.date(2026, 1, 1)), st.sampled_from([1, 2])),
       st.builds(rules.Record, words, st.dates(dt.date(1950, 1, 1), dt.date(2026, 1, 1)), st.sampled_from([1, 2])))  # fmt: skip
def test_likeness_has_no_order_and_stays_between_0_and_100(one: rules.Record, other: rules.Record) -> None:
    assert rules.likeness(one, other) == rules.likeness(other, one)
    assert 0 <= rules.likeness(one, other).score <= 100


def twice(town: Any) -> Any:
    """The father entered a second time in another kelurahan, without a NIK, with day and month swapped."""
    again = replace(new("Sjafei Hidajat", rt=OTHER_RT), birth_date=dt.date(1985, 2, 3), mother_name="Khadijah")
    services.update_person(town.father.pk, {"mother_name": "Chadijah"}, purpose="x")
    return services.register_person(again, purpose="x")


@pytest.mark.django_db
class TestDeciding:
    def test_the_finder_finds_the_pair_once_and_looks_only_at_what_is_new(self, town: Any) -> None:
        with scoped(CITY):
            twice(town)
            assert (duplicates.find_new().pairs, duplicates.find_new().pairs) == (1, 0)
            pair = DuplicatePair.objects.get()
            assert set(pair.signs) == {"name_near", "birth_swapped", "mother_near"}
            assert pair.rt_code == "99.01.01"
            assert duplicates.common_place(RT, OTHER_RT) == "99.01.01"

    def test_a_pair_is_shown_only_to_who_may_see_both(self, town: Any) -> None:
        with scoped(CITY):
            twice(town)
            duplicates.find_new()
            pk = DuplicatePair.objects.get().pk
        with scoped(Scope(("99.01.01.1001",), (), duplicates.PURPOSE)):
            assert not queries.open_pairs().exists()
            with pytest.raises(NotFound):
                queries.comparison(pk, purpose="x")
            with pytest.raises(NotFound):
                duplicates.keep_apart(pk, "x")

    def test_two_people_stay_two_and_are_not_asked_about_again(self, town: Any) -> None:
        with scoped(CITY):
            twice(town)
            duplicates.find_new()
            pair = DuplicatePair.objects.get()
            with pytest.raises(Refused, match="alasan"):
                duplicates.keep_apart(pair.pk, "  ")
            duplicates.keep_apart(pair.pk, "KTP diperiksa")
            duplicates.find_new()
            assert DuplicatePair.objects.get().state == "different"
            with pytest.raises(Refused, match="sudah diputuskan"):
                duplicates.merge(pair.pk, town.father.pk, "x")

    def test_merging_keeps_both_histories_and_the_lost_id_leads_on(self, town: Any) -> None:
        with scoped(CITY):
            lost = twice(town)
            told = services.Report(dt.date(2026, 3, 2), "x")
            services.report_change(lost.pk, {"education": 5}, told)
            services.report_change(town.father.pk, {"occupation": 5}, told)
            duplicates.find_new()
            duplicates.merge(DuplicatePair.objects.get().pk, town.father.pk, "KTP diperiksa")
            gone = Person.objects.get(pk=lost.pk)
            assert (gone.status_dasar, gone.merged_into_id) == (9, town.father.pk)
            found = queries.person(lost.pk)
            assert found.pk == town.father.pk
            assert len(queries.happenings(found)) == 2
            assert [one.pk for one in queries.find("sjafei").people] == [town.father.pk, town.child.pk]
        event = StoredEvent.objects.get(name="civil.PersonMerged")
        assert (event.payload["person_id"], event.payload["merged_id"]) == (str(town.father.pk), str(lost.pk))

    def test_the_one_that_goes_on_takes_number_and_card_when_it_has_none(self, town: Any) -> None:
        with scoped(CITY):
            kept = twice(town)
            duplicates.find_new()
            duplicates.merge(DuplicatePair.objects.get().pk, kept.pk, "akta diperiksa")
            assert Person.objects.get(pk=kept.pk).nik == "9901010203859001"
            assert Membership.objects.get(family=town.family.pk, relation=1, ends=None).person_id == kept.pk

    @pytest.mark.parametrize("keep", ["father", "again"])
    def test_a_merge_taken_back_restores_both(self, town: Any, keep: str) -> None:
        with scoped(CITY):
            again = twice(town)
            before = _state()
            duplicates.find_new()
            pair = DuplicatePair.objects.get()
            duplicates.merge(pair.pk, town.father.pk if keep == "father" else again.pk, "keliru")
            assert _state() != before
            duplicates.separate(pair.pk, "ternyata dua orang")
            assert _state() == before
            assert DuplicatePair.objects.get().state == "open"
            duplicates.keep_apart(pair.pk, "dua orang")

    def test_the_head_of_a_card_with_others_cannot_vanish_from_it(self, town: Any) -> None:
        with scoped(CITY):
            again = twice(town)
            services.open_family(
                "9901020101109001", head=again.pk, street="Jl. X", house="1", rt_code=OTHER_RT, purpose="x"
            )
            duplicates.find_new()
            pair = DuplicatePair.objects.get()
            with pytest.raises(Refused, match="kepala"):
                duplicates.merge(pair.pk, again.pk, "x")
            assert DuplicatePair.objects.get().state == "open"


def _state() -> list[Any]:
    people = Person.objects.order_by("id").values("id", "nik", "status_dasar", "merged_into_id", "mother_name")
    cards = Membership.objects.filter(ends=None).order_by("person_id").values("person_id", "family_id", "relation")
    return [list(people), list(cards)]


def test_of_two_officers_at_once_one_decides(fresh_database: str) -> None:
    town = make_town()
    with scoped(CITY):
        twice(town)
        duplicates.find_new()
        pair = DuplicatePair.objects.get().pk
    outcomes: list[str] = []

    def decide(keep: Any) -> None:
        try:
            with scoped(CITY):
                duplicates.merge(pair, keep, "bersamaan") if keep else duplicates.keep_apart(pair, "bersamaan")
            outcomes.append("decided")
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=[keep]) for keep in (town.father.pk, None, town.father.pk, None)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["decided", "sudah-diputus", "sudah-diputus", "sudah-diputus"]


@pytest.fixture
def clerk(town: Any, client: Any) -> Any:
    user = User.objects.create_user("petugas", name="Petugas", kind="official")
    assign(user, "dukcapil", unit_code="99.01", unit_name="Dinas", area_code="99.01")
    client.force_login(user)
    with scoped(CITY):
        twice(town)
        duplicates.find_new()
        client.pair = DuplicatePair.objects.get()
    return client


def test_the_page_marks_what_differs_and_takes_the_decision(clerk: Any, town: Any) -> None:
    path = f"/kependudukan/ganda/{clerk.pair.pk}/"
    assert path in clerk.get("/kependudukan/ganda/").content.decode()
    page = clerk.get(path).content.decode()
    assert "tanggal dan bulan lahir tertukar" in page
    assert "is-different" in page
    assert "9901010203859001" not in page
    refused = clerk.post(path, {"verdict": str(town.father.pk), "reason": ""})
    assert refused.status_code == 422
    assert clerk.post(path, {"verdict": str(town.father.pk), "reason": "KTP diperiksa"}).status_code == 302
    late = clerk.post(path, {"verdict": "different", "reason": "terlambat"})
    assert (late.status_code, "sudah diputuskan" in late.content.decode()) == (422, True)
    assert "KTP diperiksa" in clerk.get("/kependudukan/ganda/?keadaan=merged").content.decode()
    assert clerk.post(f"{path}buka-lagi/", {"reason": "keliru"}).status_code == 302
    assert "Catat putusan" in clerk.get(path).content.decode()


def test_the_list_of_pairs_asks_the_same_few_questions_however_long_it_is(
    clerk: Any, town: Any, django_assert_max_num_queries: Any
) -> None:
    with scoped(CITY):
        for at in range(12):
            one = services.register_person(new(f"Kembar Palsu {at}"), purpose="x")
            first, second = sorted([one.pk, town.child.pk])
            DuplicatePair.objects.create(
                first_id=first, second_id=second, score=75, rt_code=RT, recorded_at=clerk.pair.recorded_at
            )
    with django_assert_max_num_queries(14):
        clerk.get("/kependudukan/ganda/")


def test_an_rt_head_finds_and_opens_people_but_does_not_judge_pairs(town: Any, client: Any) -> None:
    head = User.objects.create_user("rt", name="Ketua", kind="official")
    assign(head, "ketua_rt", unit_code=RT, unit_name="RT", area_code=RT)
    with scoped(CITY):
        services.update_person(town.child.pk, {"disability": 1}, purpose="x")
    client.force_login(head)
    found = client.get("/kependudukan/", {"q": "syafi’i"}).content.decode()
    assert "Syafi'i Hidayat" in found.replace("&#x27;", "'")
    assert "990101********01" in found
    page = client.get(f"/kependudukan/orang/{town.father.pk}/").content.decode()
    assert "9901010203859001" not in page
    assert "Disabilitas" not in client.get(f"/kependudukan/orang/{town.child.pk}/").content.decode()
    shown = client.post(f"/kependudukan/orang/{town.father.pk}/nik/", {"reason": "mengisi surat pengantar"})
    assert "9901010203859001" in shown.content.decode()
    assert client.post(f"/kependudukan/orang/{town.father.pk}/nik/", {"reason": ""}).status_code == 422
    assert client.get(f"/kependudukan/keluarga/{town.family.pk}/").status_code == 200
    assert client.get("/kependudukan/ganda/").status_code == 403
    assert client.get("/kependudukan/dukcapil/").status_code == 403
    entry = trail_of(town.father.pk).get(action="civil.nik.revealed")
    assert (entry.object_label, entry.purpose) == ("mengisi surat pengantar", "civil.pelayanan")


def test_the_page_tells_what_was_true_on_a_day(town: Any, client: Any) -> None:
    clerk = User.objects.create_user("kel", name="Petugas", kind="official")
    assign(clerk, "dukcapil", unit_code="99.01", unit_name="Dinas", area_code="99.01")
    with scoped(CITY):
        told = services.Report(dt.date(2026, 3, 2), "x")
        services.report_change(town.child.pk, {"name": "Zahra Baru"}, told)
        services.report_death(town.father.pk, services.Report(dt.date(2026, 5, 1), "x"))
        child, father = queries.person(town.child.pk), queries.person(town.father.pk)
        assert queries.as_of(child, dt.date(2026, 3, 1)).name == "Zahra Syafi'i"
        assert queries.as_of(child, dt.date(2026, 3, 2)).name == "Zahra Baru"
        assert not queries.as_of(child, dt.date(2014, 1, 1)).known
        CodeEntry.objects.create(key="status_dasar:2", list="status_dasar", code=2, name="MATI", changed_at=now())
        assert queries.as_of(father, dt.date(2026, 4, 30)).status != "MATI"
        assert queries.as_of(father, dt.date(2026, 5, 2)).status == "MATI"
    client.force_login(clerk)
    page = client.get(f"/kependudukan/orang/{town.child.pk}/", {"tanggal": "2026-03-01"}).content.decode()
    assert "Zahra Syafi" in page


def test_the_api_searches_and_tells_families_and_events(town: Any, client: Any) -> None:
    head = User.objects.create_user("rt2", name="Ketua", kind="official")
    assign(head, "ketua_rt", unit_code=RT, unit_name="RT", area_code=RT)
    with scoped(CITY):
        services.report_change(town.child.pk, {"name": "Zahra Baru"}, services.Report(dt.date(2026, 3, 2), "x"))
    bearer: dict[str, Any] = {"headers": {"Authorization": f"Bearer {issue_token(head, scopes=['*'])}"}}
    get = lambda path: client.get(f"/api/v1/civil/{path}", **bearer)  # noqa: E731
    assert [one["name"] for one in get("people?search=sjafei").json()["items"]] == ["Syafi'i Hidayat"]
    assert get("people?search=budi").json() == {"items": [], "next": None}
    assert get("people?search=siti&cursor=zzz").status_code == 400
    card = get(f"families/{town.family.pk}").json()
    assert [one["relation"] for one in card["members"]] == [1, 3, 4]
    assert [one["kind"] for one in get(f"people/{town.child.pk}/peristiwa").json()["items"]] == ["data_change"]
    assert get(f"people/{town.stranger.pk}/peristiwa").status_code == 404


def test_each_word_of_a_name_finds_one_of_its_own_whoever_is_asked_first() -> None:
    """Taking the first word that fits would leave the second without: "Sitti" is near both, "Sittii" near one."""
    assert rules.names_near("Sitti Siti", "Siti Sitti") == rules.names_near("Siti Sitti", "Sitti Siti") is True
    assert rules.near("a", "aa") == rules.near("aa", "a")
