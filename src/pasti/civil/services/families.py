"""Family cards: opening, joining, leaving."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pasti.civil.models import Address, Family, FamilyCheck, Membership, Person
from pasti.civil.rules import kk, nik
from pasti.civil.services.checks import check_place
from pasti.kernel import clock
from pasti.kernel.accounts.scope import current_scope
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.audit.services import record_change
from pasti.kernel.errors import NotFound, Refused


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
    family = new_family(number, street=street, house=house, rt_code=rt_code)
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


@transaction.atomic
def verify_family(family_id: UUID, *, purpose: str) -> Family:
    """The card of a family in the scope's area is still as it stands, looked at today. Twice a day is once.

    Raises NotFound outside the area: the family itself, who may read its own card, does not verify it.
    """
    family = Family.objects.filter(pk=family_id, closed_on=None).first()
    if family is None or not covers(current_scope(), family.rt_code):
        raise NotFound
    before, today = family.verified_on, clock.today()
    if Family.objects.filter(Q(verified_on=None) | Q(verified_on__lt=today), pk=family_id).update(verified_on=today):
        FamilyCheck.objects.create(family=family, day=today, rt_code=family.rt_code, recorded_at=clock.now())
        for person_id in Membership.objects.filter(family=family, ends__isnull=True).values_list(
            "person_id", flat=True
        ):
            record_change(person_id, "civil.family.verified", purpose=purpose, object_type="family", object_id=family.pk,
                          changes={"verified_on": [str(before or ""), str(today)]})  # fmt: skip
    family.verified_on = today
    return family


def new_family(number: str, *, street: str, house: str, rt_code: str) -> Family:
    """A card without members yet. Raises Refused: `luar-wilayah`, `kk-tidak-sah`, `kk-terpakai`."""
    check_place(rt_code)
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
    return family
