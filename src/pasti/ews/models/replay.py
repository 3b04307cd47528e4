"""A flood evening played again in a demo, faster than life."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q


class Replay(models.Model):
    """While it runs, early warning lives in the played time: `plays_from` at `began_at`, `speed` times as fast.

    Only ever made in demo mode, and one at a time.
    """

    river_code = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    plays_from = models.DateTimeField()
    speed = models.FloatField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(speed__gte=1), name="replay_not_slower"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("began_at")), name="replay_ends_later"),
        ]

    def __str__(self) -> str:
        return f"{self.river_code} {self.plays_from}"

    def played(self, moment: dt.datetime) -> dt.datetime:
        """The played time at a real moment; what came before the replay stays as it was."""
        if moment <= self.began_at:
            return min(moment, self.plays_from)
        return self.plays_from + (min(moment, self.ends_at) - self.began_at) * self.speed
