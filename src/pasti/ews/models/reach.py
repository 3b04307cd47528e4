"""Who wants to be warned, and what became of each warning on its way to them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Subscription(models.Model):
    """An address to be warned at, without an account. `place_codes` are kelurahan, RW or RT; none means the whole city.

    `address` is an e-mail address, a telephone number, a Telegram chat or a browser's push address, whose `keys` encrypt.
    It is used for warnings only and taken away when the subscription ends.
    """

    class Channel(models.TextChoices):
        PUSH = "push"
        EMAIL = "email"
        SMS = "sms"
        WHATSAPP = "whatsapp"
        TELEGRAM = "telegram"

    channel = models.CharField(max_length=8, choices=Channel.choices)
    address = models.CharField(max_length=600)
    keys = models.JSONField(default=dict)
    language = models.CharField(max_length=2, default="id")
    place_codes = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    failures = models.SmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "address"], condition=Q(ended_at=None), name="subscription_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class Dispatch(models.Model):
    """A warning's way through one channel to one lane (0 who is exposed, 1 their kelurahan, 2 the rest)."""

    warning = models.ForeignKey("ews.Warning", on_delete=models.PROTECT, related_name="dispatches")
    channel = models.CharField(max_length=8)
    lane = models.SmallIntegerField()
    planned = models.IntegerField()
    planned_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["lane", "channel"]
        constraints = [models.UniqueConstraint(fields=["warning", "channel", "lane"], name="dispatch_once")]

    def __str__(self) -> str:
        return f"{self.warning_id} {self.channel} {self.lane}"


class Delivery(models.Model):
    """A warning to one subscription: never twice. While it is being sent, `next_attempt_at` lies after the sender's lease.

    The database refuses deliveries of anything but real warnings that were sent (migration 0004).
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"
        GONE = "gone"  # the address is no more
        LAPSED = "lapsed"  # replaced or run out before it could be sent

    warning = models.ForeignKey("ews.Warning", on_delete=models.PROTECT, related_name="deliveries")
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8)
    lane = models.SmallIntegerField()
    place_code = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=6, choices=State.choices, default=State.QUEUED)
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warning", "subscription"], name="delivery_of_warning_once")]
        indexes = [
            models.Index(fields=["channel", "lane", "id"], name="delivery_waits", condition=Q(state="queued")),
        ]

    def __str__(self) -> str:
        return f"{self.warning_id} {self.subscription_id}"


class RtTask(models.Model):
    """An RT that is to be warned by its head: done when the head says so, with the houses reached.

    `people` is the number of residents when the warning was issued. A drill's task says LATIHAN wherever it is shown.
    """

    warning = models.ForeignKey("ews.Warning", on_delete=models.PROTECT, related_name="rt_tasks")
    place_code = models.CharField(max_length=40)
    people = models.IntegerField()
    head = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)
    houses = models.IntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["place_code"]
        constraints = [models.UniqueConstraint(fields=["warning", "place_code"], name="rt_task_once")]
        indexes = [models.Index(fields=["head", "-id"], name="rt_task_of_head")]

    def __str__(self) -> str:
        return f"{self.warning_id} {self.place_code}"
