"""Registering people and changing what is known of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pasti.civil.models import Person, PersonVersion
from pasti.civil.rules import names, sounds
from pasti.civil.services.checks import check_nik, check_place
from pasti.kernel import clock
from pasti.kernel.accounts.scope import current_scope
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.audit.services import record_change
from pasti.kernel.errors import NotFound, Refused

CHANGEABLE = frozenset(
    {
        "nik",
        "name",
        "sex",
        "birth_place",
        "birth_date",
        "religion",
        "education",
        "occupation",
        "marital_status",
        "blood_type",
        "citizenship",
        "father_name",
        "mother_name",
        "father_nik",
        "mother_nik",
        "birth_certificate",
        "marriage_certificate",
        "marriage_date",
        "divorce_certificate",
        "divorce_date",
        "passport",
        "passport_expires",
        "kitas",
        "ktp_status",
        "disability",
        "residency",
        "status_dasar",
        "merged_into_id",
        "rt_code",
    }
)


@dataclass(frozen=True)
class NewPerson:
    """Who is to be registered. Codes are those of the official lists; `valid_from` is when it became so."""

    name: str
    sex: int
    birth_place: str
    birth_date: dt.date
    rt_code: str
    religion: int
    education: int = 1
    occupation: int = 1
    marital_status: int = 1
    blood_type: int = 13
    citizenship: int = 1
    nik: str | None = None
    father_name: str = ""
    mother_name: str = ""
    father_nik: str = ""
    mother_nik: str = ""
    birth_certificate: str = ""
    residency: int = 1
    valid_from: dt.date | None = None


@transaction.atomic
def register_person(new: NewPerson, *, purpose: str) -> Person:
    """Add a person to the register.

    Raises Refused: `luar-wilayah` outside the scope, `rt-tidak-dikenal`, `nik-tidak-sah`, `nik-terpakai`.
    """
    check_place(new.rt_code)
    check_nik(new.nik)
    given = dataclasses.asdict(new)
    since = given.pop("valid_from") or new.birth_date
    person = Person(**given, valid_from=since, recorded_at=clock.now())
    _save(person, created=True)
    _remember(person)
    record_change(person.pk, "civil.person.registered", purpose=purpose, object_type="person", object_id=person.pk,
                  fields=sorted(given))  # fmt: skip
    return person


@transaction.atomic
def update_person(person_id: UUID, changes: dict[str, Any], *, purpose: str, since: dt.date | None = None) -> Person:
    """Correct or renew fields of a person, true from `since` (today). What does not differ is not written.

    Raises NotFound outside the scope, Refused as `register_person`, `isian-tidak-dikenal` for another field.
    """
    if unknown := set(changes) - CHANGEABLE:
        raise Refused("isian-tidak-dikenal", _("Isian tidak dikenal"), status=422, field=min(unknown))
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None or not covers(current_scope(), person.rt_code):
        raise NotFound
    differing = {key: value for key, value in changes.items() if getattr(person, key) != value}
    if not differing:
        return person
    if "rt_code" in differing:
        check_place(differing["rt_code"])
    check_nik(differing.get("nik"))
    before = {key: str(getattr(person, key)) for key in differing}
    for key, value in differing.items():
        setattr(person, key, value)
    person.valid_from = since or clock.today()
    _save(person, created=False)
    _remember(person)
    record_change(
        person.pk, "civil.person.updated", purpose=purpose, object_type="person", object_id=person.pk,
        changes={key: [before[key], str(value)] for key, value in differing.items()},
    )  # fmt: skip
    return person


@transaction.atomic
def restrict(person_id: UUID, *, purpose: str) -> None:
    """From now on only the city's civil registry and the person see the record (UU 27/2022 article 41).

    Twice is once. Raises NotFound outside the scope.
    """
    _mark_restricted(person_id, "civil.person.restricted", purpose, since=clock.now())


@transaction.atomic
def lift_restriction(person_id: UUID, *, purpose: str) -> None:
    """The record may be processed again. Twice is once. Raises NotFound outside the scope."""
    _mark_restricted(person_id, "civil.person.unrestricted", purpose, since=None)


def _mark_restricted(person_id: UUID, action: str, purpose: str, *, since: dt.datetime | None) -> None:
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None or not covers(current_scope(), person.rt_code):
        raise NotFound
    if (person.restricted_since is None) == (since is None):
        return
    person.restricted_since = since
    person.save(update_fields=["restricted_since"])
    record_change(person.pk, action, purpose=purpose, object_type="person", object_id=person.pk)


def _save(person: Person, *, created: bool) -> None:
    person.name_search, person.name_sounds = names.folded(person.name), sounds.keys(person.name)
    try:
        with transaction.atomic():
            person.save(force_insert=created)
    except IntegrityError as error:
        if "nik" not in str(error):
            raise
        raise Refused("nik-terpakai", _("NIK ini sudah dipakai orang lain"), field="nik") from error


def _remember(person: Person) -> None:
    """Write the person's new state into the ledger, and take the one before it back."""
    now = clock.now()
    before = PersonVersion.objects.filter(person=person).order_by("-id").first()
    if before is not None:
        before.pk, before.sign, before.recorded_at = None, -1, now
        before.save(force_insert=True)
    PersonVersion.objects.create(
        person=person, sex=person.sex, birth_date=person.birth_date, has_nik=person.nik is not None,
        status_dasar=person.status_dasar, rt_code=person.rt_code, valid_from=person.valid_from, recorded_at=now,
    )  # fmt: skip
