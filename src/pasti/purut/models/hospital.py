"""The hospital, its clinics, doctors and weekly schedules, as the city pack says them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


def usual_classes() -> list[str]:
    """Who is called first where a city has not said otherwise."""
    return ["lansia", "disabilitas", "hamil"]


class Hospital(models.Model):
    """The hospital itself and its rules of registration; one row."""

    code = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=120)
    place_code = models.CharField(max_length=40)
    horizon_days = models.IntegerField()
    closes_minutes_before_end = models.IntegerField()
    check_in_opens_minutes = models.IntegerField()
    max_calls = models.IntegerField()
    cancel_minutes_before_start = models.IntegerField(default=0)
    priority_ratio = models.SmallIntegerField(default=3)
    priority_classes = ArrayField(models.CharField(max_length=12), default=usual_classes)
    elderly_from_age = models.SmallIntegerField(default=60)
    leave_when_ahead = models.SmallIntegerField(default=5)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Poli(models.Model):
    """A clinic, by its BPJS code. `words` are what people type when they mean it."""

    code = models.CharField(max_length=10, primary_key=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    prefix = models.CharField(max_length=3, unique=True)
    words = ArrayField(models.CharField(max_length=60))
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"Poli {self.name}"


class Dokter(models.Model):
    """A doctor of the hospital. Those of the demo pack are fictional."""

    code = models.CharField(max_length=20, primary_key=True)
    bpjs_code = models.IntegerField(null=True, unique=True)
    name = models.CharField(max_length=120)
    poli = models.ForeignKey(Poli, on_delete=models.PROTECT, related_name="doctors")
    fictional = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Jadwal(models.Model):
    """A weekly practice of a doctor: one weekday (ISO, 1 Monday), hours, places. Ended, never deleted."""

    code = models.CharField(max_length=40, primary_key=True)
    dokter = models.ForeignKey(Dokter, on_delete=models.PROTECT, related_name="schedules")
    weekday = models.SmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()
    minutes = models.SmallIntegerField()
    quota_jkn = models.IntegerField()
    quota_nonjkn = models.IntegerField()
    quota_online = models.IntegerField()
    quota_walkin = models.IntegerField()
    active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dokter", "weekday", "starts"], name="jadwal_once"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="jadwal_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.code
