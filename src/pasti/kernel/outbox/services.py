"""Emitting events inside a change, and delivering them afterwards."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from pasti.kernel.clock import now
from pasti.kernel.outbox.models import Receipt, StoredEvent

log = logging.getLogger(__name__)
LIVE_CHANNEL = "pasti_live"
RETRY_AFTER = (5, 30, 120, 600, 3600)  # seconds


class Event(Protocol):
    """A frozen dataclass of a system's `events.py`."""

    name: ClassVar[str]


Handler = Callable[[StoredEvent], None]


def emit(event: Event, *, aggregate: str, topic: str = "", live: Mapping[str, Any] | None = None) -> StoredEvent:
    """Write `event` in the current transaction; a commit delivers it, a rollback forgets it.

    With `topic`, browsers listening to it receive `live` (public values only) right after the commit.
    """
    payload = dataclasses.asdict(event)  # type: ignore[call-overload]
    moment = now()
    stored = StoredEvent.objects.create(
        name=event.name, aggregate=aggregate, payload=_plain(payload), occurred_at=moment,
        topic=topic, live=_plain(live) if live is not None else None, next_attempt_at=moment,
    )  # fmt: skip
    if topic:
        message = json.dumps({"id": stored.pk, "topic": topic})
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [LIVE_CHANNEL, message])
    from pasti.kernel.outbox.jobs import wake

    wake()
    return stored


def deliver_waiting(subscriptions: Mapping[str, Sequence[tuple[str, Handler]]], limit: int = 500) -> int:
    """Deliver the oldest waiting event of every aggregate, again and again, until none is due.

    Returns how many were delivered. A handler that fails delays its own aggregate only.
    """
    delivered = 0
    while delivered < limit:
        batch = _due(min(50, limit - delivered))
        if not batch:
            break
        for event_id in batch:
            delivered += _deliver_one(event_id, subscriptions)
    return delivered


def _due(limit: int) -> list[int]:
    earlier = StoredEvent.objects.filter(aggregate=OuterRef("aggregate"), id__lt=OuterRef("id"), delivered_at=None)
    waiting = StoredEvent.objects.filter(delivered_at=None, next_attempt_at__lte=now())
    return list(waiting.filter(~Exists(earlier)).order_by("id").values_list("id", flat=True)[:limit])


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
    if not Receipt.objects.filter(event=event, subscriber=subscriber).exists():
        Receipt.objects.create(event=event, subscriber=subscriber, at=now())
        handler(event)


def _postpone(event_id: int, error: Exception) -> None:
    event = StoredEvent.objects.get(id=event_id)
    wait = RETRY_AFTER[min(event.attempts, len(RETRY_AFTER) - 1)]
    StoredEvent.objects.filter(id=event_id).update(
        attempts=event.attempts + 1, last_error=repr(error)[:2000], next_attempt_at=now() + dt.timedelta(seconds=wait)
    )


def _plain(value: Any) -> Any:
    """JSON-safe copy: dates, UUIDs and decimals become text."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))
