"""Emitting events inside a change, and delivering them afterwards."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Exists, OuterRef
from psycopg.types.json import Jsonb

from pasti.kernel.clock import now
from pasti.kernel.outbox.models import StoredEvent
from pasti.kernel.statements import run

log = logging.getLogger(__name__)
_dumps = partial(json.dumps, cls=DjangoJSONEncoder)  # dates, UUIDs and decimals become text
LIVE_CHANNEL = "pasti_live"
_WRITE = """
INSERT INTO outbox_storedevent (uid, name, aggregate, payload, occurred_at, topic, live, attempts, next_attempt_at, last_error)
VALUES (%(uid)s, %(name)s, %(aggregate)s, %(payload)s, %(moment)s, %(topic)s, %(live)s, 0, %(moment)s, '') RETURNING id"""
# The live process is told which row to read; its topic tells it whether anybody listens.
_TELL = f"""WITH written AS ({_WRITE})
SELECT id, pg_notify(%(channel)s, jsonb_build_object('id', id, 'topic', %(topic)s::text)::text) FROM written"""
_TAKE = """INSERT INTO outbox_receipt (event_id, subscriber, at) VALUES (%s, %s, %s)
ON CONFLICT (event_id, subscriber) DO NOTHING RETURNING id"""
RUN = 50  # events of one aggregate before the others have their turn
RETRY_AFTER = (5, 30, 120, 600, 3600)  # seconds


class Event(Protocol):
    """A frozen dataclass of a system's `events.py`."""

    name: ClassVar[str]


Handler = Callable[[StoredEvent], None]


def emit(event: Event, *, aggregate: str, topic: str = "", live: Mapping[str, Any] | None = None) -> int:
    """Write `event` in the current transaction; a commit delivers it, a rollback forgets it.

    With `topic`, browsers listening to it receive `live` (public values only) right after the commit. Returns its id.
    """
    moment = now()
    row = run(_TELL if topic else _WRITE, {
        "uid": uuid.uuid4(), "name": event.name, "aggregate": aggregate,
        "payload": Jsonb(dataclasses.asdict(event), dumps=_dumps),  # type: ignore[call-overload]
        "moment": moment, "topic": topic, "live": None if live is None else Jsonb(live, dumps=_dumps), "channel": LIVE_CHANNEL,
    })  # fmt: skip
    from pasti.kernel.outbox.jobs import wake

    wake()
    assert row is not None
    return int(row[0])


def deliver_waiting(subscriptions: Mapping[str, Sequence[tuple[str, Handler]]], limit: int = 500) -> int:
    """Deliver the oldest waiting event of every aggregate, again and again, until none is due.

    Returns how many were delivered. A handler that fails delays its own aggregate only.
    """
    delivered = 0
    while delivered < limit:
        batch = _due(min(50, limit - delivered))
        if not batch:
            break
        for aggregate, event_id in batch:
            delivered += _deliver_run(aggregate, event_id, subscriptions, limit - delivered)
    return delivered


def _due(limit: int) -> list[tuple[str, int]]:
    earlier = StoredEvent.objects.filter(aggregate=OuterRef("aggregate"), id__lt=OuterRef("id"), delivered_at=None)
    waiting = StoredEvent.objects.filter(delivered_at=None, next_attempt_at__lte=now())
    return list(waiting.filter(~Exists(earlier)).order_by("id").values_list("aggregate", "id")[:limit])


def _deliver_run(
    aggregate: str, event_id: int, subscriptions: Mapping[str, Sequence[tuple[str, Handler]]], limit: int
) -> int:
    """Deliver events of one aggregate in their order, beginning with its oldest, `event_id`; returns how many.

    A busy aggregate is not searched for among all that waits once for each of its events.
    """
    delivered = 0
    following: int | None = event_id
    while following is not None and delivered < min(limit, RUN) and _deliver_one(following, subscriptions):
        delivered += 1
        oldest = StoredEvent.objects.filter(aggregate=aggregate, delivered_at=None).order_by("id")
        due = oldest.values_list("id", "next_attempt_at").first()
        following = due[0] if due and due[1] <= now() else None
    return delivered


def _deliver_one(event_id: int, subscriptions: Mapping[str, Sequence[tuple[str, Handler]]]) -> int:
    try:
        with transaction.atomic():
            event = (
                StoredEvent.objects.select_for_update(skip_locked=True).filter(id=event_id, delivered_at=None).first()
            )
            if event is None:  # another worker has it
                return 0
            for subscriber, handler in subscriptions.get(event.name, ()):
                _hand_over(event, subscriber, handler)
            StoredEvent.objects.filter(id=event_id).update(delivered_at=now())
        return 1
    except Exception as error:
        log.exception("event %s could not be delivered", event_id)
        _postpone(event_id, error)
        return 0


def _hand_over(event: StoredEvent, subscriber: str, handler: Handler) -> None:
    """Run one handler in its own transaction-in-transaction with its receipt."""
    if run(_TAKE, [event.pk, subscriber, now()]):
        handler(event)


def _postpone(event_id: int, error: Exception) -> None:
    event = StoredEvent.objects.get(id=event_id)
    wait = RETRY_AFTER[min(event.attempts, len(RETRY_AFTER) - 1)]
    StoredEvent.objects.filter(id=event_id).update(
        attempts=event.attempts + 1, last_error=repr(error)[:2000], next_attempt_at=now() + dt.timedelta(seconds=wait)
    )
