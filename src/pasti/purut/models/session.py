"""A schedule on one date, with its places."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from pasti.purut.models.hospital import Dokter, Jadwal, Poli


class Sesi(models.Model):
    """A schedule on one date. Its counters are the quota: one conditional update takes a place and a number."""

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"
        CANCELLED = "cancelled"

    jadwal = models.ForeignKey(Jadwal, on_delete=models.PROTECT, related_name="sessions")
    poli = models.ForeignKey(Poli, on_delete=models.PROTECT, related_name="sessions")
    dokter = models.ForeignKey(Dokter, on_delete=models.PROTECT, related_name="sessions")
    date = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    minutes = models.SmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    quota_jkn = models.IntegerField()
    quota_nonjkn = models.IntegerField()
    quota_online = models.IntegerField()
    quota_walkin = models.IntegerField()
    used_jkn = models.IntegerField(default=0)
    used_nonjkn = models.IntegerField(default=0)
    used_online = models.IntegerField(default=0)
    used_walkin = models.IntegerField(default=0)
    last_number = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jadwal", "date"], name="sesi_once"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"used_{k}__gte": 0, f"used_{k}__lte": F(f"quota_{k}")}),
                    name=f"sesi_{k}_within_quota",
                )
                for k in ("jkn", "nonjkn", "online", "walkin")
            ),
        ]
        indexes = [models.Index(fields=["date", "poli"], name="sesi_day")]

    def __str__(self) -> str:
        return f"{self.poli_id} {self.date}"
