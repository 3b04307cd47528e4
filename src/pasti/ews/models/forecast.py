"""What the level forecast of a gauge was fitted to, and how good it was on what it had not seen."""

from __future__ import annotations

from django.db import models


class ForecastModel(models.Model):
    """The fitted regression of one gauge (`rules.forecast.Model`) with its marks, one entry of `judged` for each limit."""

    class Source(models.TextChoices):
        HISTORY = "history"  # the gauge's own readings
        SIMULATION = "simulation"  # made-up seasons, until the gauge has seen enough floods

    gauge = models.OneToOneField("ews.Gauge", on_delete=models.CASCADE, primary_key=True, related_name="forecast")
    content = models.JSONField()
    judged = models.JSONField()
    source = models.CharField(max_length=10, choices=Source.choices)
    events = models.IntegerField()
    fitted_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.gauge_id
