"""Measuring, and typed values: entered with a source, counted when a second person agrees."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.kernel.context import current_actor
from pasti.kernel.errors import NotFound, Refused
from pasti.masterplan import queries
from pasti.masterplan.models import Indicator, ManualValue

PURPOSE = "masterplan.values"


def measure_year() -> int:
    """Measure every computed indicator for this year and its months; returns how many indicators there are."""
    year = queries.current_year()
    rows = [one for one in queries.indicators() if one.computed]
    for one in rows:
        queries.reading(one, year)
        queries.trend(one, year)
    return len(rows)


@transaction.atomic
def enter_value(indicator: Indicator, *, year: int, value: Decimal, source: str) -> ManualValue:
    """Enter a typed value; it waits for approval. Raises Refused `dihitung` for a computed indicator."""
    if indicator.computed:
        raise Refused(
            "dihitung", _("Indikator ini dihitung dari catatan layanan dan tidak dapat diketik"), field="indicator"
        )
    actor = current_actor()
    made = ManualValue.objects.create(
        indicator=indicator, year=year, value=value, source=source, entered_by=actor.user_id, entered_name=actor.name,
        recorded_at=now(),
    )  # fmt: skip
    _trace("masterplan.value.entered", made)
    return made


@transaction.atomic
def approve_value(value_id: int) -> ManualValue:
    """Agree to somebody else's value. Twice is once. Raises Refused `orang-kedua` for one's own, NotFound."""
    actor = current_actor()
    found = ManualValue.objects.select_for_update().filter(pk=value_id).first()
    if found is None:
        raise NotFound
    if found.approved_at is None:
        if found.entered_by == actor.user_id:
            raise Refused("orang-kedua", _("Nilai yang Anda isi sendiri disetujui oleh orang lain"))
        found.approved_by, found.approved_name, found.approved_at = actor.user_id, actor.name, now()
        found.save()
        _trace("masterplan.value.approved", found)
    return found


def _trace(action: str, value: ManualValue) -> None:
    record_change(
        None, action, purpose=PURPOSE, object_type="manual_value", object_id=value.pk, object_label=str(value),
        changes={"value": str(value.value), "source": value.source},
    )  # fmt: skip
