"""What the register already holds of the people and cards that a stretch of a file speaks of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from pasti.civil.models import Membership, Person
from pasti.civil.rules.layouts import Row

COMPARED = (
    "name", "sex", "birth_place", "birth_date", "religion", "education", "occupation", "marital_status", "blood_type",
    "citizenship", "father_name", "mother_name", "father_nik", "mother_nik", "birth_certificate",
    "marriage_certificate", "marriage_date", "divorce_certificate", "divorce_date", "passport", "passport_expires",
    "kitas", "ktp_status", "disability", "status_dasar", "rt_code",
)  # fmt: skip
Found = dict[str, Any]
Likeness = tuple[Any, ...]


class Known:
    """Numbers taken in the city, and the people and cards of the area that bear them."""

    def __init__(self, taken: set[str], people: Sequence[Found], cards: dict[str, UUID], own: dict[UUID, bool]):
        self.taken, self.cards = taken, cards
        self._by_nik = {one["nik"]: one for one in people if one["nik"]}
        self._unnumbered: dict[Likeness, list[Found]] = {}
        for one in people:
            if not one["nik"]:
                born = one["birth_date"].isoformat()
                self._unnumbered.setdefault((one["name_search"], born, one["sex"], one["rt_code"]), []).append(one)
        self._own = own
        self.headed = {number for number, id in cards.items() if own.get(id)}

    def person(self, content: Mapping[str, Any]) -> Found | None:
        """Who the row is about: by NIK; without one by name, birth, sex and RT, when exactly one is so."""
        if content["nik"]:
            return self._by_nik.get(content["nik"])
        alike = (content.get("name_search"), content.get("birth_date"), content.get("sex"), content["rt_code"])
        found = self._unnumbered.get(alike, ())
        return found[0] if len(found) == 1 else None

    def is_elsewhere(self, kk: str) -> bool:
        """Whether the card belongs to a family outside the area."""
        return kk in self.cards and self.cards[kk] not in self._own


def known_of(rows: Sequence[Row]) -> Known:
    """Ask the register about these rows, in a few statements whatever their number."""
    niks = [row.content["nik"] for row in rows if row.content["nik"]]
    numbers = list({row.content["kk"] for row in rows if row.content["kk"]})
    births = {row.content.get("birth_date") for row in rows if not row.content["nik"]} - {None}
    with connection.cursor() as cursor:
        cursor.execute("SELECT civil_niks_taken(%s)", [niks])
        taken = {found for (found,) in cursor.fetchall()}
        cursor.execute("SELECT number, id FROM civil_kk_taken(%s)", [numbers])
        cards = dict(cursor.fetchall())
        own: dict[UUID, bool] = {}
        if cards:
            cursor.execute(_OWN_CARDS, [list(cards.values())])
            own = dict(cursor.fetchall())
    people = Person.objects.exclude(status_dasar=9)
    found = _with_cards(people.filter(nik__in=taken)) if taken else []
    if births:
        found += _with_cards(people.filter(nik=None, birth_date__in=births))
    return Known(taken, found, cards, own)


def _with_cards(people: QuerySet[Person]) -> list[Found]:
    found: list[Found] = [dict(one) for one in people.values("id", "nik", "name_search", *COMPARED)]
    of = Membership.objects.filter(person_id__in=[one["id"] for one in found], ends=None)
    cards = dict(of.values_list("person_id", "family__number"))
    for one in found:
        one["kk"] = cards.get(one["id"], "")
    return found


_OWN_CARDS = """SELECT f.id, EXISTS (SELECT 1 FROM civil_membership m
  WHERE m.family_id = f.id AND m.ends IS NULL AND m.relation = 1)
FROM civil_family f WHERE f.id = ANY (%s)"""
