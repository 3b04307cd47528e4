"""Messages, and what became of them on each channel."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Message(models.Model):
    """One message to one user. `dedupe_key` makes sending it twice sending it once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=200)
    body = models.TextField()
    url = models.CharField(max_length=300, blank=True)
    dedupe_key = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "dedupe_key"], name="message_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="message_inbox"),
            models.Index(fields=["user"], name="message_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.title


class Delivery(models.Model):
    """A message's way through one channel besides the inbox."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=12)
    address = models.CharField(max_length=254)
    state = models.CharField(max_length=6, choices=State.choices, default=State.QUEUED)
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    receipt = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "channel"], name="delivery_once")]
        indexes = [models.Index(fields=["next_attempt_at"], name="delivery_due", condition=Q(state="queued"))]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class Recorded(models.Model):
    """What the recording driver was given, for channels without a provider and for tests."""

    channel = models.CharField(max_length=12)
    address = models.CharField(max_length=254)
    text = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.channel} {self.address}"
