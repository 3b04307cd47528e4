"""A report on its way: the RT sends it once, the kelurahan confirms it once, and then the register has it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from pasti.civil.models import Family, Membership, Peristiwa, Person, PersonVersion
from pasti.kernel.accounts.access import actor_for, scope_where
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import today
from pasti.kernel.context import acting_as
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.notify.models import Message
from pasti.kernel.outbox.services import deliver_waiting
from pasti.kernel.publish.registry import subscriptions
from pasti.siap_pak_rt.models import Laporan, LaporanStep
from pasti.siap_pak_rt.services import desk_reports as reports
from tests.siap_pak_rt.conftest import KELURAHAN, OTHER_KELURAHAN, OTHER_RT, RT, make_official, make_town

DAY = dt.date(2026, 11, 2)


@contextmanager
def doing(user: User, permission: str) -> Iterator[None]:
    """As a request of `user` that may do `permission`."""
    with acting_as(actor_for(user)), scoped(scope_where(user, permission, "siap_pak_rt.laporan")):
        yield


def asked(kind: str, town: Any, **more: Any) -> reports.ReportAsked:
    """A plain report of each kind."""
    told: dict[str, Any] = {
        "birth": {"name": "Bayi Ni'mah", "sex": 1},
        "death": {"place": "Rumah"},
        "move_out": {"people": [str(town.father.pk), str(town.mother.pk), str(town.child.pk)], "destination": "Malang"},
        "move_within": {"rt_code": OTHER_RT, "street": "Jl. Melati", "house": "9"},
        "move_in": {
            "street": "Jl. Kenanga", "house": "1", "number": "9901010101109055", "origin": "Malang",
            "members": [{"name": "Kepala Baru", "sex": 1, "birth_place": "Malang", "birth_date": "1990-02-03",
                         "religion": 1, "relation": 1},
                        {"name": "Anak Baru", "sex": 2, "birth_place": "Malang", "birth_date": "2020-02-03",
                         "religion": 1, "relation": 4}],
        },
        "marriage": {"spouse_name": "Wati dari Malang"},
        "data_change": {"field": "occupation", "value": "5"},
        "temporary": {"name": "Joko Kos", "religion": 1, "nik": "9901011203959001", "origin": "Malang"},
    }.get(kind, {})  # fmt: skip
    person = {"birth": town.mother, "stillbirth": town.mother, "marriage": town.child}.get(kind, town.father)
    facts: dict[str, Any] = {"told": told, "occurred_on": DAY, "rt_code": RT, "sure": True}
    if kind in ("move_out", "move_within"):
        facts["family_id"] = town.family.pk
    elif kind not in ("move_in", "temporary"):
        facts["person_id"] = person.pk
    return reports.ReportAsked(kind=kind, **(facts | more))


KINDS = ("birth", "stillbirth", "death", "move_in", "move_out", "move_within", "marriage", "missing", "data_change",
         "temporary")  # fmt: skip


@pytest.fixture
def head(official: Callable[..., User]) -> User:
    return official("ketua_rt", RT)


@pytest.fixture
def officer(official: Callable[..., User]) -> User:
    return official("kelurahan", KELURAHAN)


def sent(head: User, what: reports.ReportAsked, client_id: str | None = None) -> Laporan:
    with doing(head, "siap_pak_rt.report"):
        return reports.submit(what, client_id=client_id)


def state_of_register() -> list[Any]:
    with scoped(everyone("99.01", "x")):
        people = Person.objects.exclude(status_dasar=9).order_by("id")
        members = Membership.objects.filter(ends=None).exclude(person__status_dasar=9).order_by("person_id")
        return [
            list(people.values("id", "name", "status_dasar", "marital_status", "rt_code", "occupation")),
            list(members.values("person_id", "family_id", "relation")),
            list(Family.objects.exclude(memberships=None).order_by("id").values("id", "rt_code", "closed_on")),
        ]


def counted(rt: str) -> int:
    with scoped(everyone("99.01", "x")):
        return sum(PersonVersion.objects.filter(status_dasar=1, rt_code=rt).values_list("sign", flat=True))


def test_a_report_changes_nothing_until_it_is_confirmed(town: Any, head: User, officer: User) -> None:
    before, people = state_of_register(), counted(RT)
    laporan = sent(head, asked("death", town))
    assert (laporan.state, laporan.reporter_name) == ("submitted", head.name)
    assert state_of_register() == before
    with doing(officer, "siap_pak_rt.decide"):
        done = reports.confirm(laporan.pk, seen_version=1)
        assert Person.objects.get(pk=town.father.pk).status_dasar == 2
        assert [step.step for step in LaporanStep.objects.order_by("id")] == ["submitted", "confirmed"]
        assert Peristiwa.objects.get(pk=done.peristiwa_id).dukcapil_state == "not_reported"
    assert counted(RT) == people - 1, "the denominators change with it"


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_reaches_the_register_and_can_be_taken_back(town: Any, head: User, officer: User, kind: str) -> None:
    before = state_of_register()
    laporan = sent(head, asked(kind, town))
    with doing(officer, "siap_pak_rt.decide"):
        reports.confirm(laporan.pk)
    assert kind == "stillbirth" or state_of_register() != before
    with doing(officer, "siap_pak_rt.decide"):
        assert reports.reverse(laporan.pk, "salah orang").state == "reversed"
        assert reports.reverse(laporan.pk, "salah orang").state == "reversed"
    after = state_of_register()
    assert [after[0], after[1]] == [before[0], before[1]]


def test_a_divorce_ends_the_marriage_of_the_couple_on_the_card(town: Any, head: User, officer: User) -> None:
    with scoped(everyone("99.01", "x")):
        Person.objects.filter(pk__in=[town.father.pk, town.mother.pk]).update(marital_status=2)
    laporan = sent(head, asked("divorce", town))
    with doing(officer, "siap_pak_rt.decide"):
        reports.confirm(laporan.pk)
        assert {Person.objects.get(pk=one.pk).marital_status for one in (town.father, town.mother)} == {3}


def test_a_birth_is_put_on_the_mothers_card_with_the_father_beside_her(town: Any, head: User, officer: User) -> None:
    with scoped(everyone("99.01", "x")):
        Person.objects.filter(pk__in=[town.father.pk, town.mother.pk]).update(marital_status=2)
    laporan = sent(head, asked("birth", town))
    with doing(officer, "siap_pak_rt.decide"):
        reports.confirm(laporan.pk)
        child = Person.objects.get(name="Bayi Ni'mah")
        assert (child.father_name, child.mother_name) == (town.father.name, town.mother.name)
        assert Membership.objects.get(person=child).family_id == town.family.pk


def test_the_same_report_sent_twice_is_one(town: Any, head: User) -> None:
    first, again = (sent(head, asked("birth", town), client_id="hp:1") for _ in range(2))
    assert first == again
    other = make_official("ketua_rt", RT, "deputy")
    assert sent(other, asked("birth", town), client_id="hp:1") != first, "another phone counts for itself"


def test_a_person_dies_once_also_from_two_phones(town: Any, head: User) -> None:
    sent(head, asked("death", town), client_id="a")
    with pytest.raises(Refused) as refusal:
        sent(head, asked("death", town), client_id="b")
    assert refusal.value.code == "sudah-dilaporkan"


def test_what_looks_odd_is_shown_and_can_be_sent_all_the_same(town: Any, head: User) -> None:
    young = asked("marriage", town, sure=False)
    with pytest.raises(Refused) as refusal:
        sent(head, young)
    assert (refusal.value.code, refusal.value.field, refusal.value.extra["warnings"]) == (
        "perlu-dilihat", "sure", ["too_young"],
    )  # fmt: skip
    assert sent(head, asked("marriage", town)).sure is True


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("death", {"occurred_on": dt.date(2999, 1, 1)}, "occurred_on"),
        ("death", {"occurred_on": dt.date(1950, 1, 1)}, "occurred_on"),
        ("birth", {"told": {"name": "", "sex": 1}}, "name"),
        ("birth", {"told": {"name": "x" * 151, "sex": 1}}, "name"),
        ("death", {"person_id": None}, "person"),
        ("divorce", {}, "occurred_on"),
        ("data_change", {"told": {"field": "rt_code", "value": OTHER_RT}}, "field"),
        ("data_change", {"told": {"field": "nik", "value": "12"}}, "value"),
        ("move_out", {"told": {"people": ["00000000-0000-4000-8000-000000000000"]}}, "people"),
        ("move_in", {"told": {"street": "x", "number": "x", "members": []}}, "members"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(town: Any, head: User, kind: str, change: Any, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        sent(head, asked(kind, town, **change))
    assert (refusal.value.field, refusal.value.status) == (field, 422)
    with scoped(everyone("99.01", "x")):
        assert not Laporan.objects.exists()


def test_a_mother_who_is_recorded_as_a_man_stops_a_birth(town: Any, head: User) -> None:
    with pytest.raises(Refused) as refusal:
        sent(head, asked("birth", town, person_id=town.father.pk))
    assert refusal.value.extra["why"] == "mother_sex"


def test_it_comes_back_with_a_reason_is_mended_and_confirmed(town: Any, head: User, officer: User) -> None:
    laporan = sent(head, asked("death", town))
    with doing(officer, "siap_pak_rt.decide"):
        with pytest.raises(Refused) as refusal:
            reports.send_back(laporan.pk, "  ")
        assert refusal.value.field == "reason"
        reports.send_back(laporan.pk, "Foto surat kematian tidak terbaca", seen_version=1)
        with pytest.raises(Refused):
            reports.confirm(laporan.pk)
    with doing(head, "siap_pak_rt.report"):
        mended = reports.mend(laporan.pk, asked("death", town, occurred_on=dt.date(2026, 11, 3)), seen_version=1)
        assert (mended.version, mended.state, mended.reason) == (2, "submitted", "")
        with pytest.raises(Refused):
            reports.mend(laporan.pk, asked("death", town), seen_version=1)
    with doing(officer, "siap_pak_rt.decide"):
        with pytest.raises(Refused) as refusal:
            reports.confirm(laporan.pk, seen_version=1)
        assert refusal.value.code == "sudah-diputus", "what was looked at is not what stands there now"
        reports.confirm(laporan.pk, seen_version=2)
        assert Peristiwa.objects.get().occurred_on == dt.date(2026, 11, 3)
        assert [s.told for s in LaporanStep.objects.all()] == [{"place": "Rumah"}] * 4


def test_withdrawn_is_withdrawn_and_no_longer_in_the_way(town: Any, head: User, officer: User) -> None:
    laporan = sent(head, asked("death", town))
    with doing(head, "siap_pak_rt.report"):
        assert reports.withdraw(laporan.pk, "salah nama").state == reports.withdraw(laporan.pk).state == "withdrawn"
    with doing(officer, "siap_pak_rt.decide"), pytest.raises(Refused):
        reports.confirm(laporan.pk)
    sent(head, asked("death", town))


def test_outside_the_scope_there_is_no_report(town: Any, head: User) -> None:
    laporan = sent(head, asked("death", town))
    far = make_official("kelurahan", OTHER_KELURAHAN)
    other = make_official("ketua_rt", OTHER_RT)
    with doing(far, "siap_pak_rt.decide"):
        for act in (reports.confirm, lambda pk: reports.send_back(pk, "x"), lambda pk: reports.reverse(pk, "x")):
            with pytest.raises(NotFound):
                act(laporan.pk)
    with doing(other, "siap_pak_rt.report"):
        for what in (asked("death", town), asked("death", town, rt_code=OTHER_RT)):
            with pytest.raises(NotFound):
                reports.submit(what)
        with pytest.raises(NotFound):
            reports.withdraw(laporan.pk)


def test_an_rt_head_who_works_for_a_kelurahan_elsewhere_does_not_confirm_the_own_reports(town: Any, head: User) -> None:
    from pasti.kernel.accounts.services import assign

    laporan = sent(head, asked("death", town))
    assign(head, "kelurahan", unit_code=OTHER_KELURAHAN, unit_name="Lain", area_code=OTHER_KELURAHAN)
    with doing(head, "siap_pak_rt.decide"), pytest.raises(NotFound):
        reports.confirm(laporan.pk)


def test_a_refusal_of_the_register_leaves_the_report_waiting(town: Any, head: User, officer: User) -> None:
    told = asked("move_in", town).told | {"number": "9901010101109001"}  # the card of another family
    laporan = sent(head, asked("move_in", town, told=told))
    before = state_of_register()
    with doing(officer, "siap_pak_rt.decide"):
        with pytest.raises(Refused) as refusal:
            reports.confirm(laporan.pk)
        assert refusal.value.code == "kk-terpakai"
        assert Laporan.objects.get(pk=laporan.pk).state == "submitted"
    assert state_of_register() == before


def test_the_database_alone_keeps_reports_in_their_rt_and_steps_as_they_were(town: Any, head: User) -> None:
    sent(head, asked("death", town))
    with scoped(everyone(OTHER_RT, "x")), connection.cursor() as cursor:
        for table in ("siap_pak_rt_laporan", "siap_pak_rt_laporanstep"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] == 0
    with scoped(everyone("99.01", "x")):
        for act in ("UPDATE siap_pak_rt_laporanstep SET reason = 'x'", "DELETE FROM siap_pak_rt_laporan"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(act)


def test_the_reporter_is_told_once_and_without_names(town: Any, head: User, officer: User) -> None:
    laporan = sent(head, asked("death", town))
    with doing(officer, "siap_pak_rt.decide"):
        reports.send_back(laporan.pk, "tanggal keliru")
        reports.send_back(laporan.pk, "tanggal keliru")
    deliver_waiting(subscriptions())
    message = Message.objects.get(user=head)
    assert message.url == f"/siap-pak-rt/lapor/{laporan.pk}/"
    assert town.father.name not in message.title + message.body


def test_the_person_reads_in_words_who_did_what_in_which_role(town: Any, head: User, officer: User) -> None:
    laporan = sent(head, asked("missing", town))
    with doing(officer, "siap_pak_rt.decide"):
        reports.confirm(laporan.pk)
    rows = Entry.objects.filter(subject_id=town.father.pk, action__startswith="siap_pak_rt.laporan")
    assert [(row.action, row.actor_role) for row in rows.order_by("id")] == [
        ("siap_pak_rt.laporan.submitted", "ketua_rt"), ("siap_pak_rt.laporan.confirmed", "kelurahan"),
    ]  # fmt: skip


def test_two_officers_at_once_make_one_confirmation(fresh_database: str) -> None:
    town = make_town()
    head = make_official("ketua_rt", RT)
    officers = [make_official("kelurahan", KELURAHAN, f"petugas{n}") for n in range(6)]
    laporan = sent(head, asked("birth", town))
    outcomes: list[str] = []

    def decide(user: User, n: int) -> None:
        with doing(User.objects.get(pk=user.pk), "siap_pak_rt.decide"):
            try:
                outcomes.append(
                    reports.confirm(laporan.pk).state if n % 3 else reports.send_back(laporan.pk, "x").state
                )
            except Refused as refusal:
                outcomes.append(refusal.code)
        connections.close_all()

    threads = [threading.Thread(target=decide, args=(user, n)) for n, user in enumerate(officers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(outcomes)) in (["confirmed", "sudah-diputus"], ["returned", "sudah-diputus"])
    assert outcomes.count("sudah-diputus") == 5
    with scoped(everyone("99.01", "x")):
        born = Person.objects.filter(name="Bayi Ni'mah").count()
        assert born == (1 if "confirmed" in outcomes else 0)
        assert LaporanStep.objects.count() == 2


def test_ten_sendings_at_once_are_one_report(fresh_database: str) -> None:
    town = make_town()
    head = make_official("ketua_rt", RT)
    seen: list[Any] = []

    def send() -> None:
        seen.append(sent(User.objects.get(pk=head.pk), asked("birth", town), client_id="hp:7").pk)
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 10
    assert len(set(seen)) == 1


def test_reported_today_counts_by_the_citys_day(town: Any, head: User) -> None:
    assert sent(head, asked("death", town)).sent_on == today()
