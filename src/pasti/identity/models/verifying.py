"""Who may check cards, what for, and each question asked. What was shown is kept for minutes, apart, and only to be read."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Verifier(models.Model):
    """A registered counter or program: who answers for it and the most it may ever ask."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"
        STOPPED = "stopped"

    code = models.SlugField(max_length=60, primary_key=True)
    name = models.CharField(max_length=200)
    agency = models.CharField(max_length=200)
    contact = models.EmailField(blank=True)
    approved_claims = ArrayField(models.CharField(max_length=60))
    # Who may work at this desk: roles, at one unit or, without a unit, at every unit.
    roles = ArrayField(models.CharField(max_length=30))
    unit_code = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.UUIDField(null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(proposed_by=None) | Q(decided_by=None) | ~Q(proposed_by=F("decided_by")),
                name="verifier_two_people",
            )
        ]

    def __str__(self) -> str:
        return self.name


class VerifierPurpose(models.Model):
    """One thing a verifier asks for: why, on which legal basis, which claims, and which of them it cannot do without."""

    key = models.CharField(max_length=121, primary_key=True)  # verifier/purpose
    verifier = models.ForeignKey(Verifier, on_delete=models.PROTECT, related_name="purposes")
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    legal_basis = models.CharField(max_length=300)
    claims = ArrayField(models.CharField(max_length=60))
    required = ArrayField(models.CharField(max_length=60))
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["verifier", "code"], name="verifier_purpose_once"),
            models.CheckConstraint(
                condition=Q(claims__contains=F("required")) & ~Q(claims=[]), name="verifier_purpose_required"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PresentationRequest(models.Model):
    """One question at a desk, answered once within minutes. It names nobody."""

    class State(models.TextChoices):
        OPEN = "open"
        PASSED = "passed"
        FAILED = "failed"
        DECLINED = "declined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.ForeignKey(VerifierPurpose, on_delete=models.PROTECT, related_name="+")
    # As it was asked: the register may change while the question is out.
    claims = ArrayField(models.CharField(max_length=60))
    required = ArrayField(models.CharField(max_length=60))
    client_id = models.CharField(max_length=200)
    nonce = models.CharField(max_length=43, unique=True)
    handle = models.CharField(max_length=43)  # the protocol's `state`
    asked_by = models.UUIDField()
    unit_code = models.CharField(max_length=60)
    unit_name = models.CharField(max_length=200)
    place = models.CharField(max_length=40, blank=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    cause = models.CharField(max_length=40, blank=True, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None) | (~Q(state="open") & Q(answered_at__isnull=False)),
                name="presentation_answered",
            ),
            models.CheckConstraint(
                condition=Q(state="failed") & ~Q(cause="") | ~Q(state="failed") & Q(cause=""), name="presentation_cause"
            ),
        ]
        indexes = [
            models.Index(fields=["answered_at"], name="presentation_answered_at"),
            models.Index(fields=["asked_by", "-asked_at"], name="presentation_desk"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Shown(models.Model):
    """What a holder let the desk see: exactly what was asked, until the desk is done with it, minutes at the most."""

    request = models.OneToOneField(
        PresentationRequest, on_delete=models.CASCADE, primary_key=True, related_name="shown"
    )
    claims = models.JSONField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"], name="shown_until")]

    def __str__(self) -> str:
        return str(self.pk)
