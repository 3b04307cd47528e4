"""What pages show of files on their way in and out. The scope holds only the areas of the roles that may do this."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from pasti.civil.models import Export, ImportBatch, ImportRow
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, active_assignments, current_scope
from pasti.kernel.audit.services import record_reads
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound
from pasti.kernel.places import queries as places
from pasti.kernel.publish.registry import registry

WORKING = ("waiting", "reading", "committing", "undoing")


@dataclass(frozen=True)
class Difference:
    """A field that the file says otherwise, and in how many rows."""

    field: str
    rows: int


def desk_scope(user: User, permission: str, purpose: str) -> Scope:
    """The areas of those roles of the user that hold `permission`, and no more: another role's area stays shut."""
    roles = registry().roles_by_permission.get(permission, frozenset())
    held = active_assignments(user, today())
    areas = sorted({one.area_code for one in held if one.area_code and one.role in roles})
    return Scope(tuple(areas), (), purpose)


def areas() -> list[tuple[str, str]]:
    """(code, words) of the scope's own areas and, below a city, of its kelurahan: what a file can be for."""
    scope = current_scope()
    found: dict[str, str] = {}
    for area in scope.areas if scope else ():
        place = places.place(area)
        if place is not None:
            found[area] = places.label(area) or place.name
        if len(area.split(".")) < 4:
            inside = places.within(area, "kelurahan")
            found |= {one.code: one.name for one in inside}
    return list(found.items())


def batches() -> QuerySet[ImportBatch]:
    """Files of the scope, to be paged."""
    return ImportBatch.objects.all()


def batch(batch_id: UUID) -> ImportBatch:
    """One file. Raises NotFound outside the scope."""
    found = ImportBatch.objects.filter(pk=batch_id).first()
    if found is None:
        raise NotFound
    return found


def rows(of: ImportBatch, kind: str = "", problem: str = "") -> QuerySet[ImportRow]:
    """Rows of a file by what became of them, to be paged: a kind is an outcome, `problem` or `left`."""
    found = ImportRow.objects.filter(batch=of)
    if problem:
        field, _, code = problem.partition(".")
        return found.filter(problems__contains=[[field, code]]).exclude(problems=[])
    if kind == "problem":
        return found.exclude(problems=[])
    if kind == "left":
        return found.filter(undone=False)
    return found.filter(outcome=kind) if kind else found


def compared(shown: list[ImportRow]) -> list[ImportRow]:
    """Record that what the register holds of these people was seen beside the file; returns them."""
    fields = sorted({name for row in shown for name in row.differences})
    people = [row.person_id for row in shown if row.person_id]
    record_reads(people, "civil.import.compared", purpose="civil.impor", fields=fields, object_type="person")
    return shown


def differing_fields(of: ImportBatch) -> list[Difference]:
    """The fields in which rows differ, the most frequent first."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_FIELDS, [of.pk])
        return [Difference(field, count) for field, count in cursor.fetchall()]


def decisions(of: ImportBatch) -> dict[str, int]:
    """Of the rows that differ: how many would be changed as decided now, and how many stay as they are."""
    fields = list(of.counts.get("accepted_fields", ()))
    differs = ImportRow.objects.filter(batch=of, outcome="differs")
    by_field = Q(accepted__isnull=True, differences__has_any_keys=fields) if fields else Q(pk__in=[])
    found = differs.aggregate(all=Count("pk"), changed=Count("pk", filter=Q(accepted=True) | by_field))
    return {"changed": found["changed"], "kept": found["all"] - found["changed"]}


def every_problem(of: ImportBatch) -> Iterator[ImportRow]:
    """All rows with problems in the order of the file, a stretch at a time."""
    return rows(of, "problem").order_by("number").iterator(2000)


def exports(owner: User) -> QuerySet[Export]:
    """One's own files of people, to be paged."""
    return Export.objects.filter(created_by=owner.pk)


def place_words(codes: set[str]) -> dict[str, str]:
    """RT codes in short words: "RT 001 RW 002, Sebani"."""
    return {code: places.label(code) for code in codes if code}


def code_words(field_values: set[tuple[str, Any]]) -> dict[tuple[str, Any], str]:
    """(field, code) -> label of the official list, for the fields that are codes."""
    from pasti.civil.models import CodeEntry
    from pasti.civil.rules.layouts import CODE_LISTS

    keys = {f"{CODE_LISTS[name]}:{value}": (name, value) for name, value in field_values if name in CODE_LISTS}
    found = CodeEntry.objects.filter(pk__in=keys).values_list("key", "name")
    return {keys[key]: name for key, name in found}


_FIELDS = """SELECT key, count(*) FROM civil_importrow r CROSS JOIN LATERAL jsonb_object_keys(r.differences) AS key
WHERE r.batch_id = %s AND r.outcome = 'differs' GROUP BY key ORDER BY 2 DESC, 1"""
