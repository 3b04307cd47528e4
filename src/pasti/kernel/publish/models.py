"""Measurements: every computed number, kept with all that is needed to compute it again."""

from __future__ import annotations

from django.db import models


class Measurement(models.Model):
    """One value of one measure for one period and area, as known at `as_of`. Append-only, chained."""

    measure = models.CharField(max_length=60)
    version = models.IntegerField()
    area = models.CharField(max_length=40)
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    as_of = models.DateTimeField()
    numerator = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    denominator = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    row_count = models.BigIntegerField()
    sql = models.TextField()
    records_sql = models.TextField()
    params = models.JSONField()
    records_root = models.CharField(max_length=64)
    computed_at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["measure", "area", "period_start", "period_end", "-id"], name="measurement_of")]
        # Only one measurement can follow another: the chain of a measure never forks.
        constraints = [models.UniqueConstraint(fields=["measure", "previous_hash"], name="measurement_chain")]

    def __str__(self) -> str:
        return f"{self.measure} {self.area} {self.period_start:%Y-%m-%d}: {self.value}"


class Look(models.Model):
    """When a measure was last computed for a period and area, and what stood then: lets the next look be cheap.

    Not part of the proof: losing it costs one computation.
    """

    measure = models.CharField(max_length=60)
    area = models.CharField(max_length=40)
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    as_of = models.DateTimeField()
    measurement = models.ForeignKey(Measurement, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measure", "area", "period_start", "period_end"], name="publish_look_once")
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.area} {self.period_start:%Y-%m-%d} at {self.as_of:%H:%M}"
