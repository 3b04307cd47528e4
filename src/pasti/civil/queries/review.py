"""What waits for the clerks: pairs of records that look alike, and events on their way to Disdukcapil."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, DateField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from pasti.civil.models import DuplicatePair, Membership, Peristiwa, Person
from pasti.civil.queries.history import Happening, happening
from pasti.civil.queries.people import LISTED, words_of
from pasti.civil.rules import peristiwa as rules
from pasti.kernel.audit.services import record_read, record_reads
from pasti.kernel.errors import NotFound
from pasti.kernel.places import queries as places

FAR = dt.date(9999, 12, 31)  # the last day of what the law gives none
COMPARED = (
    "nik", "name", "sex", "birth_place", "birth_date", "religion", "education", "occupation", "marital_status",
    "father_name", "mother_name", "mother_nik", "birth_certificate", "rt_code", "status_dasar",
)  # fmt: skip
At = Peristiwa.Dukcapil


@dataclass(frozen=True)
class Side:
    """One record of a pair, in words."""

    person: Person
    words: dict[str, str]
    place: str
    card: str
    relation: int | None
    events: int


@dataclass(frozen=True)
class Comparison:
    """A pair side by side: the fields by name, with whether they differ."""

    pair: DuplicatePair
    first: Side
    second: Side
    differing: frozenset[str]


def open_pairs(*, state: str = DuplicatePair.State.OPEN) -> QuerySet[DuplicatePair]:
    """Pairs of the scope in a state, to be paged by ("-score", "id"); both people come along."""
    return DuplicatePair.objects.filter(state=state).select_related("first", "second")


def pairs_listed(rows: Iterable[DuplicatePair], *, purpose: str) -> None:
    """Record that the people of these pairs were seen."""
    seen = [one for row in rows for one in (row.first_id, row.second_id)]
    record_reads(seen, "civil.duplicate.read", purpose=purpose, fields=LISTED, object_type="person")


def comparison(pair_id: int, *, purpose: str) -> Comparison:
    """A pair of the scope side by side. Raises NotFound outside of it, or when one of both cannot be seen."""
    pair = DuplicatePair.objects.filter(pk=pair_id).first()
    people = Person.objects.in_bulk([pair.first_id, pair.second_id]) if pair else {}
    if pair is None or len(people) < 2:
        raise NotFound
    first, second = people[pair.first_id], people[pair.second_id]
    record_reads([first.pk, second.pk], "civil.duplicate.read", purpose=purpose, fields=COMPARED, object_type="person")
    differing = frozenset(name for name in COMPARED if getattr(first, name) != getattr(second, name))
    return Comparison(pair, _side(first), _side(second), differing)


def _side(one: Person) -> Side:
    card = Membership.objects.filter(person=one, ends__isnull=True).select_related("family").first()
    count = Peristiwa.objects.filter(person=one).count()
    return Side(one, words_of(one), places.label(one.rt_code), card.family.number if card else "",
                card.relation if card else None, count)  # fmt: skip


def on_their_way(*, state: str = "", kind: str = "", area: str = "") -> QuerySet[Any]:
    """Events of the scope with `due`, the last day the law gives (far away where it gives none), to be paged by
    ("due", "id"). Without a state: all that Disdukcapil has not answered. Events taken back are left out, unless they
    had already been submitted."""
    rows = Peristiwa.objects.annotate(due=_due())
    rows = rows.filter(dukcapil_state=state) if state else rows.exclude(dukcapil_state=At.ISSUED)
    taken_back = Exists(Peristiwa._base_manager.filter(reverses=OuterRef("pk")))
    rows = rows.filter(Q(dukcapil_state__in=[At.SUBMITTED, At.ISSUED]) | ~taken_back)
    # A counter-event of what was never reported is nothing to tell.
    rows = rows.filter(Q(reverses__isnull=True) | ~Q(reverses__dukcapil_state=At.NOT_REPORTED))
    if kind:
        rows = rows.filter(kind=kind)
    if area:
        rows = rows.filter(Q(rt_code=area) | Q(rt_code__startswith=f"{area}."))
    return rows.select_related("person")


def _due() -> Any:
    """The last day to report, by kind: `rules.peristiwa.due_on` as SQL."""
    days = [
        When(kind=kind, then=ExpressionWrapper(F("occurred_on") + Value(count), output_field=DateField()))
        for kind, count in rules.LEGAL_DAYS.items()
    ]
    return Case(*days, default=Cast(Value(str(FAR)), DateField()), output_field=DateField())


def way_counts() -> dict[str, int]:
    """State at Disdukcapil -> number of events of the scope."""
    rows = Peristiwa.objects.values("dukcapil_state").annotate(number=Count("pk")).order_by()
    return dict.fromkeys(At.values, 0) | {row["dukcapil_state"]: row["number"] for row in rows}


def way_listed(rows: Iterable[Peristiwa], *, purpose: str) -> list[Happening]:
    """The events as shown, with their days left; everybody in them was read."""
    found = list(rows)
    record_reads([one.person_id for one in found if one.person_id], "civil.peristiwa.listed", purpose=purpose,
                 fields=("name", "kind", "occurred_on"), object_type="peristiwa")  # fmt: skip
    return [happening(one) for one in found]


def event(peristiwa_id: UUID, *, purpose: str) -> Peristiwa:
    """One event of the scope; whom it is about reads that it was opened. Raises NotFound."""
    found = Peristiwa.objects.select_related("person", "reverses").filter(pk=peristiwa_id).first()
    if found is None:
        raise NotFound
    if found.person_id:
        record_read(found.person_id, "civil.peristiwa.read", purpose=purpose, fields=("kind", "occurred_on", "details"),
                    object_type="peristiwa", object_id=found.pk)  # fmt: skip
    return found


def is_taken_back(peristiwa_id: UUID) -> bool:
    """Whether a counter-event took the event back."""
    return Peristiwa.objects.filter(reverses=peristiwa_id).exists()
