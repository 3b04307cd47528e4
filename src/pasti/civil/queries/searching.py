"""Finding people: by number, by name as written or as it sounds, by where they live. Always within the scope."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from pasti.civil.models import Family, FamilyNumber, Membership, Person
from pasti.civil.queries.people import listed
from pasti.civil.rules import names
from pasti.civil.rules.searching import Asked, taken_apart
from pasti.kernel.errors import Refused
from pasti.kernel.places.models import Place

PAGE = 20
MOST = 500
NUMBER = 16  # digits
ON_ONE_CARD = 100


@dataclass(frozen=True)
class Found:
    """One page of people, the best first; `next` is the cursor of the page after, None on the last."""

    people: list[Person]
    next: str | None
    asked: Asked


def find(text: str, *, cursor: str = "", limit: int = PAGE, purpose: str = "", area: str = "") -> Found:
    """People of the scope that fit `text`: NIK, KK number (former ones too), name, street, RT and RW.

    Ranked: the name itself, names that begin so, words that begin so, the same sounds, fragments, the street. Everybody
    shown is a recorded read. Raises Refused `kursor-tidak-sah`.
    """
    asked = taken_apart(text)
    limit = max(1, min(limit, MOST))
    if asked.is_empty:
        return Found([], None, asked)
    if asked.number:
        return Found(listed(_by_number(asked.number, area), purpose=purpose), None, asked)
    rows = _ranked(asked, area, _decoded(cursor) if cursor else (None, None, None), limit + 1)
    shown, more = rows[:limit], len(rows) > limit
    known = Person.objects.in_bulk([row[0] for row in shown])
    people = [known[row[0]] for row in shown if row[0] in known]
    following = _encoded(shown[-1]) if more else None
    return Found(listed(people, purpose=purpose), following, asked)


def _by_number(number: str, area: str) -> list[Person]:
    """The person with this NIK, or all who are, or last were, on the card with this number."""
    if len(number) != NUMBER:
        return []
    cards = set(Family.objects.filter(number=number).values_list("pk", flat=True))
    cards |= set(FamilyNumber.objects.filter(number=number).values_list("family_id", flat=True))
    # The people first, each by an index of its own: one condition over both tables would read the whole city.
    people = set(Person.objects.filter(nik=number).values_list("pk", flat=True))
    if cards:
        members = Membership.objects.filter(family_id__in=cards, ends__isnull=True)
        people |= set(members.values_list("person_id", flat=True)[:MOST])
    rows = Person.objects.filter(pk__in=people).exclude(status_dasar=9)
    if area:
        rows = rows.filter(Q(rt_code=area) | Q(rt_code__startswith=f"{area}."))
    return list(rows.order_by("birth_date", "id")[:ON_ONE_CARD])


def _ranked(asked: Asked, area: str, after: tuple[Any, Any, Any], most: int) -> list[tuple[UUID, int, str]]:
    within = _within(asked, area)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, rank, name_search FROM civil_people_found(%s::text[], %s::text[], %s, %s::text[], %s, %s, %s, %s)",
            [list(asked.words), list(asked.sounds), asked.street, within, *after, most],
        )
        return list(cursor.fetchall())


def _within(asked: Asked, area: str) -> list[str] | None:
    """Codes of the RT that RT, RW and kelurahan in the words mean; None when they mean none."""
    if not (asked.rt or asked.rw or asked.kelurahan or area):
        return None
    rows = Place.objects.filter(level="rt")
    if area:
        rows = rows.filter(Q(pk=area) | Q(pk__startswith=f"{area}."))
    if asked.rt:
        rows = rows.filter(pk__endswith=f".{asked.rt}")
    if asked.rw:
        rows = rows.filter(pk__regex=rf"\.{asked.rw}\.[0-9]+$")
    if asked.kelurahan:
        named = Place.objects.filter(level="kelurahan").values_list("code", "name")
        meant = Q(pk__in=[])
        for code, name in named:
            if names.folded(name).startswith(asked.kelurahan):
                meant |= Q(pk__startswith=f"{code}.")
        rows = rows.filter(meant)
    return list(rows.values_list("pk", flat=True))


def _encoded(row: tuple[UUID, int, str]) -> str:
    text = json.dumps([row[1], row[2], str(row[0])])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> tuple[int, str, UUID]:
    try:
        rank, name, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not (type(rank) is int and 0 <= rank <= 5 and isinstance(name, str) and "\x00" not in name):
            raise ValueError
        return rank, name, UUID(last)
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise Refused("kursor-tidak-sah", _("Kursor bukan dari halaman sebelumnya"), status=400) from error
