"""People, their family cards, and what the register holds of the signed-in resident."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from pasti.civil.models import CodeEntry, Family, Membership, Person
from pasti.civil.rules import names
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, current_scope, scope_of, scoped
from pasti.kernel.audit.services import record_read, record_reads
from pasti.kernel.errors import NotFound

LISTED = ("nik", "name", "sex", "birth_date", "rt_code")
SHOWN = (
    *LISTED,
    "birth_place",
    "religion",
    "education",
    "occupation",
    "marital_status",
    "blood_type",
    "citizenship",
)


@dataclass(frozen=True)
class Member:
    """A person on a family card, with the relation to its head (SHDK code and its name)."""

    person: Person
    relation: int
    relation_name: str


@dataclass(frozen=True)
class Household:
    """A family card: its number, where it lives, its members from the head on."""

    family: Family
    address: str
    rt_code: str
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Profile:
    """What the register holds of the signed-in resident, codes already in words, and the own family."""

    person: Person
    words: dict[str, str]
    household: Household | None


def scope_for(user: User, purpose: str) -> Scope:
    """The user's scope for `purpose`, with the user and the people on the user's own family card in it."""
    scope = scope_of(user, purpose)
    return scope.with_people(tuple(household_ids(user.person_id)) or (user.person_id,)) if user.person_id else scope


def household_ids(person_id: UUID | None) -> list[UUID]:
    """Ids of those on the same family card, head first, the person included; empty without a card.

    Ids only, so it needs no scope: it is how the scope of a resident comes to hold the own family.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT civil_household_ids(%s)", [person_id])
        return list(cursor.fetchone()[0])


def rt_of(person_id: UUID) -> str:
    """The RT a person of the scope lives in; empty outside of it."""
    return Person.objects.filter(pk=person_id).values_list("rt_code", flat=True).first() or ""


def person(person_id: UUID, *, purpose: str = "") -> Person:
    """One person within the scope. Raises NotFound outside of it, as if there were no such person.

    The id of a record that was merged leads to the one that goes on.
    """
    found = Person.objects.filter(pk=person_id).first()
    while found is not None and found.merged_into_id is not None:
        found = Person.objects.filter(pk=found.merged_into_id).first()
    if found is None:
        raise NotFound
    record_read(
        found.pk, "civil.person.read", purpose=_purpose(purpose), fields=SHOWN,
        object_type="person", object_id=found.pk,
    )  # fmt: skip
    return found


def people(*, area: str = "", search: str = "", living: bool = True) -> QuerySet[Person]:
    """People of the scope, to be paged; whoever shows a page calls `listed` with the rows shown."""
    rows = Person.objects.all()
    if area:
        rows = rows.filter(Q(rt_code=area) | Q(rt_code__startswith=f"{area}."))
    if living:
        rows = rows.filter(status_dasar=1)
    return rows.filter(matching(search)) if search.strip() else rows


def matching(words: str) -> Q:
    """People by NIK (all sixteen digits) or by the beginnings or fragments of their names, in any order."""
    plain = words.strip()
    if plain.isascii() and plain.isdigit():
        return Q(nik=plain)
    condition = Q()
    for word in names.folded(plain).split():
        condition &= Q(name_search__contains=word)
    return condition


def listed(rows: list[Person], *, purpose: str = "") -> list[Person]:
    """Record that these people were read in a list, in one statement; returns them."""
    record_reads([row.pk for row in rows], "civil.people.listed", purpose=_purpose(purpose), fields=LISTED,
                 object_type="person")  # fmt: skip
    return rows


def search(words: str, *, limit: int = 20, purpose: str = "") -> list[Person]:
    """Up to `limit` people of the scope whose name or NIK fits, by name; each is a recorded read."""
    return listed(list(people(search=words).order_by("name_search", "id")[:limit]), purpose=purpose)


def household(person_id: UUID, *, purpose: str = "") -> Household | None:
    """The family card of a person within the scope; None without one. Members outside the scope are left out."""
    own = Membership.objects.filter(person_id=person_id, ends__isnull=True).first()
    return household_of(own.family_id, purpose=purpose) if own else None


def household_of(family_id: UUID, *, purpose: str = "") -> Household | None:
    """A family card by its id, as `household`; None outside the scope."""
    family = Family.objects.select_related("address").filter(pk=family_id).first()
    if family is None:
        return None
    rows = Membership.objects.filter(family=family, ends__isnull=True).select_related("person")
    relations = code_names("hubungan_keluarga_shdk")
    members = tuple(
        Member(row.person, row.relation, relations.get(row.relation, str(row.relation)))
        for row in rows.order_by("relation", "person__birth_date", "id")
    )
    record_reads([one.person.pk for one in members], "civil.household.read", purpose=_purpose(purpose),
                 fields=("name", "sex", "birth_date", "relation"), object_type="family")  # fmt: skip
    return Household(family, str(family.address), family.rt_code, members)


def profile(user: User, *, purpose: str = "portal.profile") -> Profile | None:
    """What the register holds of `user` and the own family; None for a user who is nobody in it."""
    if user.person_id is None:
        return None
    with scoped(scope_for(user, purpose)):
        found = Person.objects.filter(pk=user.person_id).first()
        if found is None:
            return None
        record_read(found.pk, "civil.profile.read", purpose=purpose, fields=SHOWN, object_type="person",
                    object_id=found.pk)  # fmt: skip
        return Profile(found, words_of(found), household(found.pk, purpose=purpose))


def code_names(name: str) -> dict[int, str]:
    """Code to label of one official list, e.g. "agama"."""
    return dict(CodeEntry.objects.filter(list=name).values_list("code", "name"))


CODED = {
    "sex": "jenis_kelamin",
    "religion": "agama",
    "education": "pendidikan_kk",
    "occupation": "pekerjaan_f101",
    "marital_status": "status_kawin",
    "blood_type": "golongan_darah",
    "citizenship": "kewarganegaraan",
    "status_dasar": "status_dasar",
}


def words_of(one: Person) -> dict[str, str]:
    """The labels of a person's codes by field name, in one query."""
    keys = {f"{name}:{getattr(one, field)}": field for field, name in CODED.items()}
    labels = CodeEntry.objects.filter(pk__in=keys).values_list("key", "name")
    return {keys[key]: label for key, label in labels}


def ids_by_nik(numbers: list[str]) -> list[UUID]:
    """The ids of the scope's people with these NIK."""
    return list(Person.objects.filter(nik__in=numbers).values_list("pk", flat=True))


def names_of(people: list[UUID], *, purpose: str = "") -> dict[UUID, Person]:
    """People of the scope by id; each is a recorded read."""
    return {row.pk: row for row in listed(list(Person.objects.filter(pk__in=people)), purpose=purpose)}


def masked_name(person_id: UUID) -> str:
    """The person's name for the eyes of others ("S*** A*****"); empty outside the scope."""
    found: Any = Person.objects.filter(pk=person_id).values_list("name", flat=True).first()
    return names.masked(found) if found else ""


def _purpose(given: str) -> str:
    scope = current_scope()
    return given or (scope.purpose if scope else "")
