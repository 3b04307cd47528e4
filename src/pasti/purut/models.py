"""Tables of the hospital: clinics, doctors, schedules, sessions, patients, registrations and their steps."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from pasti.purut.rules.states import ACTIVE


class Hospital(models.Model):
    """The hospital itself and its rules of registration; one row."""

    code = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=120)
    place_code = models.CharField(max_length=40)
    horizon_days = models.IntegerField()
    closes_minutes_before_end = models.IntegerField()
    check_in_opens_minutes = models.IntegerField()
    max_calls = models.IntegerField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Poli(models.Model):
    """A clinic, by its BPJS code. `words` are what people type when they mean it."""

    code = models.CharField(max_length=10, primary_key=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    prefix = models.CharField(max_length=3, unique=True)
    words = ArrayField(models.CharField(max_length=60))
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"Poli {self.name}"


class Dokter(models.Model):
    """A doctor of the hospital. Those of the demo pack are fictional."""

    code = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=120)
    poli = models.ForeignKey(Poli, on_delete=models.PROTECT, related_name="doctors")
    fictional = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Jadwal(models.Model):
    """A weekly practice of a doctor: one weekday (ISO, 1 Monday), hours, places. Ended, never deleted."""

    code = models.CharField(max_length=40, primary_key=True)
    dokter = models.ForeignKey(Dokter, on_delete=models.PROTECT, related_name="schedules")
    weekday = models.SmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()
    minutes = models.SmallIntegerField()
    quota_jkn = models.IntegerField()
    quota_nonjkn = models.IntegerField()
    quota_online = models.IntegerField()
    quota_walkin = models.IntegerField()
    active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dokter", "weekday", "starts"], name="jadwal_once"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="jadwal_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.code


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
    sesi = models.ForeignKey(Sesi, on_delete=models.PROTECT, related_name="registrations")
    poli = models.ForeignKey(Poli, on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="registrations")
    number = models.IntegerField()
    payer = models.CharField(max_length=4)
    visit_kind = models.SmallIntegerField()
    referral_no = models.CharField(max_length=30, blank=True)
    channel = models.CharField(max_length=6)
    booked_by = models.UUIDField(null=True)
    state = models.CharField(max_length=10)
    calls = models.SmallIntegerField(default=0)
    room = models.CharField(max_length=60, blank=True)
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
        ]

    def __str__(self) -> str:
        return self.code


class AntreanStep(models.Model):
    """A stamp of the way through the hospital. Append-only: the measures and the BPJS times come from these."""

    antrean = models.ForeignKey(Antrean, on_delete=models.PROTECT, related_name="steps")
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
