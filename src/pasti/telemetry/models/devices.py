"""The devices that send: who they are, how they are, and what was done to them."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Device(models.Model):
    """A sender with a key of its own. `code` is its user name at the broker and over HTTP; the key is kept as a hash.

    `broker_hash` is the same key in the form of Mosquitto's password file, which cannot be made from `key_hash`.
    `decoder` says how its messages are read (`rules.decoding`); where its fields go is in `fields` (`rules.decoded.Field`).
    `silent_after` seconds without a reading raise the silence alarm.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        REPAIR = "repair"
        RETIRED = "retired"

    code = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    thing = models.ForeignKey("telemetry.Thing", on_delete=models.SET_NULL, null=True, related_name="devices")
    key_hash = models.CharField(max_length=200, blank=True)
    broker_hash = models.CharField(max_length=200, blank=True)
    decoder = models.CharField(max_length=40, default="json")
    fields = models.JSONField(default=dict)
    dev_eui = models.CharField(max_length=16, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    silent_after = models.IntegerField(default=900)
    last_seen = models.DateTimeField(null=True)
    battery_percent = models.FloatField(null=True)
    signal_dbm = models.FloatField(null=True)
    clock_skew_seconds = models.FloatField(null=True)
    silent_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["dev_eui"], condition=~models.Q(dev_eui=""), name="device_dev_eui")
        ]

    def __str__(self) -> str:
        return self.name


class DeviceNote(models.Model):
    """What was done or seen at a device, by whom: never changed afterwards."""

    class Kind(models.TextChoices):
        MAINTENANCE = "maintenance"
        FAULT = "fault"
        PART = "part"
        SILENT = "silent"
        HEARD = "heard"

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    text = models.TextField()
    part = models.CharField(max_length=120, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-occurred_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at}"


class Calibration(models.Model):
    """How a stream's raw values became values from `valid_from` on: value = raw * scale + offset."""

    datastream = models.ForeignKey("telemetry.Datastream", on_delete=models.CASCADE, related_name="calibrations")
    valid_from = models.DateTimeField()
    scale = models.FloatField(default=1.0)
    offset = models.FloatField(default=0.0)
    reference = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-valid_from"]
        constraints = [models.UniqueConstraint(fields=["datastream", "valid_from"], name="calibration_once")]

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.valid_from}"
