"""Sending messages. The inbox row is written with the cause; other channels follow by job and may fail alone."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from pasti.kernel.accounts.models import User
from pasti.kernel.clock import now
from pasti.kernel.notify.drivers import driver_of
from pasti.kernel.notify.models import Delivery, Message

log = logging.getLogger(__name__)
WAITS = (30, 120, 600, 3600, 14400)  # seconds before each further attempt; after the last the delivery has failed


@transaction.atomic
def send(
    user_id: UUID, *, kind: str, title: str, body: str, dedupe_key: str, url: str = "",
    channels: Sequence[str] = ("email",),
) -> Message:  # fmt: skip
    """Put a message in the user's inbox and queue it for the other `channels` the user has an address for.

    The same `dedupe_key` brings the same message again, and nothing is sent twice.
    """
    message, created = Message.objects.get_or_create(
        user_id=user_id, dedupe_key=dedupe_key[:120],
        defaults={"kind": kind, "title": title[:200], "body": body, "url": url, "created_at": now()},
    )  # fmt: skip
    if created:
        user = User.objects.get(pk=user_id)
        addresses = {"email": user.email, "sms": user.phone}
        Delivery.objects.bulk_create(
            Delivery(message=message, channel=channel, address=addresses[channel], next_attempt_at=now())
            for channel in channels if addresses.get(channel)
        )  # fmt: skip
        from pasti.kernel.notify.jobs import wake

        wake()
    return message


def mark_read(user_id: UUID, message_id: int) -> None:
    """The user has opened this message; another user's message is not touched."""
    Message.objects.filter(user_id=user_id, pk=message_id, read_at=None).update(read_at=now())


def mark_all_read(user_id: UUID) -> None:
    """The user has seen them all."""
    Message.objects.filter(user_id=user_id, read_at=None).update(read_at=now())


def deliver_due(limit: int = 200) -> int:
    """Send what is due on every channel; returns how many went out. A failing channel harms no other."""
    sent = 0
    for delivery_id in list(_due()[:limit]):
        with transaction.atomic():
            delivery = _due().select_for_update(skip_locked=True).filter(pk=delivery_id).first()
            if delivery is not None:
                sent += _attempt(Delivery.objects.select_related("message").get(pk=delivery_id))
    return sent


def _due():  # type: ignore[no-untyped-def]
    return (
        Delivery.objects.filter(state=Delivery.State.QUEUED, next_attempt_at__lte=now())
        .order_by("id")
        .values_list("pk", flat=True)
    )


def _attempt(delivery: Delivery) -> bool:
    """One attempt. The row's lock is held meanwhile, so no second worker sends the same."""
    try:
        with transaction.atomic():
            receipt = driver_of(delivery.channel).send(
                delivery.channel, delivery.address, delivery.message.title, delivery.message.body
            )
    except Exception as error:
        log.warning("delivery %s failed: %s", delivery.pk, error)
        delivery.attempts += 1
        delivery.error = repr(error)[:1000]
        last = delivery.attempts > len(WAITS)
        delivery.state = Delivery.State.FAILED if last else Delivery.State.QUEUED
        delivery.next_attempt_at = now() + dt.timedelta(seconds=WAITS[min(delivery.attempts, len(WAITS)) - 1])
        delivery.save()
        return False
    delivery.state, delivery.receipt = Delivery.State.SENT, receipt
    delivery.save()
    return True
