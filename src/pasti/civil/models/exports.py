"""Files of people on their way out: who asked for whom, why, and where the file is until it goes."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models

from pasti.kernel.accounts.scoping import ScopedManager


class Export(models.Model):
    """One file of people that somebody asked for. The row stays; the file goes after a day."""

    class State(models.TextChoices):
        WAITING = "waiting"  # for a worker to write it
        READY = "ready"
        FAILED = "failed"
        GONE = "gone"  # the file was deleted

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    area = models.CharField(max_length=40)
    layout = models.CharField(max_length=10)  # opensid, siak, pasti
    form = models.CharField(max_length=4)  # xlsx, csv
    living = models.BooleanField(default=True)  # only those who live here now
    specific = models.BooleanField(default=False)  # with data of health
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    size = models.BigIntegerField(default=0)
    created_by = models.UUIDField()
    created_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(place="area")

    class Meta:
        indexes = [models.Index(fields=["created_by", "-created_at"], name="export_of")]

    def __str__(self) -> str:
        return f"{self.layout}.{self.form} {self.area}"

    @property
    def path(self) -> Path:
        """Where the file is while it is ready."""
        return Path(settings.MEDIA_ROOT) / "unduhan" / f"{self.pk.hex}.{self.form}"

    @property
    def file_name(self) -> str:
        """What the file is called for who takes it; nothing of a person is in it."""
        return f"penduduk-{self.layout}-{self.area}-{self.created_at:%Y%m%d}.{self.form}"
