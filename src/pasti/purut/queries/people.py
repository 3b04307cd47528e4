"""Whose registrations an account may see and make as its own."""

from __future__ import annotations

from uuid import UUID

from pasti.civil import queries as register
from pasti.kernel.accounts.models import User


def own_people(user: User) -> set[UUID]:
    """The account's own person and those on the same family card; a person without a card is there alone."""
    return {user.person_id, *register.household_ids(user.person_id)} if user.person_id else set()
