"""Readings on their way out: noted in the transaction that stored them, published afterwards, at least once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from pasti.kernel.clock import now
from pasti.kernel.statements import run
from pasti.telemetry.models import Announcement
from pasti.telemetry.rules.sta_times import observation_key, written, written_period
from pasti.telemetry.rules.topics import ALL_OBSERVATIONS, observations_of

CHANNEL = "telemetry_feed"
EACH = 500  # readings in one announcement, so that one is published in well under a second
NEWS = dt.timedelta(hours=6)  # readings older than this are not published: a file of years would drown the subscribers
WAITS = dt.timedelta(hours=1)  # what nobody published for so long is no news any more

Key = tuple[int, int]  # datastream, milliseconds since 1970


@dataclass(frozen=True, slots=True)
class Publication:
    """One message to be published."""

    topic: str
    payload: bytes


_ANNOUNCE = """
WITH noted AS (INSERT INTO telemetry_announcement (streams, times, recorded_at) VALUES (%s, %s, %s) RETURNING id)
SELECT pg_notify(%s, '') FROM noted"""


def announce(kept: Collection[Key], moment: dt.datetime) -> None:
    """Have the readings just stored published when this transaction commits; old ones are history and no news.

    Costs nothing where there is no broker.
    """
    if not settings.PASTI_MQTT_URL:
        return
    since = int((moment - NEWS).timestamp() * 1000)
    keys = sorted((key for key in kept if key[1] >= since), key=lambda key: (key[1], key[0]))
    if not keys:
        return
    for begins in range(0, len(keys), EACH):
        part = keys[begins : begins + EACH]
        run(_ANNOUNCE, [[key[0] for key in part], [key[1] for key in part], moment, CHANNEL])


def publish_next(send: Callable[[Sequence[Publication]], None]) -> int:
    """Publish the oldest announcement nobody else is publishing; returns its readings, 0 when none waits.

    `send` returns when the broker has them all, and raises when it has not: then they are sent again later.
    """
    with transaction.atomic():
        waiting = Announcement.objects.select_for_update(skip_locked=True).order_by("pk").first()
        if waiting is None:
            return 0
        rows = _observations(waiting)
        send([one for row in rows for one in publications(row)])
        waiting.delete()
        return len(waiting.streams)


def forget_old(at: dt.datetime | None = None) -> int:
    """Let go of what waits too long because nobody publishes; returns how many announcements."""
    return Announcement.objects.filter(recorded_at__lt=(at or now()) - WAITS).delete()[0]


_ROWS = """
SELECT o.datastream_id, o.phenomenon_time, o.phenomenon_end, o.result, o.result_json, o.result_time, o.parameters,
  o.result_quality
FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS k (id, ms, place)
JOIN telemetry_observation o ON o.datastream_id = k.id
  AND o.phenomenon_time = 'epoch'::timestamptz + k.ms * interval '1 millisecond' ORDER BY k.place
"""
Row = tuple[Any, ...]


def _observations(waiting: Announcement) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [waiting.streams, waiting.times])
        return list(cursor.fetchall())


def publications(row: Row) -> list[Publication]:
    """The messages of one stored reading: on its datastream's topic, on that of all, and two selections of properties.

    An ordinary broker cannot make selections for a subscriber, so the two that displays and loggers ask for are always
    published (18-088, 14.3.3); other `$select` topics get nothing.
    """
    stream, time, end, result, other, result_time, parameters, result_quality = row
    value = _loaded(other) if result is None else result
    phenomenon = written_period(time, end)
    identity = observation_key(stream, time)
    base = f"{settings.PASTI_BASE_URL}/sensorthings/v1.1"
    link = f"{base}/Observations('{identity}')"
    whole = {
        "@iot.id": identity, "@iot.selfLink": link, "phenomenonTime": phenomenon,
        "resultTime": None if result_time is None else written(result_time), "result": value,
        "Datastream@iot.navigationLink": f"{link}/Datastream",
        "FeatureOfInterest@iot.navigationLink": f"{link}/FeatureOfInterest",
    } | {
        key: _loaded(kept) for key, kept in (("parameters", parameters), ("resultQuality", result_quality)) if kept
    }  # fmt: skip
    own, body = observations_of(stream), _json(whole)
    return [
        Publication(own, body),
        Publication(ALL_OBSERVATIONS, body),
        Publication(f"{own}?$select=result", _json({"result": value})),
        Publication(
            f"{own}?$select=phenomenonTime,result", _json({"phenomenonTime": phenomenon, "result": value})
        ),
    ]  # fmt: skip


def _loaded(kept: Any) -> Any:
    return json.loads(kept) if isinstance(kept, str) else kept


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
