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


class PeoplePage(Schema):
    """One page of people; `next` is the cursor of the page after, null on the last."""

    items: list[PersonListed]
    next: str | None


class Wanted(Schema):
    """Which people: `area` is a place code, `search` a name fragment or a whole NIK."""

    area: str = ""
    search: str = ""
    limit: int = 50
    cursor: str | None = None


@router.get("/people", response={200: PeoplePage, **PROBLEMS}, summary="Penduduk dalam lingkup pemanggil")
def people(request: HttpRequest, wanted: Query[Wanted]) -> Any:
    """People of the caller's scope by id, at most 500 a page. Every person listed sees it in Jejak Akses."""
    with scoped(queries.scope_for(request.user, PURPOSE)):  # type: ignore[arg-type]
        rows = queries.people(area=wanted.area, search=wanted.search)
        page = page_of(rows, wanted.cursor, wanted.limit, ("id",))
        queries.listed(page["items"])
        return page


@router.get("/people/{person_id}", response={200: PersonShown, **PROBLEMS}, summary="Satu orang")
def person(request: HttpRequest, person_id: UUID) -> Any:
    """One person of the caller's scope; 404 outside of it."""
    with scoped(queries.scope_for(request.user, PURPOSE)):  # type: ignore[arg-type]
        return _shown(queries.person(person_id))


def _shown(one: Person) -> PersonShown:
    fields = {name: getattr(one, name) for name in PersonShown.model_fields if name != "words"}
    return PersonShown(**fields, words=queries.words_of(one))
