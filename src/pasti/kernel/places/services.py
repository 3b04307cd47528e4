"""Writing places: only the loader of the city pack does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models import F

from pasti.kernel import clock
from pasti.kernel.places.models import Stamp

Counts = dict[str, int]


def put(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> Counts:
    """Make the table hold `rows` (dicts with the primary key); unchanged rows are not touched.

    Rows missing from `rows` stay: a pack that shrinks never deletes what others refer to.
    Returns how many were created, changed and unchanged.
    """
    wanted = {row[model._meta.pk.name]: row for row in rows}
    now = clock.now()
    with transaction.atomic():
        have = model._default_manager.in_bulk(list(wanted))
        new = [model(**row, changed_at=now) for key, row in wanted.items() if key not in have]
        changed = [one for key, one in have.items() if _apply(one, wanted[key])]
        for one in changed:
            one.changed_at = now  # type: ignore[attr-defined]
        model._default_manager.bulk_create(new, batch_size=500)
        if changed:
            model._default_manager.bulk_update(changed, _fields(model), batch_size=200)
        if new or changed:
            renew_stamp()
    return {"created": len(new), "changed": len(changed), "unchanged": len(have) - len(changed)}


def total(*counts: Counts) -> Counts:
    """Several counts as one."""
    return {key: sum(one[key] for one in counts) for key in ("created", "changed", "unchanged")}


def renew_stamp() -> None:
    """Tell every process that its cached geometry is old."""
    Stamp.objects.get_or_create(pk=1)
    Stamp.objects.filter(pk=1).update(version=F("version") + 1)


def _apply(one: models.Model, row: dict[str, Any]) -> bool:
    differing = {key: value for key, value in row.items() if getattr(one, key) != value}
    for key, value in differing.items():
        setattr(one, key, value)
    return bool(differing)


def _fields(model: type[models.Model]) -> Sequence[str]:
    return [field.name for field in model._meta.concrete_fields if not field.primary_key]
