"""What comes and goes by the broker besides readings: messages that could not be read, and readings to be published."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class RefusedMessage(models.Model):
    """A message that could not be stored, kept so that somebody finds out why. `payload` is its beginning.

    `reason` is Indonesian. `reason_en` is empty in rows from before it was kept.
    """

    topic = models.CharField(max_length=300)
    payload = models.BinaryField()
    size = models.IntegerField()
    reason = models.CharField(max_length=300)
    reason_en = models.CharField(max_length=300, default="", db_default="")
    device = models.ForeignKey("telemetry.Device", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.topic}: {self.reason}"


class Announcement(models.Model):
    """Readings just stored and not yet published by the broker: their streams and times (milliseconds since 1970)."""

    streams = ArrayField(models.BigIntegerField())
    times = ArrayField(models.BigIntegerField())
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{len(self.streams)} readings"
