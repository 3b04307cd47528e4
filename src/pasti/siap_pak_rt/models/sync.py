"""Devices that work without a network, and what they hand in afterwards."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from pasti.kernel.accounts.scoping import ScopedManager


class Device(models.Model):
    """One browser of an RT head that keeps a copy of the RT. Its number opens nothing by itself.

    `known` says which family, letter and report the device has, each with its digest: what differs is sent anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unit_code = models.CharField(max_length=40)
    label = models.CharField(max_length=80)
    known = models.JSONField(default=dict)
    cursor = models.IntegerField(default=0)
    registered_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-registered_at"], name="device_of_user")]

    def __str__(self) -> str:
        return self.label


class SyncAction(models.Model):
    """One act done without a network and handed in later, with its answer: the same number again is the same answer."""

    class State(models.TextChoices):
        DONE = "done"
        CONFLICT = "conflict"
        REFUSED = "refused"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="actions")
    client_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=8, choices=State.choices)
    code = models.CharField(max_length=40, blank=True)
    answer = models.JSONField(default=dict)
    rt_code = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True, blank=True)
    # What the device's clock said; shown, never trusted.
    made_at = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField()

    objects = ScopedManager(people="subject_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "client_id"], name="syncaction_once")]
        indexes = [models.Index(fields=["device", "-id"], name="syncaction_of_device")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
