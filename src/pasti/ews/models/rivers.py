"""Rivers, the gauges at them, who lies below, and where they can go. All of it comes from the city pack."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class River(models.Model):
    """A river and where it comes from and floods."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)
    order = models.SmallIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class Gauge(models.Model):
    """A water-level gauge or a rain station.

    `rules` are the limits and tests of `rules` (stages in cm above the gauge's zero, hysteresis, debounce, hold, rise,
    rain, upstream with travel times in minutes); `memory` is what the rules remember between readings, written in the
    same transaction as what they propose. `stage` is 0 normal, 1 waspada, 2 siaga, 3 awas.
    """

    class Kind(models.TextChoices):
        LEVEL = "level"
        RAIN = "rain"

    code = models.CharField(max_length=40, primary_key=True)
    river = models.ForeignKey(River, on_delete=models.PROTECT, related_name="gauges")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    name = models.CharField(max_length=120)
    lon = models.FloatField()
    lat = models.FloatField()
    place_code = models.CharField(max_length=40, blank=True)
    datum = models.CharField(max_length=200, blank=True)
    photo_url = models.CharField(max_length=300, blank=True)
    camera_url = models.CharField(max_length=300, blank=True)
    datastream = models.OneToOneField("telemetry.Datastream", on_delete=models.PROTECT, related_name="+")
    rules = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    estimated = models.BooleanField(default=False)
    stage = models.SmallIntegerField(default=0)
    stage_since = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=20, blank=True)
    memory = models.JSONField(default=dict)
    evaluated_to = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["river__order", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(stage__gte=0) & Q(stage__lte=3), name="gauge_stage"),
        ]

    def __str__(self) -> str:
        return self.name


class RiskArea(models.Model):
    """A place that goes under when `river` reaches `from_stage`. `place_code` is an RT, RW or kelurahan.

    `retired_at` is when the city pack no longer named it; `queries.risk.areas` leaves those out.
    """

    river = models.ForeignKey(River, on_delete=models.CASCADE, related_name="areas")
    place_code = models.CharField(max_length=40)
    from_stage = models.SmallIntegerField()
    note = models.CharField(max_length=300, blank=True)
    polygon = models.JSONField(null=True)
    estimated = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["river", "place_code"]
        constraints = [models.UniqueConstraint(fields=["river", "place_code", "from_stage"], name="risk_once")]

    def __str__(self) -> str:
        return self.place_code


class Shelter(models.Model):
    """Where people can go, and what must be reached: shelters, schools, hospitals, routes."""

    class Kind(models.TextChoices):
        SHELTER = "shelter"
        SCHOOL = "school"
        HOSPITAL = "hospital"
        ROUTE = "route"

    code = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=160)
    place_code = models.CharField(max_length=40, blank=True)
    lon = models.FloatField()
    lat = models.FloatField()
    line = models.JSONField(null=True)
    capacity = models.IntegerField(null=True)
    phone = models.CharField(max_length=40, blank=True)
    estimated = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "code"]

    def __str__(self) -> str:
        return self.name


class Policy(models.Model):
    """What the city chose: names of the stages, who answers within how many minutes, the sender of warnings. One row."""

    code = models.CharField(max_length=10, primary_key=True, default="city")
    content = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code
