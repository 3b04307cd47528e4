"""Single facts of one person, for those who may learn just these: what is handed over is what the audit says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pasti.civil.models import Membership, Person
from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.audit.services import record_read

FACTS = ("nik", "name", "sex", "birth_date", "birth_place", "rt_code", "residency", "address")


@dataclass(frozen=True)
class Reading:
    """Why facts are read and what the person reads of it: purpose, act, and to whom they go."""

    purpose: str
    action: str
    to: str = ""


def facts_of(
    person_id: UUID, names: Collection[str], reading: Reading, *, told: Collection[str] = ()
) -> dict[str, Any]:
    """These facts of one living person (names of FACTS); empty when the register no longer holds the person as such.

    The person sees one recorded read with `told`, or `names`, in it. The scope is that person alone.
    """
    with scoped(Scope.of_person(person_id, reading.purpose)):
        found = Person.objects.filter(pk=person_id, status_dasar=1).first()
        if found is None:
            return {}
        record_read(found.pk, reading.action, purpose=reading.purpose, fields=list(told or names),
                    object_type="application", object_label=reading.to[:100])  # fmt: skip
        facts = {name: getattr(found, name) for name in names if name != "address"}
        if "address" in names:
            facts["address"] = _address(found)
        return facts


def _address(one: Person) -> str:
    own = Membership.objects.filter(person=one, ends__isnull=True).select_related("family__address").first()
    return str(own.family.address) if own else ""
