"""Papers the city issued, and each time someone checked one."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from pasti.kernel.accounts.scoping import ScopedManager


class Paper(models.Model):
    """A letter as issued. Its content never changes; the file is made once, and a revocation is for good."""

    class State(models.TextChoices):
        WAITING = "waiting"
        VALID = "valid"
        REVOKED = "revoked"

    class Signature(models.TextChoices):
        BSRE = "bsre"
        LOCAL = "local"
        NONE = "none"

    class Ended(models.TextChoices):
        """Why a paper was revoked, as anyone may know."""

        WRONG = "wrong"
        REPLACED = "replaced"
        OUTDATED = "outdated"
        OTHER = "other"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Random, and all that the QR code carries: it says nothing about anybody.
    code = models.CharField(max_length=28, unique=True)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=120)
    issuer = models.CharField(max_length=200)
    issuer_code = models.CharField(max_length=40)
    issued_on = models.DateField()
    subject = models.ForeignKey("civil.Person", on_delete=models.PROTECT, related_name="+")
    signer_id = models.UUIDField()
    masked_name = models.CharField(max_length=200)
    # What is printed, and what a reader of the paper may be asked for; frozen when the paper was issued.
    content = models.JSONField()
    created_at = models.DateTimeField()

    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    signature = models.CharField(max_length=5, choices=Signature.choices, blank=True, default="")
    certified = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    size = models.IntegerField(default=0)
    ready_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True, default="")
    revoked_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=8, choices=Ended.choices, blank=True, default="")
    revoke_reason = models.CharField(max_length=500, blank=True, default="")

    objects = ScopedManager(people="subject_id", place="issuer_code")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(state="valid") | Q(sha256__regex=r"^[0-9a-f]{64}$"), name="paper_file"),
            models.CheckConstraint(
                condition=~Q(state="revoked") | (Q(revoked_at__isnull=False) & ~Q(revoke_reason="") & ~Q(ended="")),
                name="paper_revoked_why",
            ),
            models.CheckConstraint(condition=Q(certified=False) | Q(signature="bsre"), name="paper_certified_by_bsre"),
        ]
        indexes = [
            models.Index(fields=["issuer_code", "-created_at", "-id"], name="paper_issuer"),
            models.Index(fields=["subject", "-created_at"], name="paper_subject"),
            models.Index(fields=["signer_id", "created_at"], condition=Q(state="waiting"), name="paper_unsigned"),
            models.Index(fields=["sha256"], condition=~Q(sha256=""), name="paper_by_file"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"


class PaperCheck(models.Model):
    """Someone checked a paper: how, and what they were shown. Nothing about who it was is kept."""

    class Means(models.TextChoices):
        CODE = "code"
        FILE = "file"
        FACTS = "facts"

    class Outcome(models.TextChoices):
        SHOWN = "shown"
        REFUSED = "refused"
        LIMITED = "limited"

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="checks")
    issuer_code = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    at = models.DateTimeField()
    means = models.CharField(max_length=5, choices=Means.choices)
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    # A word more: which verdict on a file.
    verdict = models.CharField(max_length=12, blank=True, default="")

    objects = ScopedManager(people="subject_id", place="issuer_code")

    class Meta:
        indexes = [models.Index(fields=["paper", "-id"], name="paper_check_list")]

    def __str__(self) -> str:
        return f"{self.means} {self.outcome} {self.at:%Y-%m-%d %H:%M}"
