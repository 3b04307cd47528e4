"""Reading measurements."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from pasti.kernel.publish.models import Look, Measurement


def latest(code: str, start: dt.datetime, end: dt.datetime, area: str) -> Measurement | None:
    """The newest measurement of one measure for one period and area."""
    return history(code, start, end, area).first()


def history(code: str, start: dt.datetime, end: dt.datetime, area: str) -> QuerySet[Measurement]:
    """Every measurement of one measure for one period and area, newest first."""
    rows = Measurement.objects.filter(measure=code, area=area, period_start=start, period_end=end)
    return rows.order_by("-id")


def look(code: str, start: dt.datetime, end: dt.datetime, area: str) -> Look | None:
    """When one measure was last computed for one period and area, with what it gave."""
    rows = Look.objects.filter(measure=code, area=area, period_start=start, period_end=end)
    return rows.select_related("measurement").first()
