"""What the RT reports, and who stays in the RT for a while."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from pasti.kernel.accounts.scoping import ScopedManager
from pasti.siap_pak_rt.rules.laporan import KINDS, ONE_AT_A_TIME


class Kos(models.Model):
    """A boarding house (kos) or a rented house, with somebody who can be asked."""

    class Kind(models.TextChoices):
        KOS = "kos"
        RENTED = "rented"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=80)
    street = models.CharField(max_length=150)
    rt_code = models.CharField(max_length=40)
    rooms = models.SmallIntegerField(default=1)
    # How many rooms stood empty when the owner last said so.
    vacant = models.SmallIntegerField(default=0)
    # A resident of the city who may report for this house; others are known by name and telephone alone.
    owner = models.ForeignKey("civil.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner_name = models.CharField(max_length=150)
    owner_phone = models.CharField(max_length=20, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    objects = ScopedManager(people="owner_id")

    class Meta:
        indexes = [models.Index(fields=["rt_code", "name"], name="kos_area"),
                   models.Index(fields=["owner"], name="kos_owner")]  # fmt: skip
        constraints = [
            models.CheckConstraint(condition=Q(rooms__range=(1, 300)), name="kos_rooms"),
            models.CheckConstraint(condition=Q(vacant__gte=0, vacant__lte=F("rooms")), name="kos_vacant"),
        ]

    def __str__(self) -> str:
        return self.name


class Tamu(models.Model):
    """Somebody who stays: a guest for a night, or for months in a kos. Kept for a year after leaving, then unnamed."""

    class State(models.TextChoices):
        HERE = "here"
        OVERDUE = "overdue"  # the last day told is past, and nobody said more
        LEFT = "left"
        RESIDENT = "resident"  # reported as a temporary resident

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rt_code = models.CharField(max_length=40)
    kos = models.ForeignKey(Kos, on_delete=models.PROTECT, null=True, blank=True, related_name="tamu")
    room = models.CharField(max_length=10, blank=True)
    family = models.ForeignKey("civil.Family", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    host = models.CharField(max_length=150, blank=True)
    name = models.CharField(max_length=150)
    nik = models.CharField(max_length=16, blank=True)
    origin = models.CharField(max_length=100)
    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.HERE)
    left_on = models.DateField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.UUIDField(null=True)
    reported_name = models.CharField(max_length=200)
    by_owner = models.BooleanField(default=False)
    client_id = models.CharField(max_length=64, null=True, blank=True)
    recorded_at = models.DateTimeField()

    objects = ScopedManager(people="kos__owner_id")

    class Meta:
        indexes = [
            models.Index(fields=["rt_code", "state", "until"], name="tamu_area"),
            models.Index(fields=["kos", "state"], name="tamu_kos"),
            models.Index(fields=["until"], condition=Q(state__in=["here", "overdue"]), name="tamu_open"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reported_by", "client_id"], name="tamu_once"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="tamu_order"),
            models.CheckConstraint(
                condition=Q(state__in=["here", "overdue"]) | Q(left_on__isnull=False), name="tamu_left"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Laporan(models.Model):
    """An event as the RT reports it. The kelurahan confirms it (then it is in the register) or sends it back."""

    class State(models.TextChoices):
        SUBMITTED = "submitted"
        RETURNED = "returned"
        CONFIRMED = "confirmed"
        WITHDRAWN = "withdrawn"
        REVERSED = "reversed"  # confirmed, found wrong, and taken back in the register

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in KINDS])
    rt_code = models.CharField(max_length=40)
    person = models.ForeignKey("civil.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    family = models.ForeignKey("civil.Family", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    tamu = models.ForeignKey(Tamu, on_delete=models.PROTECT, null=True, blank=True, related_name="laporan")
    occurred_on = models.DateField()
    told = models.JSONField(default=dict)
    # Whoever sent it was shown what looks odd about it, and sent it all the same.
    sure = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUBMITTED)
    version = models.SmallIntegerField(default=1)
    reason = models.CharField(max_length=300, blank=True)
    peristiwa = models.OneToOneField(
        "civil.Peristiwa", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reporter_id = models.UUIDField(null=True)
    reporter_name = models.CharField(max_length=200)
    client_id = models.CharField(max_length=64, null=True, blank=True)
    recorded_at = models.DateTimeField()
    # The city's day on which it was first sent.
    sent_on = models.DateField()
    sent_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.UUIDField(null=True)
    decided_name = models.CharField(max_length=200, blank=True)

    objects = ScopedManager(people="person_id")

    class Meta:
        indexes = [
            models.Index(fields=["rt_code", "state", "sent_at"], name="laporan_area"),
            models.Index(fields=["person", "-recorded_at"], name="laporan_person"),
            models.Index(fields=["recorded_at"], name="laporan_recorded"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reporter_id", "client_id"], name="laporan_once"),
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(state__in=["submitted", "returned"], kind__in=ONE_AT_A_TIME),
                name="laporan_one_open",
            ),
            models.CheckConstraint(condition=~Q(state__in=["returned", "reversed"]) | ~Q(reason=""), name="laporan_reason"),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "reversed"]) | Q(peristiwa__isnull=False),
                name="laporan_in_register",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_on}"


class LaporanStep(models.Model):
    """One step of a report, as it was: who, in which role, what was told then. Append-only."""

    laporan = models.ForeignKey(Laporan, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10)
    told = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    actor_role = models.CharField(max_length=30)
    actor_unit = models.CharField(max_length=200)
    rt_code = models.CharField(max_length=40)

    objects = ScopedManager(people="laporan__person_id")

    class Meta:
        indexes = [models.Index(fields=["laporan", "id"], name="laporanstep_of"),
                   models.Index(fields=["rt_code", "-id"], name="laporanstep_area")]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.step} {self.at:%Y-%m-%d}"
