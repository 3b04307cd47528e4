"""What is known of a stored file. The bytes lie under MEDIA_ROOT, one file per document."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models


class Document(models.Model):
    """A file of one user. `media_type` is what the bytes are, not what the sender called them.

    A file that a system holds (`held_by`) is not among its sender's own: it is evidence, so the system alone shows it,
    within its own scope, and removes it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    held_by = models.CharField(max_length=30, blank=True, default="")
    name = models.CharField(max_length=150)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        # The same bytes handed in again are the same document: a repeated upload changes nothing.
        constraints = [models.UniqueConstraint(fields=["owner", "kind", "sha256"], name="document_once")]
        indexes = [models.Index(fields=["owner", "-id"], name="document_list")]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the bytes are: found by hash, and shared with no other document."""
        return Path(settings.MEDIA_ROOT) / self.sha256[:2] / self.sha256[2:4] / f"{self.sha256}.{self.uid.hex}"
