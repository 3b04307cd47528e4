"""What people see and do: water reported in streets, and the watch of the duty officers."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

USER = settings.AUTH_USER_MODEL


class StreetReport(models.Model):
    """Somebody saw water in a street. `reporter` is the account, else `phone` stands for the person.

    `reporter_key` tells reporters apart without naming them (a keyed digest of the phone, or the account's id). The phone
    is taken away thirty days after the report. Reports of a drill carry it and never count as real water.
    """

    class State(models.TextChoices):
        NEW = "new"
        CONFIRMED = "confirmed"
        REJECTED = "rejected"

    lon = models.FloatField()
    lat = models.FloatField()
    place_code = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=300, blank=True)
    depth_cm = models.SmallIntegerField()
    seen_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    reporter = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    reporter_key = models.CharField(max_length=64)
    phone = models.CharField(max_length=20, blank=True)
    # An RT head's or officer's report: they know the place and answer for it.
    trusted = models.BooleanField(default=False)
    photo = models.ForeignKey("documents.Document", on_delete=models.PROTECT, null=True, related_name="+")
    drill = models.ForeignKey("ews.Drill", on_delete=models.PROTECT, null=True, related_name="reports")
    episode = models.ForeignKey("ews.Episode", on_delete=models.PROTECT, null=True, related_name="reports")
    state = models.CharField(max_length=9, choices=State.choices, default=State.NEW)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["-seen_at"], name="street_recent"),
            models.Index(fields=["recorded_at"], name="street_phone", condition=~Q(phone="")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(depth_cm__gte=1) & Q(depth_cm__lte=500), name="street_depth"),
        ]

    def __str__(self) -> str:
        return f"{self.depth_cm} cm {self.seen_at}"


class Shift(models.Model):
    """A watch at PUSDALOPS, from taking over to handing over with a note. One is open at a time."""

    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    handover = models.TextField(blank=True)

    class Meta:
        ordering = ["-began_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"], condition=Q(ended_at=None), nulls_distinct=False, name="shift_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.by_id} {self.began_at}"


class ShiftEntry(models.Model):
    """One line of the watch's log; never changed."""

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="entries")
    text = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text
