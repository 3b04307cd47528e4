"""Two records that may be one person, and what somebody decided about them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from pasti.civil.models.people import Person
from pasti.kernel.accounts.scoping import ScopedManager


class DuplicatePair(models.Model):
    """Two people who look alike. Decided once, with a reason; the decision stays."""

    class State(models.TextChoices):
        OPEN = "open"
        DIFFERENT = "different"
        MERGED = "merged"

    first = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signs = models.JSONField(default=list)  # codes of what is alike
    score = models.SmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.UUIDField(null=True)
    decided_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    # The smallest place that holds both: who may not see one of them does not see the pair.
    rt_code = models.CharField(max_length=40)
    # What the merging changed, so that it can be taken back.
    effects = models.JSONField(default=list)
    recorded_at = models.DateTimeField()

    objects = ScopedManager(people="first_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_order"),
            models.CheckConstraint(condition=Q(state="open") | ~Q(reason=""), name="duplicate_reason"),
        ]
        indexes = [models.Index(fields=["state", "-score", "id"], name="duplicate_open")]

    def __str__(self) -> str:
        return f"{self.first_id} ~ {self.second_id}"


class DuplicateRun(models.Model):
    """One search for pairs: up to which moment changes of people were looked at."""

    seen_until = models.DateTimeField()
    people = models.IntegerField()
    pairs = models.IntegerField()
    finished_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"until {self.seen_until:%Y-%m-%d %H:%M}"
