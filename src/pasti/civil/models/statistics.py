"""Remembered counts of people. The application reads them through functions of the owner alone (migration 0008)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Tally(models.Model):
    """How many living residents of one kelurahan fall into each cell of one table, counted for one day.

    `first`, `second` and `people` run in parallel: a code of each side and how many. Cells of nobody are left out.
    """

    kelurahan = models.CharField(max_length=40)
    kind = models.SmallIntegerField()  # which two sides: 16 * first + second; 0 is what is missing in records
    day = models.DateField()  # ages move with the day
    first = ArrayField(models.SmallIntegerField())
    second = ArrayField(models.SmallIntegerField())
    people = ArrayField(models.IntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kelurahan", "kind"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.kelurahan} {self.kind}"


class TallyMark(models.Model):
    """Somebody of this kelurahan changed since it was last counted: written by triggers, in the changing transaction."""

    kelurahan = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.kelurahan
