"""Whose registrations an account may see and make as its own."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from pasti.civil import queries as register
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_reads
from pasti.purut.models import Antrean


def own_people(user: User) -> set[UUID]:
    """The account's own person and those on the same family card; a person without a card is there alone."""
    return {user.person_id, *register.household_ids(user.person_id)} if user.person_id else set()


def record_kin(user: User, rows: Iterable[Antrean]) -> None:
    """Trace that `user` looked at registrations of others of the household; the own ones are nobody else's business."""
    seen = dict.fromkeys(one.patient.person_id for one in rows if one.patient.person_id not in (None, user.person_id))
    record_reads(
        (person for person in seen if person), "purut.antrean.read", purpose="purut.registration",
        fields=("name", "state"), object_type="antrean",
    )  # fmt: skip
