"""How many are called before whom: one count, by the order of calling, for pages, programs, BPJS and reminders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Subquery

from pasti.kernel.clock import now
from pasti.purut.models import Antrean, Hospital
from pasti.purut.rules import order
from pasti.purut.rules.states import BEFORE_SEEN, WAITING, State
from pasti.purut.services.line import place_of

# Those still to be called. An offered place is nobody's yet.
TO_CALL = BEFORE_SEEN - {State.CALLED}
_RATIO = Subquery(Hospital.objects.values("priority_ratio")[:1])


def ahead_of(antrean: Antrean) -> int:
    """How many will be called before this registration, as it stands now; 0 once it was called or is over."""
    if antrean.state not in TO_CALL:
        return 0
    return next((ahead for ahead, one in enumerate(to_be_called(antrean.sesi_id)) if one.pk == antrean.pk), 0)


def booked_before(antrean: Antrean) -> int:
    """How many with a smaller number are still to be called: the place of a registration made just now, at its cheapest."""
    return Antrean.objects.filter(sesi_id=antrean.sesi_id, number__lt=antrean.number, state__in=sorted(TO_CALL)).count()


def to_be_called(sesi_id: int) -> list[Antrean]:
    """Everyone of the session who is still to be called, in the order of calling if all came now. One query.

    Who has not come and was passed stands where the rule puts the late.
    """
    everyone = list(Antrean.objects.filter(sesi_id=sesi_id).annotate(ratio=_RATIO).order_by("number"))
    rows = {one.number: one for one in everyone if one.state in TO_CALL}
    if not rows:
        return []
    places = [place_of(one) for one in rows.values()]
    line = [place for place in places if rows[place.number].state in WAITING]
    absent = [place for place in places if rows[place.number].state not in WAITING]
    all_here = [*line, *order.as_if_come(absent, line, _called_in_turn(everyone), now())]
    ratio = everyone[0].ratio
    return [rows[one.number] for one in order.in_order(all_here, _recent(everyone), ratio)]


def _called_in_turn(everyone: Sequence[Antrean]) -> list[tuple[int, str]]:
    """Numbers and priorities of those who were called at their own turn; who was skipped was turned only after the call."""
    return [
        (one.number, one.priority)
        for called_at, one in _called(everyone)
        if one.turn is None or (one.turned_at is not None and one.turned_at > called_at)
    ]


def _recent(everyone: Sequence[Antrean]) -> list[str]:
    return [one.priority for _, one in _called(everyone)]


def _called(everyone: Sequence[Antrean]) -> list[tuple[dt.datetime, Antrean]]:
    """Those called so far with the moment of their first call, the newest first."""
    called = [(one.called_at, one) for one in everyone if one.called_at is not None]
    return sorted(called, key=lambda pair: pair[0], reverse=True)
