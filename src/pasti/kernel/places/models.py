"""The city, its areas, agencies and holidays: all of it comes from the city pack, none from code."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Place(models.Model):
    """An area of the city. The dotted code is a path: a prefix of a code is an area around it."""

    class Level(models.TextChoices):
        CITY = "city"
        KECAMATAN = "kecamatan"
        KELURAHAN = "kelurahan"
        RW = "rw"
        RT = "rt"

    code = models.CharField(max_length=40, primary_key=True)
    level = models.CharField(max_length=10, choices=Level.choices)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    # GeoJSON geometry, longitude before latitude (RFC 7946). RW and RT have none.
    boundary = models.JSONField(null=True, blank=True)
    centroid_lon = models.FloatField(null=True, blank=True)
    centroid_lat = models.FloatField(null=True, blank=True)
    area_km2 = models.FloatField(null=True, blank=True)
    population = models.IntegerField(null=True, blank=True)
    # True where the pack marks it as a proposal ("usulan") and not as a fact with a source.
    estimated = models.BooleanField(default=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]
        indexes = [
            models.Index(fields=["parent", "code"], name="place_parent"),
            models.Index(fields=["code"], name="place_path", opclasses=["varchar_pattern_ops"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="place_valid_order",
            ),
            models.CheckConstraint(condition=Q(level="city") | Q(parent__isnull=False), name="place_has_parent"),
        ]

    def __str__(self) -> str:
        return self.name


class City(models.Model):
    """What the city is called and where the facts in its pack were read. One row."""

    code = models.CharField(max_length=10, primary_key=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=60)
    calls_itself = models.CharField(max_length=120, blank=True)
    province = models.CharField(max_length=60)
    timezone = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """An agency of the city (OPD)."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A day on which offices and clinics are closed."""

    date = models.DateField(primary_key=True)
    name = models.CharField(max_length=200)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class Stamp(models.Model):
    """A number that grows with every change of places; caches of geometry compare it. One row."""

    version = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.version)
