"""What is between the hospital and BPJS Kesehatan: messages to it, and operations it may ask for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pasti.purut.models.hospital import Poli
from pasti.purut.models.registration import Antrean, Patient


class BpjsMessage(models.Model):
    """Something BPJS is to learn of a registration. Those of one registration are sent by `position`, one after another.

    `position` is 0 for the registration itself, the task id for a time, 98 for a cancellation: each exists once. The
    patient's data are not in here; they are put together when the message is sent.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        REFUSED = "refused"

    antrean = models.ForeignKey(Antrean, on_delete=models.PROTECT, related_name="bpjs_messages")
    kind = models.CharField(max_length=12)
    position = models.SmallIntegerField()
    occurred_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    answer = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["antrean", "position"], name="bpjs_message_once")]
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], name="bpjs_message_due", condition=Q(state="waiting")),
            models.Index(fields=["-id"], name="bpjs_message_refused", condition=Q(state="refused")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.position} of {self.antrean_id}"


class Operasi(models.Model):
    """A planned operation of a patient: what BPJS shows its insured person. No diagnosis is kept."""

    code = models.CharField(max_length=8, unique=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="operations")
    poli = models.ForeignKey(Poli, on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    action = models.CharField(max_length=120)
    done = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["date", "id"], name="operasi_day"),
            models.Index(fields=["patient", "date"], name="operasi_of_patient"),
        ]

    def __str__(self) -> str:
        return self.code
