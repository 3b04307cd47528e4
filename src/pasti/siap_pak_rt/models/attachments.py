"""Proofs: photographs and papers that belong to a report or a letter, and the uploads they come by."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from pasti.kernel.accounts.scoping import ScopedManager


class Attachment(models.Model):
    """One file handed in as proof. Until a report or letter claims it, it waits; unclaimed, it goes after a week.

    `claimed_to` names the thing it belongs to: "laporan:<uuid>" or "letter:<uuid>".
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    subject_id = models.UUIDField(null=True, blank=True)
    rt_code = models.CharField(max_length=40)
    purpose = models.CharField(max_length=60)
    claimed_to = models.CharField(max_length=60, blank=True, default="")
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_size = models.BigIntegerField()  # bytes as they came; the document's size is what is kept of them
    created_at = models.DateTimeField()

    objects = ScopedManager(people="subject_id")

    class Meta:
        indexes = [
            models.Index(fields=["claimed_to"], name="attachment_of", condition=~Q(claimed_to="")),
            models.Index(fields=["created_at"], name="attachment_unclaimed", condition=Q(claimed_to="")),
            models.Index(fields=["subject_id"], name="attachment_subject"),
        ]

    def __str__(self) -> str:
        return f"attachment {self.id}"


class Upload(models.Model):
    """A file on its way in pieces over a line that breaks. `received` bytes lie on disk for certain.

    The sender chooses `client_id`: the same upload begun twice is one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    client_id = models.CharField(max_length=64)
    name = models.CharField(max_length=150)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    received = models.BigIntegerField(default=0)
    subject_id = models.UUIDField(null=True, blank=True)
    rt_code = models.CharField(max_length=40)
    purpose = models.CharField(max_length=60)
    attachment = models.ForeignKey(Attachment, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    objects = ScopedManager(people="subject_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "client_id"], name="upload_once"),
            models.CheckConstraint(condition=Q(received__gte=0, received__lte=F("size")), name="upload_received"),
            models.CheckConstraint(condition=Q(size__gt=0), name="upload_size"),
        ]
        indexes = [models.Index(fields=["touched_at"], name="upload_touched")]

    def __str__(self) -> str:
        return f"upload {self.received} of {self.size}"

    @property
    def path(self) -> Path:
        """Where the bytes received so far are."""
        return Path(settings.MEDIA_ROOT) / "unggahan" / f"{self.id.hex}.bagian"
