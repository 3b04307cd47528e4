"""What time it is for early warning: now, or in a demo the time of the flood evening that is played."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from pasti.ews.models import Replay
from pasti.kernel import clock


def now() -> dt.datetime:
    """The moment early warning lives in, aware, in UTC."""
    return lived(clock.now())


def lived(moment: dt.datetime) -> dt.datetime:
    """When something that happened at `moment` of the clock was, for early warning."""
    found = running(moment)
    return found.played(moment) if found else moment


def pace() -> float:
    """How many seconds of early warning's time pass in one of ours: more than one while an evening is played."""
    found = running()
    return found.speed if found else 1.0


def running(moment: dt.datetime | None = None) -> Replay | None:
    """The replay that runs, in demo mode only."""
    if not settings.PASTI_DEMO:
        return None
    at = moment or clock.now()
    return Replay.objects.filter(began_at__lte=at, ends_at__gt=at).first()
