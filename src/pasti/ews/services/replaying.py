"""Playing a flood evening in a demo: early warning lives in the played time until the replay ends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from pasti.ews.models import Gauge, Replay
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused
from pasti.telemetry.services.forgetting import forget


@dataclass(frozen=True)
class Stage:
    """A replay that was set up: from which played moment on its readings are to be sent, and to which streams."""

    replay: Replay
    streams: dict[str, int]


@transaction.atomic
def begin(river_code: str, *, hours: float, speed: float) -> Stage:
    """Make room for `hours` of played time that end at this very moment's real time, and start its clock.

    What the river's gauges sent in those hours is forgotten, and what the rules remember of it. Raises Refused outside
    demo mode and for an unknown river. One that still runs ends here.
    """
    if not settings.PASTI_DEMO:
        raise Refused("bukan-contoh", _("Hanya di mode contoh sebuah banjir boleh diputar ulang."))
    gauges = list(Gauge.objects.select_for_update().filter(river_id=river_code))
    if not gauges:
        raise Refused("sungai", _("Sungai itu tidak ada."), field="river", status=422)
    moment = now()
    end()  # an evening that was broken off makes way
    takes = dt.timedelta(hours=hours) / speed
    plays_from = moment + takes - dt.timedelta(hours=hours)
    replay = Replay.objects.create(
        river_code=river_code, began_at=moment, plays_from=plays_from, speed=speed, ends_at=moment + takes
    )
    forget([one.datastream_id for one in gauges], plays_from)
    Gauge.objects.filter(river_id=river_code).update(
        memory={}, stage=0, stage_since=None, trouble="", evaluated_to=None
    )
    return Stage(replay, {one.code: one.datastream_id for one in gauges})


def end() -> None:
    """Stop the replay that runs; early warning lives in the present again."""
    Replay.objects.filter(ends_at__gt=now()).update(ends_at=now())
