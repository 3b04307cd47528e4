"""What is done to the register: each act is one transaction, within a scope, and audited."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from pasti.civil.models import Address, Family, Membership, Person, PersonVersion
from pasti.civil.rules import kk, names, nik
from pasti.civil.scoping import covers
from pasti.kernel import clock
from pasti.kernel.accounts.scope import current_scope
from pasti.kernel.audit.services import record_change
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.places import queries as places

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
        "status_dasar",
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
    valid_from: dt.date | None = None


@transaction.atomic
def register_person(new: NewPerson, *, purpose: str) -> Person:
    """Add a person to the register.

    Raises Refused: `luar-wilayah` outside the scope, `rt-tidak-dikenal`, `nik-tidak-sah`, `nik-terpakai`.
    """
    _check_place(new.rt_code)
    _check_nik(new.nik)
    given = dataclasses.asdict(new)
    since = given.pop("valid_from") or new.birth_date
    person = Person(**given, name_search=names.folded(new.name), valid_from=since, recorded_at=clock.now())
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
        _check_place(differing["rt_code"])
    _check_nik(differing.get("nik"))
    before = {key: str(getattr(person, key)) for key in differing}
    for key, value in differing.items():
        setattr(person, key, value)
    person.name_search, person.valid_from = names.folded(person.name), since or clock.today()
    _save(person, created=False)
    _remember(person)
    record_change(
        person.pk, "civil.person.updated", purpose=purpose, object_type="person", object_id=person.pk,
        changes={key: [before[key], str(value)] for key, value in differing.items()},
    )  # fmt: skip
    return person


@transaction.atomic
def open_family(
    number: str,
    *,
    head: UUID,
    street: str,
    house: str,
    rt_code: str,
    purpose: str,
    since: dt.date | None = None,
) -> Family:
    """A new family card with its head. Raises Refused: `kk-tidak-sah`, `kk-terpakai`, `sudah-berkeluarga`."""
    _check_place(rt_code)
    try:
        kk.check(number)
    except nik.InvalidNik as error:
        raise Refused("kk-tidak-sah", _("Nomor KK tidak sah"), status=422, field="number", why=error.code) from error
    address = Address.objects.create(street=street, number=house, rt_code=rt_code, recorded_at=clock.now())
    family = Family(number=number, address=address, rt_code=rt_code, recorded_at=clock.now())
    try:
        with transaction.atomic():
            family.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("kk-terpakai", _("Nomor KK sudah terdaftar"), field="number") from error
    add_member(family, head, Membership.HEAD, purpose=purpose, since=since)
    return family


@transaction.atomic
def add_member(
    family: Family, person_id: UUID, relation: int, *, purpose: str, since: dt.date | None = None
) -> Membership:
    """Put a person of the scope on a family card. Raises NotFound, Refused `sudah-berkeluarga`: a person is on
    one card at a time, and a card has one head."""
    if not Person.objects.filter(pk=person_id).exists():
        raise NotFound
    member = Membership(
        person_id=person_id, family=family, relation=relation, starts=since or clock.today(),
        rt_code=family.rt_code, recorded_at=clock.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            member.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(
            "sudah-berkeluarga", _("Orang ini sudah ada di KK lain, atau KK ini sudah ada kepalanya")
        ) from error
    record_change(
        person_id, "civil.family.joined", purpose=purpose, object_type="family", object_id=family.pk,
        changes={"relation": [None, relation]},
    )  # fmt: skip
    return member


def _save(person: Person, *, created: bool) -> None:
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


def _check_place(rt_code: str) -> None:
    if not covers(current_scope(), rt_code):
        raise Refused("luar-wilayah", _("RT ini di luar wilayah tugas Anda"), status=404, field="rt_code")
    place = places.place(rt_code)
    if place is None or place.level != "rt":
        raise Refused("rt-tidak-dikenal", _("RT ini tidak dikenal"), status=422, field="rt_code")


def _check_nik(number: str | None) -> None:
    if number is None:
        return
    try:
        nik.parse(number)
    except nik.InvalidNik as error:
        raise Refused("nik-tidak-sah", _(NIK_WORDS[error.code]), status=422, field="nik", why=error.code) from error


NIK_WORDS = {
    "length": gettext_noop("NIK harus 16 angka"),
    "digits": gettext_noop("NIK hanya berisi angka 0-9"),
    "excel": gettext_noop("NIK dibulatkan oleh lembar kerja: ubah kolomnya menjadi teks lalu isi ulang"),
    "day": gettext_noop("Tanggal lahir di dalam NIK tidak mungkin"),
    "date": gettext_noop("Tanggal lahir di dalam NIK tidak ada di kalender"),
    "serial": gettext_noop("Nomor urut di dalam NIK tidak boleh 0000"),
    "region": gettext_noop("Kode wilayah di dalam NIK tidak mungkin"),
}
