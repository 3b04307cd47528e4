"""Reads of an area's families: its list, one card, its numbers, what happened. Scope and trace as in `queries`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from pasti.civil.models import Family as Family
from pasti.civil.models import Membership
from pasti.civil.models import Peristiwa as Peristiwa
from pasti.civil.models import Person as Person
from pasti.civil.queries.people import Household, Member, code_names, matching
from pasti.kernel.audit.services import record_reads
from pasti.kernel.errors import NotFound

LISTED = ("name", "relation", "rt_code")
AGES = ((0, 4), (5, 17), (18, 39), (40, 59), (60, 200))


@dataclass(frozen=True)
class Numbers:
    """What is counted of one RT: the living, their ages in the bands of `AGES`, families, those not looked at, and
    the events of the month by kind."""

    rt_code: str
    people: int
    women: int
    ages: tuple[int, ...]
    temporary: int
    families: int
    unverified: int
    month: dict[str, int]


def families(*, area: str = "", search: str = "", unverified_since: dt.date | None = None) -> QuerySet[Family]:
    """Cards of the scope with somebody on them, with `head_name`, `head_id` and `size`; to be paged and then `listed`.

    `search` is a fragment of a member's name, a NIK, a card number, or a part of the address. With
    `unverified_since` only those nobody has looked at since that day.
    """
    members = Membership.objects.filter(family=OuterRef("pk"), ends__isnull=True)
    head = members.order_by("relation", "id")
    rows = Family.objects.filter(closed_on=None).select_related("address")
    if area:
        rows = rows.filter(Q(rt_code=area) | Q(rt_code__startswith=f"{area}."))
    if unverified_since:
        rows = rows.filter(Q(verified_on=None) | Q(verified_on__lt=unverified_since))
    if search.strip():
        rows = rows.filter(_fitting(search.strip(), members))
    size = members.order_by().values("family").annotate(n=Count("id")).values("n")
    return rows.annotate(
        head_name=Subquery(head.values("person__name")[:1]), head_id=Subquery(head.values("person_id")[:1]),
        size=Subquery(size),
    ).filter(size__gt=0)  # fmt: skip


def _fitting(words: str, members: QuerySet[Membership]) -> Q:
    people = Person.objects.filter(matching(words), pk=OuterRef("person_id"))
    named = Q(Exists(members.filter(Exists(people))))
    if words.isascii() and words.isdigit():
        return named | Q(number=words) | Q(address__number=words)
    return named | Q(address__street__icontains=words)


def listed(rows: Sequence[Family], *, purpose: str) -> Sequence[Family]:
    """Record that the heads of these families were read in a list, in one statement; returns them."""
    record_reads([row.head_id for row in rows], "civil.people.listed", purpose=purpose, fields=LISTED,  # type: ignore[attr-defined]
                 object_type="family")  # fmt: skip
    return rows


def card(family_id: UUID, *, purpose: str) -> Household:
    """One card of the scope with its members, head first. Raises NotFound outside of it."""
    family = Family.objects.select_related("address").filter(pk=family_id).first()
    if family is None:
        raise NotFound
    rows = Membership.objects.filter(family=family, ends__isnull=True).select_related("person")
    relations = code_names("hubungan_keluarga_shdk")
    members = tuple(
        Member(row.person, row.relation, relations.get(row.relation, str(row.relation)))
        for row in rows.order_by("relation", "person__birth_date", "id")
    )
    record_reads([one.person.pk for one in members], "civil.household.read", purpose=purpose,
                 fields=("name", "nik", "sex", "birth_date", "relation"), object_type="family")  # fmt: skip
    return Household(family, str(family.address), family.rt_code, members)


def card_of(person_id: UUID) -> UUID | None:
    """The id of the card a person of the scope is on; None without one. No record: an id alone."""
    return Membership.objects.filter(person_id=person_id, ends__isnull=True).values_list("family_id", flat=True).first()


def members_of(family_id: UUID) -> list[UUID]:
    """Ids of those on a card of the scope, head first. No record: ids alone."""
    rows = Membership.objects.filter(family_id=family_id, ends__isnull=True).order_by("relation", "id")
    return list(rows.values_list("person_id", flat=True))


def children_of(mother: Person) -> list[Person]:
    """Those recorded as children of this mother in the scope; by her NIK, so none without one."""
    if not mother.nik:
        return []
    return list(Person.objects.filter(mother_nik=mother.nik).exclude(status_dasar=9))


def happened(peristiwa_ids: Sequence[UUID]) -> dict[UUID, Peristiwa]:
    """Events of the scope by id. No record: whoever shows their person reads that person through `queries`."""
    return {one.pk: one for one in Peristiwa.objects.filter(pk__in=peristiwa_ids)}


def of_people(people: Sequence[UUID], limit: int = 20) -> list[Peristiwa]:
    """The latest events of these people of the scope, newest first, counter-events and what they undid left out."""
    rows = Peristiwa.objects.filter(person_id__in=people, reverses=None, reversed_by=None)
    return list(rows.order_by("-occurred_on", "-recorded_at")[:limit])


_NUMBERS = """
WITH p AS (
  SELECT rt_code, count(*) AS people, count(*) FILTER (WHERE sex = 2) AS women, count(*) FILTER (WHERE residency = 2) AS temporary,
    count(*) FILTER (WHERE birth_date > %(t5)s) AS band0,
    count(*) FILTER (WHERE birth_date <= %(t5)s AND birth_date > %(t18)s) AS band1,
    count(*) FILTER (WHERE birth_date <= %(t18)s AND birth_date > %(t40)s) AS band2,
    count(*) FILTER (WHERE birth_date <= %(t40)s AND birth_date > %(t60)s) AS band3,
    count(*) FILTER (WHERE birth_date <= %(t60)s) AS band4
  FROM civil_person WHERE status_dasar = 1 AND {area} GROUP BY rt_code
), f AS (
  SELECT rt_code, count(*) AS families, count(*) FILTER (WHERE verified_on IS NULL OR verified_on < %(since)s) AS unverified
  FROM civil_family WHERE closed_on IS NULL AND {area} GROUP BY rt_code
), e AS (
  SELECT rt_code, jsonb_object_agg(kind, n) AS month FROM (
    SELECT rt_code, kind, count(*) AS n FROM civil_peristiwa one
    WHERE occurred_on >= %(first)s AND reverses_id IS NULL AND {area}
      AND NOT EXISTS (SELECT 1 FROM civil_peristiwa back WHERE back.reverses_id = one.id)
    GROUP BY rt_code, kind
  ) kinds GROUP BY rt_code
)
SELECT rt_code, coalesce(people, 0), coalesce(women, 0), coalesce(band0, 0), coalesce(band1, 0), coalesce(band2, 0),
  coalesce(band3, 0), coalesce(band4, 0), coalesce(temporary, 0), coalesce(families, 0), coalesce(unverified, 0),
  coalesce(month, '{{}}')
FROM p FULL JOIN f USING (rt_code) FULL JOIN e USING (rt_code) ORDER BY 1
"""


def numbers(area: str, *, today: dt.date, unverified_since: dt.date) -> list[Numbers]:
    """The numbers of each RT in `area` within the scope, by code, in one statement. Numbers name nobody: no record.

    The month is the city's month of `today`.
    """
    inside = "rt_code = %(area)s" if area.count(".") >= 5 else "(rt_code = %(area)s OR rt_code LIKE %(inside)s)"
    born = {f"t{age}": _years_before(today, age) for age in (5, 18, 40, 60)}
    with connection.cursor() as cursor:
        cursor.execute(
            _NUMBERS.format(area=inside),
            {"area": area, "inside": f"{area}.%", "since": unverified_since, "first": today.replace(day=1), **born},
        )
        rows = cursor.fetchall()
    return [
        Numbers(row[0], row[1], row[2], tuple(row[3:8]), row[8], row[9], row[10], json.loads(row[11])) for row in rows
    ]


def _years_before(day: dt.date, years: int) -> dt.date:
    """Who was born after this day is younger than `years` on `day`."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap else day.day)
