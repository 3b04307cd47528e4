"""What happened to a person, what was true on a day, and the record that goes on after a merge."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from pasti.civil.models import Membership, Peristiwa, Person, PersonVersion
from pasti.civil.queries.people import Household, code_names, household_of, person
from pasti.civil.rules import peristiwa as rules
from pasti.kernel.accounts.scope import current_scope
from pasti.kernel.audit.services import record_read
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound
from pasti.kernel.places import queries as places

TOLD = ("name", "marital_status", "status_dasar", "rt_code", "nik")


@dataclass(frozen=True)
class Happening:
    """One event of a person's life, with its days left at Disdukcapil; `reversed` when it was taken back."""

    event: Peristiwa
    due: dt.date | None
    days_left: int | None
    reversed: bool


@dataclass(frozen=True)
class Then:
    """What was true of a person on a day, as far as the register knows today."""

    day: dt.date
    known: bool
    name: str = ""
    status: str = ""
    marital: str = ""
    place: str = ""
    family_number: str = ""
    relation: str = ""


def ids_of(one: Person) -> list[UUID]:
    """The person's id and those of the records merged into it."""
    return [one.pk, *Person.objects.filter(merged_into=one.pk).values_list("pk", flat=True)]


def happenings(one: Person, *, limit: int = 50) -> list[Happening]:
    """The newest events that touched a person, those of merged records too, the newest first."""
    found: set[UUID] = set()
    with connection.cursor() as cursor:
        for pk in ids_of(one):
            cursor.execute("SELECT civil_peristiwa_touching(%s)", [pk])
            found |= {row[0] for row in cursor.fetchall()}
    rows = Peristiwa.objects.filter(pk__in=found).order_by("-occurred_on", "-recorded_at")[:limit]
    taken_back = set(Peristiwa.objects.filter(reverses__in=found).values_list("reverses_id", flat=True))
    return [happening(row, row.pk in taken_back) for row in rows]


def happening(event: Peristiwa, taken_back: bool = False) -> Happening:
    """An event with its days left until the last day of the law."""
    due = rules.due_on(event.kind, event.occurred_on)
    return Happening(event, due, (due - today()).days if due else None, taken_back)


def as_of(one: Person, day: dt.date) -> Then:
    """What was true of a person on `day`, told from the ledger, the cards and what has changed since."""
    told = PersonVersion.objects.filter(person=one, sign=1, valid_from__lte=day).order_by("-valid_from", "-id").first()
    if told is None or day < one.birth_date:
        return Then(day, known=False)
    since = _taken_back_since(one, day)
    card = Membership.objects.filter(person=one, starts__lte=day).exclude(ends__lte=day).order_by("-starts", "-id")
    member = card.select_related("family").first()
    relations = code_names("hubungan_keluarga_shdk")
    return Then(
        day, True, since["name"], code_names("status_dasar").get(told.status_dasar, ""),
        code_names("status_kawin").get(int(since["marital_status"]), ""), places.label(told.rt_code),
        _number_on(member, day), relations.get(member.relation, "") if member else "",
    )  # fmt: skip


def _taken_back_since(one: Person, day: dt.date) -> dict[str, Any]:
    """Fields as they were on `day`: today's, with what later events changed put back, the last first."""
    values = {name: getattr(one, name) for name in TOLD}
    with connection.cursor() as cursor:
        cursor.execute("SELECT civil_peristiwa_touching(%s)", [one.pk])
        ids = [row[0] for row in cursor.fetchall()]
    later = Peristiwa.objects.filter(pk__in=ids, occurred_on__gt=day).order_by("-recorded_at")
    for event in later:
        for effect in reversed(event.effects):
            if effect.get("act") == "set" and effect.get("person") == str(one.pk):
                values |= {name: old for name, old in effect["before"].items() if name in values}
    return values


def _number_on(member: Membership | None, day: dt.date) -> str:
    """The number the member's card had on `day`."""
    if member is None:
        return ""
    past = member.family.numbers.filter(starts__lte=day, ends__gt=day).order_by("-id").first()
    return past.number if past else member.family.number


def family(family_id: UUID, *, purpose: str = "") -> Household:
    """A family card within the scope. Raises NotFound outside of it."""
    found = household_of(family_id, purpose=purpose)
    if found is None:
        raise NotFound
    return found


def revealed_nik(person_id: UUID, *, purpose: str, reason: str) -> str:
    """The whole NIK, which pages show masked; recorded with the reason given. Raises NotFound."""
    scope = current_scope()
    found = Person.objects.filter(pk=person_id).first()
    if found is None or not found.nik:
        raise NotFound
    record_read(found.pk, "civil.nik.revealed", purpose=purpose or (scope.purpose if scope else ""), fields=("nik",),
                object_type="person", object_id=found.pk, object_label=reason[:200])  # fmt: skip
    return found.nik


def specific_of(person_id: UUID, *, purpose: str) -> str:
    """Specific data (UU 27/2022 article 4) in words: only for those whose role needs it, and recorded by itself."""
    found = person(person_id, purpose=purpose)
    record_read(found.pk, "civil.specific.read", purpose=purpose, fields=("disability",), object_type="person",
                object_id=found.pk)  # fmt: skip
    return code_names("disabilitas_opensid").get(found.disability or 0, "")
