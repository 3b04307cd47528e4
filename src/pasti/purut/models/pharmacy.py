"""Prescriptions in the queue of the pharmacy."""

from __future__ import annotations

from django.db import models

from pasti.purut.models.registration import Antrean


class Resep(models.Model):
    """A registration's prescription: its kind, and its number of the day among those of that kind."""

    class Kind(models.TextChoices):
        RACIKAN = "racikan"  # compounded by the pharmacist
        NON_RACIKAN = "non_racikan"

    antrean = models.OneToOneField(Antrean, on_delete=models.PROTECT, related_name="resep")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    date = models.DateField()
    number = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["date", "kind", "number"], name="resep_number_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
