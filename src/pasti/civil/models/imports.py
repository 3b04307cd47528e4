"""Files of people on their way into the register: every row is kept with what was found about it."""

from __future__ import annotations

import uuid

from django.db import models

from pasti.civil.models.people import Person
from pasti.kernel.accounts.scoping import ScopedManager


class ImportBatch(models.Model):
    """One file. It is read into rows (a dry run), looked at, committed in steps, and can be undone as a whole."""

    class State(models.TextChoices):
        WAITING = "waiting"  # for a worker to read it
        READING = "reading"
        READY = "ready"  # read; nothing is in the register yet
        COMMITTING = "committing"
        COMMITTED = "committed"
        UNDOING = "undoing"
        UNDONE = "undone"
        FAILED = "failed"  # the file could not be read; `message` says why

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    layout = models.CharField(max_length=10, blank=True)  # opensid, siak, pasti
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    message = models.TextField(blank=True)
    # The place whose clerk brought the file; rows of people who live elsewhere are refused.
    area = models.CharField(max_length=40)
    total = models.IntegerField(default=0)
    # The last row the running step has finished: where it goes on after being killed.
    done = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    # The stored file until it has been read; then only its rows are kept.
    document = models.UUIDField(null=True)
    created_by = models.UUIDField()
    created_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    # When a worker last got on with it: where it stands still, its worker has died.
    touched_at = models.DateTimeField(null=True)
    committed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(place="area")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "area"], name="import_file_once")]
        indexes = [models.Index(fields=["created_by", "-created_at"], name="import_of")]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One line of a file: what it says in our terms, what is wrong with it, and what became of it."""

    class Outcome(models.TextChoices):
        NEW = "new"
        SAME = "same"  # already in the register, word for word
        DIFFERS = "differs"  # in the register, with other values: waits for a decision
        ERROR = "error"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.IntegerField()
    content = models.JSONField()
    problems = models.JSONField(default=list)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    differences = models.JSONField(default=dict)
    accepted = models.BooleanField(null=True)
    undone = models.BooleanField(null=True)  # False: changed by others since, so it was left
    area = models.CharField(max_length=40)

    objects = ScopedManager(place="area")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_once")]
        indexes = [
            models.Index(fields=["batch", "outcome", "number"], name="import_outcome"),
            models.Index(fields=["batch", "number"], name="import_problem", condition=~models.Q(problems=[])),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number}"
