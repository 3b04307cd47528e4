"""A desk with life in it: boarding houses, guests and reports in every state, made by the services people use."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from pasti.civil import queries as register
from pasti.civil.queries import families
from pasti.kernel.accounts.access import actor_for
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.clock import today
from pasti.kernel.context import acting_as
from pasti.siap_pak_rt.queries import desk
from pasti.siap_pak_rt.services import desk_reports, desk_stays

LODGERS = (("Fajar Nugraha", "Kab. Malang", "1", 60), ("Rina Kartika", "Kab. Probolinggo", "2", 120),
           ("Bagus Santoso", "Kota Surabaya", "3", 1))  # fmt: skip
ADULTS = dt.date(1985, 1, 1)
# Occupation, education and blood type, as codes of the official lists.
CHANGES = (("occupation", "88"), ("education", "5"), ("blood_type", "13"))
UNREADABLE = "Foto surat keterangannya belum terbaca; mohon difoto ulang."


@transaction.atomic
def fill(rt_code: str, spare: UUID) -> int:
    """Give the demo's RT its houses, guests and reports; returns the reports made. Doing it again makes none.

    Nothing is reported of the family of `spare`: the demo's resident finds their own card as it was.
    """
    users = {user.username: user for user in User.objects.filter(username__in=("ketua_rt", "kelurahan"))}
    with scoped(Scope((rt_code,), (), desk.PURPOSE)):
        if len(users) < 2 or desk.reports(area=rt_code).exists() or desk.houses(rt_code):
            return 0
        with acting_as(actor_for(users["ketua_rt"])):
            _stays(rt_code)
            changes, move = _changes(rt_code, spare), _move(rt_code, spare)
        _decided(users, changes)
    return len(changes) + len(move)


def _decided(users: dict[str, User], reports: list[UUID]) -> None:
    """One confirmed, one back with a reason, one withdrawn."""
    with acting_as(actor_for(users["kelurahan"])):
        for one in reports[:1]:
            desk_reports.confirm(one)
        for one in reports[1:2]:
            desk_reports.send_back(one, UNREADABLE)
    with acting_as(actor_for(users["ketua_rt"])):
        for one in reports[2:]:
            desk_reports.withdraw(one, "Salah pilih nama")


def _stays(rt_code: str) -> None:
    """A boarding house with three rooms let, a rented house, and a guest whose last day is past."""
    kos = desk_stays.HouseAsked("kos", "Kos Melati", "Jl. Melati 7", 6, "Bu Hartini", "0343000001")
    house = desk_stays.keep_house(rt_code, kos)
    desk_stays.keep_house(
        rt_code, desk_stays.HouseAsked("rented", "Kontrakan Pak Rusdi", "Jl. Melati 12", 1, "Pak Rusdi")
    )
    desk_stays.say_vacant(house.pk, 2)
    day = today()
    for name, origin, room, days in LODGERS:
        until = day + dt.timedelta(days=days)
        stay = desk_stays.StayAsked(name, origin, day - dt.timedelta(days=10), until, kos_id=house.pk, room=room)
        desk_stays.arrive(rt_code, stay, client_id=f"contoh:kos:{room}")
    late = desk_stays.StayAsked("Yanto Wibowo", "Kab. Jember", day - dt.timedelta(days=4), day - dt.timedelta(days=1),
                                host="Rumah sepupunya")  # fmt: skip
    desk_stays.arrive(rt_code, late, client_id="contoh:tamu:1")


def _changes(rt_code: str, spare: UUID) -> list[UUID]:
    """Changes of data, of grown-ups at the end of the list of names."""
    home = families.members_of(card) if (card := families.card_of(spare)) else [spare]
    people = register.people(area=rt_code).filter(birth_date__lt=ADULTS).exclude(pk__in=home)
    made = []
    for at, (person, (field, value)) in enumerate(
        zip(people.order_by("-name_search", "id")[: len(CHANGES)], CHANGES, strict=False)
    ):
        asked = desk_reports.ReportAsked("data_change", rt_code, today() - dt.timedelta(days=3 + at), person_id=person.pk,
                                         told={"field": field, "value": value})  # fmt: skip
        made.append(desk_reports.submit(asked, client_id=f"contoh:{at}").pk)
    return made


def _move(rt_code: str, spare: UUID) -> list[UUID]:
    """A family that leaves the city, waiting for the kelurahan: the last card of the RT."""
    home = families.card_of(spare)
    cards = families.families(area=rt_code).order_by("-id")[:2]
    card = next((one for one in cards if one.pk != home), None)
    if card is None:
        return []
    told = {"people": [str(one) for one in families.members_of(card.pk)], "destination": "Kota Malang"}
    day = today() - dt.timedelta(days=5)
    asked = desk_reports.ReportAsked("move_out", rt_code, day, family_id=card.pk, told=told)
    return [desk_reports.submit(asked, client_id="contoh:pindah").pk]
