"""Whether somebody who signs up knows what stands on the own cards."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from pasti.civil.models import Membership, Person
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.audit.services import record_read
from pasti.kernel.places import queries as places

MATCHED, MISMATCHED = "civil.matched", "civil.mismatched"
NOBODY = UUID(int=0)
COMPARED = ("nik", "birth_date", "kk")


@dataclass(frozen=True)
class Match:
    """A living resident whose NIK, family card and day of birth were all three named."""

    person_id: UUID
    nik: str
    name: str
    birth_date: dt.date
    rt_code: str


def matched(nik: str, kk: str, born: dt.date, *, purpose: str) -> Match | None:
    """The living resident with this NIK when card number and day of birth are right too; else None, whichever is wrong.

    No scope is needed: whoever asks learns no more than was said. The owner of the NIK sees either outcome in the
    access trail. The same questions are put to the database whatever is wrong.
    """
    city = places.city()
    with scoped(everyone(city.code if city else "", purpose)):
        found = Person.objects.filter(nik=nik, status_dasar=1).first()
        whose = found.pk if found else NOBODY
        number = Membership.objects.filter(person_id=whose, ends__isnull=True).values_list("family__number", flat=True)
        right = list(number) == [kk] and found is not None and found.birth_date == born
        record_read(found.pk if found else None, MATCHED if right else MISMATCHED, purpose=purpose, fields=COMPARED,
                    object_type="person", object_id=whose)  # fmt: skip
        if found is None or not right:
            return None
        return Match(found.pk, nik, found.name, found.birth_date, found.rt_code)


def named(person_id: UUID, *, purpose: str) -> Match | None:
    """The same of a person who was matched before and is within the scope in force."""
    found = Person.objects.filter(pk=person_id, status_dasar=1).first()
    if found is None or not found.nik:
        return None
    record_read(found.pk, MATCHED, purpose=purpose, fields=("nik", "name"), object_type="person", object_id=found.pk)
    return Match(found.pk, found.nik, found.name, found.birth_date, found.rt_code)
