"""What happened to people: births, deaths, moves, marriages. Append-only; an error is undone by a counter-event."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from pasti.civil.models.families import Family
from pasti.civil.models.people import Person
from pasti.kernel.accounts.scoping import ScopedManager


class Peristiwa(models.Model):
    """One vital or population event (UU 23/2006 article 1 points 11 and 17), as it was reported.

    `details` is what was told, `effects` what it changed in the register: enough to undo it. The state at
    Disdukcapil is the only part that moves on.
    """

    class Kind(models.TextChoices):
        BIRTH = "birth"
        STILLBIRTH = "stillbirth"
        DEATH = "death"
        MOVE_IN = "move_in"
        MOVE_OUT = "move_out"
        MOVE_WITHIN = "move_within"
        MARRIAGE = "marriage"
        DIVORCE = "divorce"
        MISSING = "missing"
        DATA_CHANGE = "data_change"
        TEMPORARY = "temporary"

    class Dukcapil(models.TextChoices):
        NOT_REPORTED = "not_reported"
        SUBMITTED = "submitted"
        ISSUED = "issued"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="peristiwa")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rt_code = models.CharField(max_length=40)
    occurred_on = models.DateField()
    recorded_at = models.DateTimeField()
    details = models.JSONField(default=dict)
    effects = models.JSONField(default=list)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    reason = models.CharField(max_length=300, blank=True)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    # The device's own number of the report: the same report sent twice is one event.
    client_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    dukcapil_state = models.CharField(max_length=12, choices=Dukcapil.choices, default=Dukcapil.NOT_REPORTED)
    dukcapil_document = models.CharField(max_length=60, blank=True)
    dukcapil_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(people="person_id")

    class Meta:
        indexes = [
            models.Index(fields=["rt_code", "-occurred_on"], name="peristiwa_area"),
            models.Index(fields=["person", "-recorded_at"], name="peristiwa_person"),
            models.Index(fields=["kind", "occurred_on"], name="peristiwa_kind"),
            models.Index(fields=["recorded_at"], name="peristiwa_recorded"),
            models.Index(fields=["dukcapil_state", "occurred_on", "id"], name="peristiwa_dukcapil"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(reverses__isnull=True) | ~Q(reason=""), name="peristiwa_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_on}"
