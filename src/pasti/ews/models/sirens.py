"""Lamps and sirens at the rivers, and the commands that were given to them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Siren(models.Model):
    """A post with lamp and siren; `device` is the code of its telemetry device. From the city pack."""

    code = models.CharField(max_length=40, primary_key=True)
    river = models.ForeignKey("ews.River", on_delete=models.PROTECT, related_name="sirens")
    device = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    lon = models.FloatField()
    lat = models.FloatField()
    place_code = models.CharField(max_length=40, blank=True)
    estimated = models.BooleanField(default=False)
    # What it said last: "yellow", "red" (with siren) or "off".
    state = models.CharField(max_length=6, default="off")
    heard_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["river__order", "code"]

    def __str__(self) -> str:
        return self.name


class SirenCommand(models.Model):
    """One command to one siren because of one warning, sent until it answers. Signed; holds until `until` at the longest.

    The database refuses commands of anything but real warnings that were sent (migration 0005).
    """

    class Pattern(models.TextChoices):
        OFF = "off"
        YELLOW = "yellow"
        RED = "red"

    siren = models.ForeignKey(Siren, on_delete=models.PROTECT, related_name="commands")
    warning = models.ForeignKey("ews.Warning", on_delete=models.PROTECT, related_name="siren_commands")
    pattern = models.CharField(max_length=6, choices=Pattern.choices)
    until = models.DateTimeField()
    nonce = models.CharField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    acked_at = models.DateTimeField(null=True)
    answer = models.JSONField(null=True)
    replaced = models.BooleanField(default=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["siren", "warning", "pattern"], name="siren_command_once"),
            models.UniqueConstraint(
                fields=["siren"], condition=Q(acked_at=None, replaced=False), name="siren_one_command_waits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.siren_id} {self.pattern}"
