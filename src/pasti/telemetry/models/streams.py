"""What is measured, with what, and of what (18-088, 8.2.4 to 8.2.6 and 8.2.8)."""

from __future__ import annotations

from django.db import models

from pasti.telemetry.models.things import Named, Thing


class Sensor(Named):
    """The instrument or procedure."""

    encoding_type = models.CharField(max_length=100)
    metadata = models.JSONField()


class ObservedProperty(Named):
    """The phenomenon measured; `definition` is a URI."""

    definition = models.CharField(max_length=500)


class FeatureOfInterest(Named):
    """What an observation is about, as GeoJSON. `of_location` marks the one made from a thing's location."""

    encoding_type = models.CharField(max_length=100)
    feature = models.JSONField()
    of_location = models.OneToOneField(
        "telemetry.Location", on_delete=models.SET_NULL, null=True, related_name="feature"
    )


class Datastream(Named):
    """One property of one thing by one sensor.

    `quality` holds the limits of the quality tests (`rules.quality`). A `watched` stream wakes those who subscribed to
    `telemetry.WatchedReadings`. Only `device` may write into it, besides officials and programs with the right scope.
    The times it covers stand in `Latest`, so that a reading never changes this row. After `retention_years` its readings
    may be put away into files (`services.archive`); null keeps them for ever. Hours and days are always kept.
    """

    observation_type = models.CharField(max_length=200)
    unit = models.JSONField()
    observed_area = models.JSONField(null=True)
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="datastreams")
    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, related_name="datastreams")
    observed_property = models.ForeignKey(ObservedProperty, on_delete=models.CASCADE, related_name="datastreams")
    device = models.ForeignKey("telemetry.Device", on_delete=models.SET_NULL, null=True, related_name="datastreams")
    quality = models.JSONField(default=dict)
    interval_seconds = models.IntegerField(null=True)
    watched = models.BooleanField(default=False)
    retention_years = models.SmallIntegerField(null=True, default=10)


class FeatureStream(models.Model):
    """A stream has readings of this feature: observations have no index by feature, so the streams are remembered."""

    pk = models.CompositePrimaryKey("feature_id", "datastream_id")
    feature = models.ForeignKey(FeatureOfInterest, on_delete=models.CASCADE, related_name="+", db_index=False)
    datastream = models.ForeignKey(Datastream, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.feature_id} {self.datastream_id}"
