"""Reporting what happened to people. Each report is one transaction; the same report sent twice is one event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from pasti.civil import events
from pasti.civil.models import Address, Family, Membership, Peristiwa, Person
from pasti.civil.rules import peristiwa as rules
from pasti.civil.services.changes import Changes, plain, take_back
from pasti.civil.services.checks import check_place, refuse_faults
from pasti.civil.services.families import new_family
from pasti.civil.services.persons import NewPerson
from pasti.kernel import clock
from pasti.kernel.audit.services import record_change
from pasti.kernel.context import current_actor
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.outbox.services import emit

Kind = Peristiwa.Kind


@dataclass(frozen=True)
class Report:
    """When it happened, why the data is touched, and the reporter's own number for this report.

    `details` is what else was told, by the codes of the official lists; it is kept, not judged.
    """

    occurred_on: dt.date
    purpose: str
    client_id: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Child:
    """A child that was born; the NIK usually comes later."""

    name: str
    sex: int
    birth_place: str
    religion: int
    nik: str | None = None
    birth_certificate: str = ""


def report_birth(mother_id: UUID, child: Child, report: Report, *, father_id: UUID | None = None) -> Peristiwa:
    """A child of a mother of the scope, put on her family card.

    Raises NotFound, Refused `tidak-mungkin` at the field, `sudah-berkeluarga`.
    """

    def act(changes: Changes) -> Peristiwa:
        mother = _living(mother_id)
        father = _living(father_id) if father_id else None
        others = Person.objects.filter(mother_nik=mother.nik or "-").exclude(status_dasar=rules.VOID)
        faults = rules.of_birth(report.occurred_on, mother.birth_date, mother.sex, [p.birth_date for p in others])
        refuse_faults([*rules.of_day(report.occurred_on, clock.today()), *faults])
        person = changes.register(NewPerson(
            name=child.name, sex=child.sex, birth_place=child.birth_place, birth_date=report.occurred_on,
            rt_code=mother.rt_code, religion=child.religion, nik=child.nik, birth_certificate=child.birth_certificate,
            mother_name=mother.name, mother_nik=mother.nik or "", father_name=father.name if father else "",
            father_nik=(father.nik or "") if father else "",
        ))  # fmt: skip
        card = Membership.objects.filter(person=mother, ends__isnull=True).select_related("family").first()
        if card is not None:
            changes.join(card.family, person.pk, _child_relation(card.relation), report.occurred_on)
        told = _happened(Kind.BIRTH, report, changes, person, card.family if card else None)
        emit(events.PersonBorn(person.pk, told.pk, report.occurred_on), aggregate=f"civil.person:{person.pk}")
        return told

    return _once(report, act)


def report_stillbirth(mother_id: UUID, report: Report) -> Peristiwa:
    """A child born dead: recorded with the mother, nobody is registered."""

    def act(changes: Changes) -> Peristiwa:
        mother = _living(mother_id)
        refuse_faults([*rules.of_day(report.occurred_on, clock.today()),
                       *rules.of_birth(report.occurred_on, mother.birth_date, mother.sex, [])])  # fmt: skip
        return _happened(Kind.STILLBIRTH, report, changes, mother, None)

    return _once(report, act)


def report_death(person_id: UUID, report: Report) -> Peristiwa:
    """A person of the scope died: leaves the card; the husband or wife becomes a widow.

    Raises NotFound for who is not among the living of the scope.
    """

    def act(changes: Changes) -> Peristiwa:
        person = _living(person_id)
        refuse_faults(rules.of_day(report.occurred_on, clock.today(), person.birth_date))
        card = changes.leave(person.pk, report.occurred_on)
        changes.set(person.pk, status_dasar=rules.DEAD)
        family = Family.objects.filter(pk=card.family_id).first() if card else None
        if card is not None and family is not None:
            _widow(changes, person, card)
            changes.close(family, report.occurred_on)
        told = _happened(Kind.DEATH, report, changes, person, family)
        emit(events.PersonDied(person.pk, told.pk, report.occurred_on), aggregate=f"civil.person:{person.pk}")
        return told

    return _once(report, act)


def report_move_out(people: Sequence[UUID], report: Report) -> Peristiwa:
    """People of one card leave the city. The event names the first; the others stand in its effects."""

    def act(changes: Changes) -> Peristiwa:
        movers = [_living(one) for one in people]
        refuse_faults(rules.of_day(report.occurred_on, clock.today()))
        cards = [changes.leave(one.pk, report.occurred_on) for one in movers]
        for one in movers:
            changes.set(one.pk, status_dasar=rules.MOVED)
        families = {card.family_id: card.family for card in cards if card}
        for family in families.values():
            changes.close(family, report.occurred_on)
        told = _happened(Kind.MOVE_OUT, report, changes, movers[0], next(iter(families.values()), None))
        for one in movers:
            _moved(one, told, one.rt_code, "")
        return told

    return _once(report, act)


def report_move_in(newcomers: Sequence[tuple[NewPerson, int]], house: House, report: Report) -> Peristiwa:
    """A family comes to live in the scope: new people, each with the relation on the card (SHDK), the head first."""

    def act(changes: Changes) -> Peristiwa:
        refuse_faults(rules.of_day(report.occurred_on, clock.today()))
        people = [
            (changes.register(replace(new, rt_code=house.rt_code, valid_from=report.occurred_on)), relation)
            for new, relation in newcomers
        ]
        family = new_family(house.number, street=house.street, house=house.house, rt_code=house.rt_code)
        for person, relation in people:
            changes.join(family, person.pk, relation, report.occurred_on)
        told = _happened(Kind.MOVE_IN, report, changes, people[0][0], family)
        for person, _relation in people:
            _moved(person, told, "", house.rt_code)
        return told

    return _once(report, act)


def report_move_within(family_id: UUID, house: House, report: Report) -> Peristiwa:
    """A whole family moves to another house of the scope, with a new card number when it is given one."""

    def act(changes: Changes) -> Peristiwa:
        family = Family.objects.select_for_update().filter(pk=family_id, closed_on=None).first()
        if family is None:
            raise NotFound
        check_place(house.rt_code)
        refuse_faults(rules.of_day(report.occurred_on, clock.today()))
        members = list(Membership.objects.filter(family=family, ends__isnull=True).select_related("person"))
        address = Address.objects.create(street=house.street, number=house.house, rt_code=house.rt_code,
                                         recorded_at=clock.now())  # fmt: skip
        before = family.rt_code
        for member in members:
            changes.leave(member.person_id, report.occurred_on)
        changes.place(family, address_id=address.pk, rt_code=house.rt_code, number=house.number or family.number)
        for member in members:
            changes.set(member.person_id, rt_code=house.rt_code)
            changes.join(family, member.person_id, member.relation, report.occurred_on)
        told = _happened(Kind.MOVE_WITHIN, report, changes, members[0].person if members else None, family)
        for member in members:
            _moved(member.person, told, before, house.rt_code)
        return told

    return _once(report, act)


def report_marriage(
    one_id: UUID, other_id: UUID | None, report: Report, *, certificate: str = ""
) -> Peristiwa:  # fmt: skip
    """Two people of the scope married; without `other_id` the husband or wife is of elsewhere (see `details`)."""

    def act(changes: Changes) -> Peristiwa:
        pair = _couple(one_id, other_id)
        faults = rules.of_marriage(report.occurred_on, [p.birth_date for p in pair], [p.sex for p in pair],
                                   [p.marital_status for p in pair])  # fmt: skip
        refuse_faults([*rules.of_day(report.occurred_on, clock.today()), *faults])
        for person in pair:
            changes.set(person.pk, marital_status=rules.MARRIED, marriage_date=report.occurred_on,
                        marriage_certificate=certificate)  # fmt: skip
        return _changed(Kind.MARRIAGE, report, changes, *pair)

    return _once(report, act)


def report_divorce(one_id: UUID, other_id: UUID | None, report: Report, *, certificate: str = "") -> Peristiwa:
    """Two married people of the scope divorced; without `other_id` the other is of elsewhere (see `details`)."""

    def act(changes: Changes) -> Peristiwa:
        pair = _couple(one_id, other_id)
        refuse_faults(rules.of_day(report.occurred_on, clock.today()))
        if any(person.marital_status != rules.MARRIED for person in pair):
            raise Refused("tidak-kawin", _("Keduanya harus tercatat kawin"), field="spouse", status=422)
        for person in pair:
            changes.set(person.pk, marital_status=rules.DIVORCED, divorce_date=report.occurred_on,
                        divorce_certificate=certificate)  # fmt: skip
        return _changed(Kind.DIVORCE, report, changes, *pair)

    return _once(report, act)


def report_missing(person_id: UUID, report: Report) -> Peristiwa:
    """A person of the scope cannot be found."""

    def act(changes: Changes) -> Peristiwa:
        person = _living(person_id)
        refuse_faults(rules.of_day(report.occurred_on, clock.today(), person.birth_date))
        changes.set(person.pk, status_dasar=rules.MISSING)
        return _changed(Kind.MISSING, report, changes, person)

    return _once(report, act)


def report_change(person_id: UUID, fields: dict[str, Any], report: Report) -> Peristiwa:
    """A name or other data of a person changed or was wrong."""

    def act(changes: Changes) -> Peristiwa:
        person = changes.set(person_id, **fields)
        return _changed(Kind.DATA_CHANGE, report, changes, person)

    return _once(report, act)


def report_temporary(new: NewPerson, report: Report) -> Peristiwa:
    """Somebody lives in the scope for a while (kos, kontrak) and stays registered elsewhere; `details` says until when."""

    def act(changes: Changes) -> Peristiwa:
        refuse_faults(rules.of_day(report.occurred_on, clock.today()))
        person = changes.register(replace(new, residency=2, valid_from=report.occurred_on))
        return _changed(Kind.TEMPORARY, report, changes, person)

    return _once(report, act)


def reverse(peristiwa_id: UUID, reason: str, report: Report) -> Peristiwa:
    """Take an event back by a counter-event: everything it changed is again as it was before.

    Twice is once. Raises NotFound, Refused `alasan-kosong`, `sudah-berubah` when others changed it since.
    """

    def act(changes: Changes) -> Peristiwa:
        wrong = Peristiwa.objects.filter(pk=peristiwa_id, reverses=None).first()
        if wrong is None:
            raise NotFound
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [str(wrong.pk)])
        already = Peristiwa.objects.filter(reverses=wrong).first()
        if already is not None:
            return already
        if not reason.strip():
            raise Refused("alasan-kosong", _("Tulis mengapa laporan ini keliru"), field="reason", status=422)
        changes.effects.extend(take_back(wrong.effects, report.purpose))
        told = _happened(
            Kind(wrong.kind), report, changes, wrong.person, wrong.family, reverses=wrong, reason=reason.strip()
        )
        emit(events.PeristiwaReversed(told.pk, wrong.pk, wrong.person_id), aggregate=f"civil.person:{wrong.person_id}")
        return told

    return _once(report, act)


@dataclass(frozen=True)
class House:
    """Where a family lives, and the number of its card."""

    rt_code: str
    street: str
    house: str = ""
    number: str = ""


@transaction.atomic
def _once(report: Report, act: Callable[[Changes], Peristiwa]) -> Peristiwa:
    """Do it once per `client_id`: a repeat waits for the first and gets its event."""
    if report.client_id:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 12))", [report.client_id])
        already = Peristiwa.objects.filter(client_id=report.client_id).first()
        if already is not None:
            return already
    return act(Changes(report.purpose, report.occurred_on))


def _living(person_id: UUID) -> Person:
    found = Person.objects.select_for_update().filter(pk=person_id, status_dasar=rules.ALIVE).first()
    if found is None:
        raise NotFound
    check_place(found.rt_code)
    return found


def _couple(one_id: UUID, other_id: UUID | None) -> list[Person]:
    return [_living(one) for one in (one_id, other_id) if one is not None]


def _child_relation(mother: int) -> int:
    """The child's SHDK on its mother's card: a child of head or wife, else a grandchild or other kin."""
    return {1: 4, 2: 4, 3: 4, 4: 6}.get(mother, 9)


def _widow(changes: Changes, person: Person, card: Membership) -> None:
    """Who was married to the dead on the same card: head and spouse."""
    if person.marital_status != rules.MARRIED or card.relation not in (1, 2, 3):
        return
    partner = [2, 3] if card.relation == Membership.HEAD else [Membership.HEAD]
    rest = Membership.objects.filter(family_id=card.family_id, ends__isnull=True, relation__in=partner)
    for member in rest.filter(person__marital_status=rules.MARRIED, person__status_dasar=rules.ALIVE):
        changes.set(member.person_id, marital_status=rules.WIDOWED)


def _changed(kind: Kind, report: Report, changes: Changes, *people: Person) -> Peristiwa:
    told = _happened(kind, report, changes, people[0], None)
    for person in people:
        emit(events.PersonChanged(person.pk, told.pk, kind.value), aggregate=f"civil.person:{person.pk}")
    return told


def _moved(person: Person, told: Peristiwa, from_rt: str, to_rt: str) -> None:
    event = events.PersonMoved(person.pk, told.pk, told.occurred_on, from_rt, to_rt)
    emit(event, aggregate=f"civil.person:{person.pk}")


def _happened(
    kind: Kind, report: Report, changes: Changes, person: Person | None, family: Family | None, **more: Any
) -> Peristiwa:
    actor = current_actor()
    place = person.rt_code if person else family.rt_code if family else ""
    told = Peristiwa.objects.create(
        kind=kind, person=person, family=family, rt_code=place, occurred_on=report.occurred_on, recorded_at=clock.now(),
        details=plain(report.details), effects=changes.effects, actor_id=actor.user_id, actor_name=actor.name,
        client_id=report.client_id, **more,
    )  # fmt: skip
    record_change(
        person.pk if person else None, "civil.peristiwa.reversed" if more else f"civil.peristiwa.{kind.value}",
        purpose=report.purpose, object_type="peristiwa", object_id=told.pk, object_label=str(told),
    )  # fmt: skip
    return told
