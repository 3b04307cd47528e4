"""What happens to people: each report is whole or not at all, once however often it is sent, and can be taken back."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from pasti.civil import services
from pasti.civil.models import Family, Membership, Peristiwa, Person, PersonVersion
from pasti.civil.rules import peristiwa as rules
from pasti.kernel.accounts.scope import Scope, everyone, scoped
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.outbox.models import StoredEvent

from .conftest import OTHER_RT, RT, make_town, new

CITY = everyone("99.01", "civil.pelayanan")
DAY = dt.date(2026, 3, 2)
CHILD = services.Child("Bayi Ni'mah", 1, "Rekaan", 1)


def told(day: dt.date = DAY, client_id: str | None = None, **details: Any) -> services.Report:
    return services.Report(day, "civil.pelayanan", client_id, details)


def state() -> list[Any]:
    """Everything that is counted or shown of people, to compare before and after."""
    people = Person.objects.exclude(status_dasar=9).order_by("id")
    members = Membership.objects.filter(ends=None).exclude(person__status_dasar=9).order_by("person_id")
    return [
        list(people.values("id", "name", "status_dasar", "marital_status", "rt_code", "marriage_date")),
        list(members.values("person_id", "family_id", "relation", "rt_code")),
        list(Family.objects.order_by("id").values("id", "number", "rt_code", "closed_on")),
    ]


def counted() -> int:
    return sum(PersonVersion.objects.filter(status_dasar=1).values_list("sign", flat=True))


def test_a_birth_adds_a_child_without_nik_to_its_mothers_card(town: Any) -> None:
    with scoped(CITY):
        before = counted()
        event = services.report_birth(town.mother.pk, CHILD, told(), father_id=town.father.pk)
        child = Person.objects.get(pk=event.person_id)
        assert (child.nik, child.mother_nik, child.father_name) == (None, town.mother.nik, town.father.name)
        assert Membership.objects.get(person=child).family_id == town.family.pk
        assert counted() == before + 1
        assert event.dukcapil_state == "not_reported"


def test_a_death_ends_the_membership_and_makes_a_widow(town: Any) -> None:
    with scoped(CITY):
        services.report_change(town.father.pk, {"marital_status": 2}, told())
        services.report_change(town.mother.pk, {"marital_status": 2}, told())
        services.report_death(town.father.pk, told())
        assert Person.objects.get(pk=town.father.pk).status_dasar == rules.DEAD
        assert Person.objects.get(pk=town.mother.pk).marital_status == rules.WIDOWED
        assert Membership.objects.get(person=town.father.pk).ends == max(
            DAY, Membership.objects.get(person=town.father.pk).starts
        )
        with pytest.raises(NotFound):
            services.report_death(town.father.pk, told())


def test_the_last_who_leaves_closes_the_card(town: Any) -> None:
    with scoped(CITY):
        services.report_move_out([town.father.pk, town.mother.pk, town.child.pk], told())
        assert Family.objects.get(pk=town.family.pk).closed_on == DAY
        assert set(Person.objects.filter(rt_code=RT).values_list("status_dasar", flat=True)) == {rules.MOVED}


def test_a_family_that_moves_takes_its_people_its_card_and_its_scope_along(town: Any) -> None:
    house = services.House(OTHER_RT, "Jl. Melati", "9", "9901020303269001")
    with scoped(CITY):
        services.report_move_within(town.family.pk, house, told())
        family = Family.objects.get(pk=town.family.pk)
        assert (family.number, family.rt_code, str(family.address)) == ("9901020303269001", OTHER_RT, "Jl. Melati 9")
        assert [one.number for one in family.numbers.all()] == ["9901010101109001"]
    with scoped(Scope((RT,), (), "civil.pelayanan")):
        assert not Person.objects.filter(pk=town.mother.pk).exists()
    with scoped(Scope((OTHER_RT,), (), "civil.pelayanan")):
        assert Membership.objects.filter(family=town.family.pk, ends=None).count() == 3


def test_a_marriage_and_a_divorce_change_both(town: Any) -> None:
    with scoped(CITY):
        services.report_marriage(town.stranger.pk, town.mother.pk, told(), certificate="470/12/2026")
        married = Person.objects.get(pk=town.stranger.pk)
        assert (married.marital_status, married.marriage_date, married.marriage_certificate) == (2, DAY, "470/12/2026")
        services.report_divorce(town.stranger.pk, town.mother.pk, told())
        assert set(Person.objects.filter(pk__in=[town.stranger.pk, town.mother.pk]).values_list("marital_status")) == {
            (3,)
        }
        with pytest.raises(Refused, match="tercatat kawin"):
            services.report_divorce(town.stranger.pk, town.mother.pk, told())


REPORTS = {
    "birth": lambda town, r: services.report_birth(town.mother.pk, CHILD, r),
    "death": lambda town, r: services.report_death(town.father.pk, r),
    "move_out": lambda town, r: services.report_move_out([town.father.pk, town.mother.pk, town.child.pk], r),
    "move_within": lambda town, r: services.report_move_within(town.family.pk, services.House(OTHER_RT, "Jl. X"), r),
    "marriage": lambda town, r: services.report_marriage(town.stranger.pk, town.mother.pk, r),
    "missing": lambda town, r: services.report_missing(town.child.pk, r),
    "data_change": lambda town, r: services.report_change(town.child.pk, {"name": "Zahra Nur"}, r),
    "temporary": lambda town, r: services.report_temporary(new("Kos Baru"), r),
    "move_in": lambda town, r: services.report_move_in(
        [(new("Kepala Baru"), 1), (new("Istri Baru", sex=2), 3)], services.House(RT, "Jl. Y", "1", "9901010101269001"), r
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", REPORTS)
def test_taking_an_event_back_restores_what_was_and_keeps_both(town: Any, kind: str) -> None:
    with scoped(CITY):
        before, people = state(), counted()
        wrong = REPORTS[kind](town, told())
        assert state() != before
        counter = services.reverse(wrong.pk, "salah orang", told())
        restored = state()
        if kind == "move_in":  # the card stays, closed to nobody's use
            restored[2] = [f for f in restored[2] if f["id"] != wrong.family_id]
        assert restored == before
        assert counted() == people
        assert (counter.reverses_id, counter.kind, counter.reason) == (wrong.pk, kind, "salah orang")
        assert services.reverse(wrong.pk, "lagi", told()).pk == counter.pk


def test_an_event_is_not_taken_back_over_somebody_elses_later_change(town: Any) -> None:
    with scoped(CITY):
        event = services.report_change(town.child.pk, {"name": "Zahra A"}, told())
        services.update_person(town.child.pk, {"name": "Zahra B"}, purpose="civil.pelayanan")
        with pytest.raises(Refused, match="sudah diubah lagi"), transaction.atomic():
            services.reverse(event.pk, "keliru", told())
        assert Person.objects.get(pk=town.child.pk).name == "Zahra B"


def test_taking_back_needs_a_reason(town: Any) -> None:
    with scoped(CITY):
        event = services.report_missing(town.child.pk, told())
        with pytest.raises(Refused) as refusal:
            services.reverse(event.pk, "  ", told())
        assert refusal.value.field == "reason"


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_sent_twice_is_one_event(town: Any, kind: str) -> None:
    with scoped(CITY):
        first = REPORTS[kind](town, told(client_id="hp-1:7"))
        again = REPORTS[kind](town, told(client_id="hp-1:7"))
        assert (first.pk, Peristiwa.objects.count()) == (again.pk, 1)


@pytest.mark.parametrize("kind", [k for k in REPORTS if k not in ("temporary", "move_in")])
def test_nothing_is_reported_about_people_of_another_rt(town: Any, kind: str) -> None:
    with scoped(Scope((OTHER_RT,), (), "civil.pelayanan")), pytest.raises((NotFound, Refused)):
        REPORTS[kind](town, told())


def test_ten_phones_that_report_the_same_birth_at_once_make_one_child(fresh_database: str) -> None:
    town = make_town()
    seen: list[Any] = []

    def send() -> None:
        with scoped(CITY):
            seen.append(services.report_birth(town.mother.pk, CHILD, told(client_id="hp-2:1")).person_id)
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 10
    assert len(set(seen)) == 1
    with scoped(CITY):
        assert Person.objects.filter(name=CHILD.name).count() == 1


def test_what_happened_cannot_be_rewritten_but_its_state_at_dukcapil_moves(town: Any) -> None:
    with scoped(CITY):
        event = services.report_missing(town.child.pk, told())
        for act in ("UPDATE civil_peristiwa SET occurred_on = '2020-01-01'", "DELETE FROM civil_peristiwa"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(act)
        Peristiwa.objects.filter(pk=event.pk).update(dukcapil_state="issued", dukcapil_document="3575-KM-1")


def test_other_systems_hear_of_it(town: Any) -> None:
    with scoped(CITY):
        services.report_death(town.father.pk, told())
    heard = StoredEvent.objects.filter(name="civil.PersonDied").get()
    assert heard.payload["person_id"] == str(town.father.pk)


@pytest.mark.parametrize(
    ("born", "code"),
    [(dt.date(2027, 1, 1), "future"), (dt.date(1990, 1, 1), "mother_age")],
)
def test_an_impossible_birth_is_refused_at_the_field(town: Any, born: dt.date, code: str) -> None:
    with scoped(CITY), pytest.raises(Refused) as refusal:
        services.report_birth(town.mother.pk, CHILD, told(born))
    assert refusal.value.extra["why"] == code
    assert refusal.value.field in ("occurred_on", "mother")


@given(st.dates(dt.date(1900, 1, 1), dt.date(2020, 1, 1)), st.integers(0, 40_000))
def test_age_grows_by_one_each_birthday(birth: dt.date, days: int) -> None:
    day = birth + dt.timedelta(days=days)
    age = rules.age_on(birth, day)
    assert age == sum(
        1
        for year in range(birth.year + 1, day.year + 1)
        if (year, birth.month, birth.day) <= (day.year, day.month, day.day)
    )


def test_births_of_one_mother_less_than_half_a_year_apart_ask_to_look_again() -> None:
    mother, born = dt.date(1990, 1, 1), dt.date(2020, 6, 1)
    faults = lambda *others: [f.code for f in rules.of_birth(born, mother, 2, list(others))]  # noqa: E731
    assert faults(dt.date(2020, 6, 2)) == [], "twins around midnight"
    assert faults(dt.date(2020, 3, 1)) == ["births_close"]
    assert faults(dt.date(2019, 9, 1)) == []


def test_the_law_says_until_when() -> None:
    assert rules.due_on("birth", dt.date(2026, 1, 1)) == dt.date(2026, 3, 2)
    assert rules.due_on("missing", dt.date(2026, 1, 1)) is None
