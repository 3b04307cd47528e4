"""`/api/v1/civil/`: people within the caller's scope."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from pasti.civil import queries
from pasti.civil.models import Person
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.api.auth import bearer
from pasti.kernel.api.paging import page_of
from pasti.kernel.api.problems import PROBLEMS

router = Router(auth=bearer("civil.read", "civil.read_own"))
PREFIX = "civil"
PURPOSE = "civil.pelayanan"


class PersonListed(Schema):
    """A person in a list."""

    id: UUID
    nik: str | None
    name: str
    sex: int
    birth_date: dt.date
    rt_code: str


class PersonShown(PersonListed):
    """A person's record; codes are those of the official lists, `words` their labels."""

    birth_place: str
    religion: int
    education: int
    occupation: int
    marital_status: int
    blood_type: int
    citizenship: int
    status_dasar: int
    valid_from: dt.date
    recorded_at: dt.datetime
    words: dict[str, str]


class MemberShown(PersonListed):
    """A person on a family card; `relation` is the SHDK code, `relation_name` its label."""

    relation: int
    relation_name: str


class FamilyShown(Schema):
    """A family card with those members the caller may see, head first."""

    id: UUID
    number: str
    address: str
    rt_code: str
    closed_on: dt.date | None
    members: list[MemberShown]


class PeristiwaShown(Schema):
    """Something that happened to a person; `due` is the last day the law gives to report it."""

    id: UUID
    kind: str
    occurred_on: dt.date
    recorded_at: dt.datetime
    due: dt.date | None
    dukcapil_state: str
    dukcapil_document: str
    reverses: UUID | None
    reversed: bool


class PeristiwaPage(Schema):
    """The newest events of a person, at most 50; `next` is always null."""

    items: list[PeristiwaShown]
    next: str | None = None


class PeoplePage(Schema):
    """One page of people; `next` is the cursor of the page after, null on the last."""

    items: list[PersonListed]
    next: str | None


class Wanted(Schema):
    """Which people: `area` is a place code; `search` a name as written or as it sounds, a whole NIK or KK number, a
    street, or an RT and RW."""

    area: str = ""
    search: str = ""
    limit: int = 50
    cursor: str | None = None


@router.get("/people", response={200: PeoplePage, **PROBLEMS}, summary="Penduduk dalam lingkup pemanggil")
def people(request: HttpRequest, wanted: Query[Wanted]) -> Any:
    """People of the caller's scope, at most 500 a page. Every person listed sees it in Jejak Akses.

    With `search` the best fit comes first, of whatever state but void; without, the living by id.
    """
    with scoped(queries.scope_for(request.user, PURPOSE)):  # type: ignore[arg-type]
        if wanted.search.strip():
            found = queries.find(
                wanted.search[:80], cursor=wanted.cursor or "", limit=max(1, wanted.limit), area=wanted.area
            )
            return {"items": found.people, "next": found.next}
        rows = queries.people(area=wanted.area)
        page = page_of(rows, wanted.cursor, wanted.limit, ("id",))
        queries.listed(page["items"])
        return page


@router.get("/people/{person_id}", response={200: PersonShown, **PROBLEMS}, summary="Satu orang")
def person(request: HttpRequest, person_id: UUID) -> Any:
    """One person of the caller's scope; 404 outside of it."""
    with scoped(queries.scope_for(request.user, PURPOSE)):  # type: ignore[arg-type]
        return _shown(queries.person(person_id))


@router.get("/people/{person_id}/peristiwa", response={200: PeristiwaPage, **PROBLEMS}, summary="Peristiwa seseorang")
def peristiwa(request: HttpRequest, person_id: UUID) -> Any:
    """What happened to a person of the caller's scope, the newest first, those of merged records too; 404 outside."""
    with scoped(queries.scope_for(request.user, PURPOSE)):  # type: ignore[arg-type]
        told = queries.happenings(queries.person(person_id))
        return PeristiwaPage(items=[_event(one) for one in told])


@router.get("/families/{family_id}", response={200: FamilyShown, **PROBLEMS}, summary="Satu kartu keluarga")
def family(request: HttpRequest, family_id: UUID) -> Any:
    """A family card of the caller's scope; 404 outside of it."""
    with scoped(queries.scope_for(request.user, PURPOSE)):  # type: ignore[arg-type]
        found = queries.family(family_id)
        members = [
            MemberShown(**{name: getattr(one.person, name) for name in PersonListed.model_fields},
                        relation=one.relation, relation_name=one.relation_name)
            for one in found.members
        ]  # fmt: skip
        return FamilyShown(
            id=found.family.pk, number=found.family.number, address=found.address, rt_code=found.rt_code,
            closed_on=found.family.closed_on, members=members,
        )  # fmt: skip


def _event(one: Any) -> PeristiwaShown:
    event = one.event
    return PeristiwaShown(
        id=event.pk, kind=event.kind, occurred_on=event.occurred_on, recorded_at=event.recorded_at, due=one.due,
        dukcapil_state=event.dukcapil_state, dukcapil_document=event.dukcapil_document, reverses=event.reverses_id,
        reversed=one.reversed,
    )  # fmt: skip


def _shown(one: Person) -> PersonShown:
    fields = {name: getattr(one, name) for name in PersonShown.model_fields if name != "words"}
    return PersonShown(**fields, words=queries.words_of(one))
