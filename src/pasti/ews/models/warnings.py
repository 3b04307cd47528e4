"""From a rule's proposal to an issued warning, and what was noted on the way."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

USER = settings.AUTH_USER_MODEL


class Drill(models.Model):
    """An exercise: everything made under it carries status Exercise and never reaches sirens or the public."""

    name = models.CharField(max_length=160)
    scenario = models.JSONField(default=dict)
    planned_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    score = models.JSONField(default=dict)
    lessons = models.TextField(blank=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-planned_at"]

    def __str__(self) -> str:
        return self.name


class Episode(models.Model):
    """One flood of one river from the first proposal to the all-clear, or a drill's. One open episode per river and kind."""

    class Outcome(models.TextChoices):
        HIT = "hit"
        FALSE = "false"
        MISS = "miss"

    river = models.ForeignKey("ews.River", on_delete=models.PROTECT, related_name="episodes")
    drill = models.ForeignKey(Drill, on_delete=models.PROTECT, null=True, related_name="episodes")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    flooded_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=5, choices=Outcome.choices, blank=True)
    lessons = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["river", "drill"], condition=Q(ended_at=None), nulls_distinct=False, name="episode_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.river_id} {self.began_at}"


class Proposal(models.Model):
    """A warning proposed by a rule or by street reports. The same `key` is the same proposal, however often it is found."""

    class State(models.TextChoices):
        OPEN = "open"
        ISSUED = "issued"
        DISMISSED = "dismissed"
        REPLACED = "replaced"

    key = models.CharField(max_length=160, unique=True)
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="proposals")
    gauge = models.ForeignKey("ews.Gauge", on_delete=models.PROTECT, null=True, related_name="proposals")
    rule = models.CharField(max_length=30)
    stage = models.SmallIntegerField()
    sentence_id = models.CharField(max_length=500)
    sentence_en = models.CharField(max_length=500)
    evidence = models.JSONField(default=dict)
    crossed_at = models.DateTimeField()
    proposed_at = models.DateTimeField()
    # After this moment the city's choice of issuing by itself holds, where it was made; null where it was not.
    auto_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-stage", "proposed_at"]
        indexes = [
            models.Index(fields=["proposed_at"], name="proposal_open", condition=Q(state="open")),
            models.Index(fields=["auto_at"], name="proposal_auto", condition=Q(state="open", auto_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.key


class Warning(models.Model):
    """A warning, from draft to the end: one CAP message, frozen in `cap_bytes` when it is issued.

    Update, Cancel and all-clear are warnings of their own that `replaces` an earlier one; of an episode at most one is
    in force. A warning of stage 3 waits for a second person (`approved_by`, another than `composed_by`), unless it was
    issued by the city's own clock (`automatic`).
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        APPROVAL = "approval"
        IN_FORCE = "in_force"
        REPLACED = "replaced"
        CANCELLED = "cancelled"
        ENDED = "ended"
        WITHDRAWN = "withdrawn"

    class Kind(models.TextChoices):
        ALERT = "alert"
        UPDATE = "update"
        CANCEL = "cancel"
        ALL_CLEAR = "all_clear"

    class Status(models.TextChoices):
        ACTUAL = "actual"
        EXERCISE = "exercise"
        TEST = "test"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="warnings")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, null=True, related_name="warnings")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    status = models.CharField(max_length=8, choices=Status.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    stage = models.SmallIntegerField()
    headline_id = models.CharField(max_length=160)
    headline_en = models.CharField(max_length=160)
    description_id = models.TextField()
    description_en = models.TextField()
    instruction_id = models.TextField(blank=True)
    instruction_en = models.TextField(blank=True)
    area_codes = models.JSONField(default=list)
    polygons = models.JSONField(default=list)
    onset = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    people_at_risk = models.IntegerField(null=True)
    automatic = models.BooleanField(default=False)
    cap_identifier = models.CharField(max_length=120, unique=True, null=True)
    cap_bytes = models.BinaryField(null=True)
    cap_sha256 = models.CharField(max_length=64, blank=True)
    composed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    composed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=500, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["episode"], condition=Q(state="in_force"), name="warning_one_in_force"),
            models.UniqueConstraint(fields=["proposal"], condition=~Q(state="withdrawn"), name="warning_once"),
            models.CheckConstraint(
                condition=Q(cap_identifier=None, sent_at=None) | Q(cap_identifier__isnull=False, sent_at__isnull=False),
                name="warning_sent_has_cap",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("composed_by")),
                name="warning_two_people",
            ),
        ]
        indexes = [models.Index(fields=["status", "-sent_at"], name="warning_in_force", condition=Q(state="in_force"))]

    def __str__(self) -> str:
        return self.headline_id


class Note(models.Model):
    """One line of an episode's timeline: written by the system or by an officer, never changed."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=20)
    text = models.CharField(max_length=1000)
    facts = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["occurred_at", "pk"]

    def __str__(self) -> str:
        return self.text
