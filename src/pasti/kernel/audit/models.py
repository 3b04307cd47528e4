"""The audit log. The application role can add rows and read them; nobody can change or delete one."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One read or one change of something that belongs to someone."""

    class Kind(models.TextChoices):
        READ = "read"
        CHANGE = "change"

    at = models.DateTimeField()
    kind = models.CharField(max_length=6, choices=Kind.choices)
    action = models.CharField(max_length=60)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    actor_role = models.CharField(max_length=30)
    actor_unit = models.CharField(max_length=200)
    subject_id = models.UUIDField(null=True)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    object_label = models.CharField(max_length=200)
    fields = models.JSONField(default=list)
    changes = models.JSONField(default=dict)
    purpose = models.CharField(max_length=60)
    request_id = models.CharField(max_length=64)
    # SHA-256 over the row's content, computed by a trigger: the program cannot choose it.
    row_hash = models.BinaryField(max_length=32, editable=False, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "-id"], name="audit_subject"),
            models.Index(fields=["actor_id", "-id"], name="audit_actor"),
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.action} by {self.actor_role}"


class Seal(models.Model):
    """A closed stretch of the log: its rows' hashes, chained to the seal before it."""

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField(unique=True)
    row_count = models.IntegerField()
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"rows {self.first_id}-{self.last_id}"
