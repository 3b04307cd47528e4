"""Observations (18-088, 8.2.7), in monthly partitions, and what is kept up to date from them.

The key of an observation is its datastream and its time to the millisecond: the same reading sent twice is one reading,
the newest and a range of one stream are read from one index, and no other index slows the writing down.
"""

from __future__ import annotations

from django.db import models


class Observation(models.Model):
    """One reading. `result` holds numbers, `result_json` anything else; both empty is a missing value.

    `flag` is the quality after QARTOD (1 good, 2 not evaluated, 3 suspect, 4 bad, 9 missing) and `reasons` the bits of the
    tests that gave it; the value itself is never altered.
    """

    pk = models.CompositePrimaryKey("datastream_id", "phenomenon_time")
    # No database constraint: it would be asked for every reading; `services.readings` asks once for each batch.
    datastream = models.ForeignKey(
        "telemetry.Datastream", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    phenomenon_time = models.DateTimeField()
    phenomenon_end = models.DateTimeField(null=True)
    result = models.FloatField(null=True)
    result_json = models.JSONField(null=True)
    result_time = models.DateTimeField(null=True)
    flag = models.SmallIntegerField(default=2)
    reasons = models.SmallIntegerField(default=0)
    feature = models.ForeignKey(
        "telemetry.FeatureOfInterest",
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    valid_begin = models.DateTimeField(null=True)
    valid_end = models.DateTimeField(null=True)
    parameters = models.JSONField(null=True)
    result_quality = models.JSONField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "telemetry_observation"

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.phenomenon_time}"


class Latest(models.Model):
    """The newest reading of a stream, and the times the stream covers: one row per stream."""

    datastream = models.OneToOneField(
        "telemetry.Datastream", on_delete=models.CASCADE, primary_key=True, related_name="latest"
    )
    time = models.DateTimeField()
    result = models.FloatField(null=True)
    result_json = models.JSONField(null=True)
    flag = models.SmallIntegerField()
    recorded_at = models.DateTimeField()
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    result_begins = models.DateTimeField(null=True)
    result_ends = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.time}"


class Rollup(models.Model):
    """One bucket of a stream: numbers of readings that count (flag 1 or 2) and of those that do not."""

    pk = models.CompositePrimaryKey("datastream_id", "begins")
    datastream = models.ForeignKey("telemetry.Datastream", on_delete=models.CASCADE, related_name="+", db_index=False)
    begins = models.DateTimeField()
    readings = models.IntegerField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    total = models.FloatField()
    doubtful = models.IntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.begins}"


class Hourly(Rollup):
    """Buckets of an hour (UTC)."""


class Daily(Rollup):
    """Buckets of a day of the city (its own time zone)."""


class StaleHour(models.Model):
    """An hour of a stream whose rollup no longer holds; a job takes it away when it has counted again."""

    pk = models.CompositePrimaryKey("datastream_id", "begins")
    datastream = models.ForeignKey("telemetry.Datastream", on_delete=models.CASCADE, related_name="+", db_index=False)
    begins = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.begins}"


class ArchivedMonth(models.Model):
    """A month (of UTC) whose readings were put into `file` and taken out of the database; its rollups stay."""

    month = models.DateField(primary_key=True)
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    readings = models.BigIntegerField()
    archived_at = models.DateTimeField()

    class Meta:
        ordering = ["month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
