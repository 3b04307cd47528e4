"""Reading requests about the own data, and the register of breaches."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, QuerySet

from pasti.kernel.accounts.access import can
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, scope_of, scoped
from pasti.kernel.audit.services import record_reads
from pasti.kernel.errors import NotFound
from pasti.siap_pak_rt.models import Breach, BreachSubject, DataRequest
from pasti.siap_pak_rt.rules.rights import due_of

PURPOSE = "siap_pak_rt.hak"


def mine(user: User) -> QuerySet[DataRequest]:
    """What `user` asked for, newest first, to be paged."""
    return DataRequest.objects.filter(asked_by=user.pk).order_by("-asked_at", "-id")


def waiting(*, kinds: tuple[str, ...]) -> QuerySet[DataRequest]:
    """Requests of the scope that wait for an answer, the oldest first."""
    return DataRequest.objects.filter(state="open", kind__in=kinds).select_related("person").order_by("asked_at", "id")


def answered(*, kinds: tuple[str, ...]) -> QuerySet[DataRequest]:
    """Requests of the scope that were answered, the newest first."""
    rows = DataRequest.objects.exclude(state="open").filter(kind__in=kinds).select_related("person")
    return rows.order_by("-decided_at", "-id")


def listed(rows: list[DataRequest]) -> list[DataRequest]:
    """Record that these requests were seen with their people; returns them."""
    record_reads([row.person_id for row in rows], "siap_pak_rt.request.listed", purpose=PURPOSE,
                 fields=("name", "request"), object_type="data_request")  # fmt: skip
    return rows


def one(request_id: UUID) -> DataRequest:
    """A request of the scope with its person. Raises NotFound."""
    found = DataRequest.objects.select_related("person").filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return listed([found])[0]


def breaches() -> QuerySet[Breach]:
    """All breaches with how many people each touched, the newest first."""
    return Breach.objects.annotate(people=Count("subjects")).order_by("-discovered_at", "-id")


def people_in(of: Breach) -> int:
    """How many people a breach touched."""
    return BreachSubject.objects.filter(breach=of).count()


def breach(breach_id: UUID) -> Breach:
    """One breach. Raises NotFound."""
    found = Breach.objects.filter(pk=breach_id).first()
    if found is None:
        raise NotFound
    return found


def subjects(of: Breach) -> QuerySet[BreachSubject]:
    """The people a breach touched, in the order of entry."""
    return BreachSubject.objects.filter(breach=of).order_by("id")


def told_counts(of: Breach) -> dict[str, int]:
    """How many of them were told, and how."""
    rows = BreachSubject.objects.filter(breach=of).values("told").annotate(count=Count("id"))
    return {told.value: 0 for told in BreachSubject.Told} | {row["told"]: row["count"] for row in rows}


def oldest_waiting(user: User) -> tuple[int, dt.datetime] | None:
    """How many requests wait in the officer's area, and when the oldest is due; None when none waits. Names nobody."""
    kinds = ("correction", "restriction", "lifting") if can(user, "siap_pak_rt.rights.restrict") else ("correction",)
    with scoped(scope_of(user, PURPOSE)):
        found = DataRequest.objects.filter(state="open", kind__in=kinds).aggregate(
            n=Count("pk"), oldest=Min("asked_at")
        )
    return (found["n"], due_of(found["oldest"])) if found["n"] else None


def records_of(person_id: UUID) -> list[dict[str, Any]]:
    """Every request about a person, for that person."""
    with scoped(Scope.of_person(person_id, PURPOSE)):
        rows = list(DataRequest.objects.filter(person=person_id).order_by("asked_at"))
    return [
        {
            "catatan": "permintaan", "jenis": row.kind, "isian": row.field, "tercatat": row.before, "seharusnya": row.wanted,
            "penjelasan": row.text, "keadaan": row.state, "jawaban": row.answer, "diminta_pada": row.asked_at,
            "dijawab_pada": row.decided_at, "dijawab_oleh": row.decided_name,
        }
        for row in rows
    ]  # fmt: skip
