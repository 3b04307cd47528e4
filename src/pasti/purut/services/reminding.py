"""Who is reminded: the day before, and when it is time to leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from pasti.kernel.clock import today
from pasti.purut.models import Antrean, Hospital
from pasti.purut.queries import line
from pasti.purut.rules.states import State


def expected_tomorrow() -> Iterator[Antrean]:
    """Everyone who has a number for tomorrow."""
    rows = Antrean.objects.filter(date=today() + dt.timedelta(days=1), state=State.BOOKED)
    return rows.select_related("poli", "patient", "sesi").order_by("id").iterator(chunk_size=500)


def nearly_called(code: str) -> list[tuple[Antrean, int]]:
    """After the registration `code` was called: those of its session who have not come and how many are called
    before them.

    Only those with at most as many ahead as the hospital says (`leave_when_ahead` of the city pack).
    """
    limit = Hospital.objects.values_list("leave_when_ahead", flat=True).first() or 0
    sesi_id = Antrean.objects.filter(code=code, date=today()).values_list("sesi_id", flat=True).first()
    if sesi_id is None:
        return []
    near = list(enumerate(line.to_be_called(sesi_id)))[: limit + 1]
    return [(one, ahead) for ahead, one in near if one.state == State.BOOKED]
