"""Warnings of other agencies (BMKG and others), as they came and as we understand them. No person is named here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ForeignAlert(models.Model):
    """One CAP message of another sender. `raw` is what came, byte for byte; the rest is read from it.

    `areas` are the codes of our kelurahan that it touches. `replaces` are the names ("sender,identifier") of earlier
    messages it takes the place of: an update may come before what it updates. Who shows it asks for state "current" and
    `expires` in the future.
    """

    class State(models.TextChoices):
        CURRENT = "current"
        REPLACED = "replaced"
        CANCELLED = "cancelled"
        SILENT = "silent"  # a test, an exercise, an acknowledgement, a cancellation: kept, not shown

    class Signature(models.TextChoices):
        NONE = "none"
        UNKNOWN = "unknown"  # signed by somebody whose certificate we do not have
        TRUSTED = "trusted"

    identifier = models.CharField(max_length=300)
    sender = models.CharField(max_length=300)
    sent = models.DateTimeField()
    # Where it came from: the address of a list, or "unggahan" for what an officer uploaded.
    source = models.CharField(max_length=500)
    raw = models.BinaryField()
    summary = models.JSONField(default=dict)
    areas = models.JSONField(default=list)
    replaces = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    expires = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices)
    signature = models.CharField(max_length=7, choices=Signature.choices)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent", "-pk"]
        constraints = [models.UniqueConstraint(fields=["sender", "identifier", "sent"], name="foreign_alert_once")]
        indexes = [models.Index(fields=["expires"], name="foreign_alert_current", condition=Q(state="current"))]

    def __str__(self) -> str:
        return f"{self.sender} {self.identifier}"


class ForeignFeed(models.Model):
    """A list of another agency that we look at: what it said last, so that it need not say it again."""

    url = models.CharField(max_length=500, primary_key=True)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    marks = models.JSONField(default=list)  # of the messages already looked at
    looked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["url"]

    def __str__(self) -> str:
        return self.url
