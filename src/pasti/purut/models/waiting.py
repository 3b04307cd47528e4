"""Those who wait for a place in a full session."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pasti.purut.models.registration import Antrean, Patient
from pasti.purut.models.session import Sesi


class Tunggu(models.Model):
    """A patient's place on the waiting list of a full session, with what the booking will need."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SERVED = "served"
        LEFT = "left"

    sesi = models.ForeignKey(Sesi, on_delete=models.PROTECT, related_name="waiting_list")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    payer = models.CharField(max_length=4)
    visit_kind = models.SmallIntegerField()
    referral_no = models.CharField(max_length=30, blank=True)
    channel = models.CharField(max_length=6)
    booked_by = models.UUIDField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    antrean = models.ForeignKey(Antrean, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sesi", "patient"], name="tunggu_once", condition=Q(state="waiting"))
        ]
        indexes = [models.Index(fields=["sesi", "id"], name="tunggu_order", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.sesi_id} {self.state}"
