"""Guests and boarding houses: entered quickly, reminded of, ended by the city's midnight, forgotten after a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from pasti.civil import queries as register
from pasti.civil.models import Person
from pasti.kernel import clock
from pasti.kernel.accounts.access import actor_for, scope_where
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.clock import today
from pasti.kernel.context import acting_as
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.notify.models import Message
from pasti.siap_pak_rt import desk_messages
from pasti.siap_pak_rt.jobs import desk as jobs
from pasti.siap_pak_rt.models import Kos, Tamu
from pasti.siap_pak_rt.queries import desk
from pasti.siap_pak_rt.services import desk_reports as reports
from pasti.siap_pak_rt.services import desk_stays as stays
from tests.siap_pak_rt.conftest import KELURAHAN, OTHER_RT, RT

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
CITY = everyone("99.01", "siap_pak_rt.tamu")


@contextmanager
def doing(user: User, permission: str = "siap_pak_rt.stays") -> Iterator[None]:
    with acting_as(actor_for(user)), scoped(scope_where(user, permission, "siap_pak_rt.tamu")):
        yield


@pytest.fixture
def head(official: Callable[..., User]) -> User:
    return official("ketua_rt", RT)


@pytest.fixture
def landlady(town: Any) -> User:
    return User.objects.create_user("siti", name="Siti", kind=User.Kind.CITIZEN, person_id=town.mother.pk)


def visitor(**more: Any) -> stays.StayAsked:
    usual: dict[str, Any] = {
        "name": "Joko Tamu",
        "origin": "Malang",
        "host": "Bu Siti",
        "since": today(),
        "until": today() + DAY,
    }
    return stays.StayAsked(**(usual | more))


def boarding(head: User, owner_nik: str = "") -> Kos:
    with doing(head):
        asked = stays.HouseAsked("kos", "Kos Melati", "Jl. Mawar 5", 4, "Siti Ni'mah", "0812", owner_nik)
        return stays.keep_house(RT, asked)


def entered(head: User, **more: Any) -> Tamu:
    with doing(head):
        return stays.arrive(RT, visitor(**more))


def test_a_guest_is_entered_once_however_often_it_is_sent(head: User) -> None:
    with doing(head):
        first, again = (stays.arrive(RT, visitor(), client_id="hp:1") for _ in range(2))
        assert first == again
        assert desk.waiting(RT, today=today())[RT].guests == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [({"until": dt.date(2020, 1, 1)}, "until"), ({"until": dt.date(2999, 1, 1)}, "until"), ({"nik": "123"}, "nik")],
)
def test_what_cannot_be_is_refused_at_its_field(head: User, change: Any, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        entered(head, **change)
    assert refusal.value.field == field


def test_another_rt_neither_sees_nor_enters_guests_here(head: User, official: Callable[..., User]) -> None:
    guest, house, other = entered(head), boarding(head), official("ketua_rt", OTHER_RT)
    with doing(other):
        for act in (
            lambda: stays.arrive(RT, visitor()), lambda: stays.leave(guest.pk), lambda: desk.guest(guest.pk),
            lambda: stays.extend(guest.pk, today() + 5 * DAY), lambda: stays.say_vacant(house.pk, 1),
            lambda: stays.keep_house(RT, stays.HouseAsked("kos", "x", "x", 1, "x"), house_id=house.pk),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                act()
        with connection.cursor() as cursor:
            cursor.execute("SELECT (SELECT count(*) FROM siap_pak_rt_tamu) + (SELECT count(*) FROM siap_pak_rt_kos)")
            assert cursor.fetchone()[0] == 0


def test_the_owner_reports_who_moved_into_a_room_and_nothing_else(head: User, landlady: User, town: Any) -> None:
    house = boarding(head, "9901014705889001")
    scope = register.scope_for(landlady, "siap_pak_rt.tamu")
    with acting_as(actor_for(landlady)), scoped(scope):
        guest = stays.arrive("", visitor(kos_id=house.pk, room="2", until=today() + 30 * DAY))
        assert (guest.rt_code, guest.by_owner, guest.host) == (RT, True, "Bu Siti")
        assert stays.say_vacant(house.pk, 2).vacant == 2
        with pytest.raises(NotFound):
            stays.arrive(RT, visitor())
    with doing(head):
        row = desk.houses(RT)[0]
        assert (row["taken"], row["living"], row["unreported"]) == (1, 1, 1)
        assert desk.waiting(RT, today=today())[RT].unreported_rooms == 1


def test_an_owner_who_is_no_resident_is_kept_by_name_alone(head: User) -> None:
    with pytest.raises(Refused) as refusal:
        boarding(head, "9901010203859002")  # lives in another kelurahan
    assert refusal.value.field == "owner_nik"


def test_a_stay_is_over_at_midnight_of_the_city_and_not_of_greenwich(
    head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = entered(head, since=dt.date(2026, 11, 20), until=dt.date(2026, 11, 24))
    for moment, state in (("2026-11-24T16:59:59", "here"), ("2026-11-24T17:00:01", "overdue")):
        at = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)
        monkeypatch.setattr(clock.timezone, "now", lambda at=at: at)
        jobs.end_stays.func(0)
        jobs.end_stays.func(0)
        with scoped(CITY):
            assert Tamu.objects.get(pk=guest.pk).state == state


def test_an_extension_makes_an_overdue_guest_a_guest_again(head: User) -> None:
    guest = entered(head, since=today() - 5 * DAY, until=today() - DAY)
    jobs.end_stays.func(0)
    with doing(head):
        assert desk.waiting(RT, today=today())[RT].overdue == 1
        assert stays.extend(guest.pk, today() + 7 * DAY).state == "here"
        assert desk.waiting(RT, today=today())[RT].overdue == 0
        assert stays.leave(guest.pk).state == stays.leave(guest.pk).state == "left"
        with pytest.raises(Refused):
            stays.extend(guest.pk, today() + 9 * DAY)


def test_the_rt_is_reminded_once_of_stays_that_end(head: User, landlady: User) -> None:
    house = boarding(head, "9901014705889001")
    entered(head)
    entered(head, name="Anak Kos", kos_id=house.pk)
    entered(head, until=today() + 9 * DAY)
    for _ in range(2):
        with scoped(CITY):
            desk_messages.remind(today())
    assert Message.objects.get(user=head).title.startswith("2 ")
    assert Message.objects.get(user=landlady).title.startswith("1 ")


def test_a_year_after_leaving_nothing_names_the_guest(head: User) -> None:
    guest = entered(head, since=today() - 800 * DAY, until=today() - 500 * DAY, nik="9901011203959001")
    never_left = entered(head, name="Tak Pamit", since=today() - 500 * DAY, until=today() - 400 * DAY)
    kept = entered(head, name="Masih Setahun", since=today() - 500 * DAY, until=today() - 364 * DAY)
    with doing(head):
        stays.leave(guest.pk, today() - 365 * DAY)
    jobs.end_stays.func(0)
    with scoped(CITY):
        assert stays.forget(today()) == 0, "again finds nothing"
        for one in (guest, never_left):
            row = Tamu.objects.get(pk=one.pk)
            assert (row.name, row.nik, row.origin, row.host, row.state) == ("-", "", "", "", "left")
        assert Tamu.objects.get(pk=kept.pk).name == "Masih Setahun"
    with doing(head), pytest.raises(NotFound):
        desk.guest(guest.pk)


def test_a_guest_who_stays_becomes_a_temporary_resident_when_the_kelurahan_confirms(
    head: User, official: Callable[..., User]
) -> None:
    guest = entered(head, nik="9901011203959001")
    told = {"name": guest.name, "nik": guest.nik, "origin": guest.origin, "religion": 1}
    asked = reports.ReportAsked("temporary", RT, today(), told=told, tamu_id=guest.pk)
    with doing(head, "siap_pak_rt.report"):
        laporan = reports.submit(asked)
    with doing(head), pytest.raises(Refused) as refusal:
        stays.extend(guest.pk, today() + 9 * DAY)
    assert refusal.value.code == "sudah-dilaporkan"
    with doing(official("kelurahan", KELURAHAN), "siap_pak_rt.decide"):
        reports.confirm(laporan.pk)
        person = Person.objects.get(nik="9901011203959001")
        assert (person.residency, person.birth_date, person.sex) == (2, dt.date(1995, 3, 12), 1)
        assert Tamu.objects.get(pk=guest.pk).state == "resident"
