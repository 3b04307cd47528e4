"""Patients, their registrations, and the stamps of each step of the way."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pasti.purut.models.hospital import Poli
from pasti.purut.models.session import Sesi
from pasti.purut.rules.states import ACTIVE, BEFORE_SEEN, State


class Patient(models.Model):
    """The hospital's own record of a patient; `person` ties it to the register when the patient is a resident."""

    norm = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(
        "civil.Person", null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    nik = models.CharField(max_length=16, null=True, unique=True)
    name = models.CharField(max_length=120)
    sex = models.CharField(max_length=1)
    birth_date = models.DateField()
    phone = models.CharField(max_length=20, blank=True)
    jkn_no = models.CharField(max_length=13, blank=True)
    kk_no = models.CharField(max_length=16, blank=True)
    address = models.CharField(max_length=240, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], name="patient_once_per_person", condition=Q(person__isnull=False)
            ),
            models.CheckConstraint(
                condition=Q(nik__isnull=True) | Q(nik__regex=r"^[0-9]{16}$"), name="patient_nik_16_digits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.norm:08}"


class Antrean(models.Model):
    """A registration of one patient for one session."""

    code = models.CharField(max_length=8, unique=True)
    # Keys without an index of their own are in one below: each index is paid for by every booking.
    sesi = models.ForeignKey(Sesi, on_delete=models.PROTECT, related_name="registrations", db_index=False)
    poli = models.ForeignKey(Poli, on_delete=models.PROTECT, related_name="+", db_index=False)
    date = models.DateField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="registrations", db_index=False)
    number = models.IntegerField()
    payer = models.CharField(max_length=4)
    visit_kind = models.SmallIntegerField()
    referral_no = models.CharField(max_length=30, blank=True)
    priority = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=6)
    booked_by = models.UUIDField(null=True)
    state = models.CharField(max_length=10)
    calls = models.SmallIntegerField(default=0)
    room = models.CharField(max_length=60, blank=True)
    # Who came late or was skipped stands behind number `turn`, since `turned_at`; null is the own number's turn.
    turn = models.IntegerField(null=True)
    turned_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    # The registration this one comes from: a session that was called off, or a transfer from another clinic.
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sesi", "number"], name="antrean_number_once"),
            models.UniqueConstraint(
                fields=["patient", "poli", "date"], name="antrean_one_active",
                condition=Q(state__in=sorted(ACTIVE)),
            ),
            models.UniqueConstraint(
                fields=["referral_no"], name="antrean_referral_once",
                condition=~Q(referral_no="") & ~Q(state__in=["cancelled", "no_show"]),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["sesi", "state", "number"], name="antrean_queue"),
            models.Index(fields=["patient", "-date", "-id"], name="antrean_of_patient"),
            models.Index(fields=["recorded_at"], name="antrean_recorded"),
            models.Index(fields=["held_until"], name="antrean_held", condition=Q(state="held")),
            models.Index(fields=["date", "poli"], name="antrean_day"),
            models.Index(
                fields=["date"], name="antrean_unfinished", condition=Q(state__in=sorted(BEFORE_SEEN - {State.CALLED}))
            ),
            models.Index(fields=["booked_by", "-id"], name="antrean_booked_by", condition=Q(booked_by__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.code


class AntreanStep(models.Model):
    """A stamp of the way through the hospital. Append-only: the measures and the BPJS times come from these."""

    antrean = models.ForeignKey(Antrean, on_delete=models.PROTECT, related_name="steps", db_index=False)
    step = models.CharField(max_length=10)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["antrean", "id"], name="step_of_antrean"),
            models.Index(fields=["step", "occurred_at"], name="step_time"),
            models.Index(fields=["recorded_at"], name="step_recorded"),
        ]

    def __str__(self) -> str:
        return f"{self.antrean_id} {self.step}"
