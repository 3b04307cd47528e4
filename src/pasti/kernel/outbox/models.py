"""Events waiting to be delivered, and the receipts of those who took them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class StoredEvent(models.Model):
    """Something that happened in a system. `aggregate` orders: one thing's events arrive in their order."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    aggregate = models.CharField(max_length=120)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    # Live updates: `topic` is what browsers listen to, `live` the public part they are sent.
    topic = models.CharField(max_length=120, blank=True)
    live = models.JSONField(null=True)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.TextField(blank=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["aggregate", "id"], name="outbox_waiting", condition=Q(delivered_at=None)),
            models.Index(fields=["topic", "id"], name="outbox_topic", condition=~Q(topic="")),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.aggregate}"


class Receipt(models.Model):
    """A subscriber took an event; written in the transaction of its effects, so never twice."""

    event = models.ForeignKey(StoredEvent, on_delete=models.CASCADE, related_name="receipts")
    subscriber = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="outbox_once")]

    def __str__(self) -> str:
        return f"{self.subscriber} took {self.event_id}"
