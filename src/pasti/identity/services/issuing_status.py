"""Places in the public status lists: given out by chance, never twice, marked in one statement."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.conf import settings
from django.db import connection
from django.db.models import F

from pasti.identity.models import StatusEntry, StatusList
from pasti.kernel.clock import now

BITS = 2
SIZE = 1 << 20  # entries; five copies for each of 200,000 residents fit into one crowd
FULL = 3 / 4  # beyond this share a new list begins: chance still finds a free place quickly
_TAKE = """INSERT INTO identity_statusentry (list_id, idx, value) SELECT %s, one, 0 FROM unnest(%s::int[]) AS one
ON CONFLICT (list_id, idx) DO NOTHING RETURNING id"""


def address_of(number: int) -> str:
    """Where list `number` is served."""
    return f"{settings.PASTI_BASE_URL}/id/status/{number}"


def allocate(count: int) -> list[StatusEntry]:
    """`count` places nobody had, drawn by chance: an index tells nothing about when, or beside whom, it was given."""
    listed = _open_list()
    found: list[int] = []
    while len(found) < count:
        drawn = sorted({secrets.randbelow(listed.size) for _ in range(count - len(found))})
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [listed.pk, drawn])
            found += [row[0] for row in cursor.fetchall()]
    StatusList.objects.filter(pk=listed.pk).update(taken=F("taken") + count)
    return list(StatusEntry.objects.filter(pk__in=found))


def mark(entries: Sequence[int], value: int) -> None:
    """Set the value of these entries in their lists. Revoked stays revoked."""
    changed = StatusEntry.objects.filter(pk__in=entries).exclude(value=1).exclude(value=value)
    lists = sorted(set(changed.values_list("list_id", flat=True)))
    if changed.update(value=value):
        StatusList.objects.filter(pk__in=lists).update(version=F("version") + 1, changed_at=now())


def _open_list() -> StatusList:
    last = StatusList.objects.order_by("-number").first()
    if last is not None and last.taken < last.size * FULL:
        return last
    number = last.number + 1 if last else 1
    return StatusList.objects.get_or_create(number=number, defaults={"size": SIZE, "changed_at": now()})[0]
