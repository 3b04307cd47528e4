"""What patients were told about their waiting time, and how true it was. Both append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from pasti.purut.models.registration import Antrean


class Estimate(models.Model):
    """When a registration was expected to be called, as told at `made_at`."""

    class Basis(models.TextChoices):
        """What it was drawn from: the schedule with caution, the doctor's past sessions, or those and today's turns."""

        SCHEDULE = "jadwal"
        HISTORY = "riwayat"
        TODAY = "hari-ini"

    antrean = models.ForeignKey(Antrean, on_delete=models.PROTECT, related_name="estimates", db_index=False)
    made_at = models.DateTimeField()
    ahead = models.SmallIntegerField()
    point = models.DateTimeField()
    lower = models.DateTimeField()
    upper = models.DateTimeField()
    basis = models.CharField(max_length=8, choices=Basis.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lower__lte=F("point"), upper__gte=F("point"), lower__gte=F("made_at")),
                name="estimate_window_holds_point",
            )
        ]
        indexes = [models.Index(fields=["antrean", "-id"], name="estimate_newest")]

    def __str__(self) -> str:
        return f"{self.antrean_id} {self.point:%H.%M}"


class EstimateScore(models.Model):
    """How true an estimate was, once its patient had been called. `first`: the first one told after check-in."""

    estimate = models.OneToOneField(Estimate, on_delete=models.PROTECT, primary_key=True, related_name="score")
    called_at = models.DateTimeField()
    error_minutes = models.FloatField()
    inside = models.BooleanField()
    first = models.BooleanField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["called_at"], name="score_called"),
            models.Index(fields=["recorded_at"], name="score_recorded"),
        ]

    def __str__(self) -> str:
        return f"{self.estimate_id} {self.error_minutes:.1f}"
