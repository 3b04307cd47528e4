"""Answers kept for retries."""

from __future__ import annotations

from django.db import models


class KeptAnswer(models.Model):
    """The answer to a POST with an `Idempotency-Key`: the same key brings the same answer."""

    caller = models.UUIDField()
    key = models.CharField(max_length=200)
    operation = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.SmallIntegerField(null=True)
    body = models.TextField(default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="kept_answer_once")]
        indexes = [models.Index(fields=["created_at"], name="kept_answer_age")]

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"
