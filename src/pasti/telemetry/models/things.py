"""What measures and where it stands (18-088, 8.2.1 to 8.2.3)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Named(models.Model):
    """What all described entities share. `code` is the city's own stable name; strangers' entities have none."""

    code = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    properties = models.JSONField(null=True)

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="%(app_label)s_%(class)s_code")
        ]

    def __str__(self) -> str:
        return self.name


class Location(Named):
    """A place as GeoJSON (longitude before latitude, WGS 84)."""

    encoding_type = models.CharField(max_length=100)
    location = models.JSONField()


class Thing(Named):
    """A thing of the world that measures: a gauge house, a rain station, an air station."""

    locations = models.ManyToManyField(Location, related_name="things")


class HistoricalLocation(models.Model):
    """Where a thing stood from `time` on."""

    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="historical_locations")
    time = models.DateTimeField()
    locations = models.ManyToManyField(Location, related_name="historical_locations")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["thing", "-time"], name="history_of_thing")]

    def __str__(self) -> str:
        return f"{self.thing_id} {self.time:%Y-%m-%d}"
