"""What people ask of their own data, and what went wrong with data of people."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from pasti.kernel.accounts.scoping import ScopedManager


class DataRequest(models.Model):
    """A person's use of a right of UU 27/2022. Decided once; the decision stays."""

    class Kind(models.TextChoices):
        COPY = "copy"
        CORRECTION = "correction"
        RESTRICTION = "restriction"
        LIFTING = "lifting"

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    person = models.ForeignKey("civil.Person", on_delete=models.PROTECT, related_name="+")
    rt_code = models.CharField(max_length=40)
    # A correction: the field of the register, what stands there and what should.
    field = models.CharField(max_length=30, blank=True)
    before = models.CharField(max_length=300, blank=True)
    wanted = models.CharField(max_length=300, blank=True)
    text = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=1000, blank=True)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    # The same form sent twice is one request.
    once = models.CharField(max_length=120, unique=True)

    objects = ScopedManager(people="person_id")

    class Meta:
        indexes = [
            models.Index(fields=["state", "asked_at"], name="data_request_queue"),
            models.Index(fields=["person", "-asked_at"], name="data_request_person"),
            models.Index(fields=["asked_at"], name="data_request_asked"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="data_request_decided",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(answer=""), name="data_request_reason"),
            # One wish to restrict, or to lift, waits at a time.
            models.UniqueConstraint(
                fields=["person", "kind"], name="data_request_one_open",
                condition=Q(state="open", kind__in=["restriction", "lifting"]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Breach(models.Model):
    """A failure of protection (UU 27/2022 article 46): what was revealed, when, how, and what is done about it."""

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=150)
    data_kinds = models.CharField(max_length=500)
    cause = models.TextField()
    handling = models.TextField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    discovered_at = models.DateTimeField()
    # When the authority and the people concerned were told; the law gives 3 x 24 hours for both.
    reported_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)
    public_notice = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    created_by = models.UUIDField()
    created_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    once = models.CharField(max_length=120, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ended_at__gte=models.F("started_at")), name="breach_order")]
        indexes = [models.Index(fields=["-discovered_at", "id"], name="breach_list")]

    def __str__(self) -> str:
        return self.title


class BreachSubject(models.Model):
    """A person whose data a breach touched, why we think so, and how the person was told."""

    class Told(models.TextChoices):
        NOT_YET = "not_yet"
        INBOX = "inbox"
        LETTER = "letter"

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="subjects")
    person_id = models.UUIDField()
    because = models.CharField(max_length=120)
    told = models.CharField(max_length=8, choices=Told.choices, default=Told.NOT_YET)
    told_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    # The city: people of all its areas may be touched, so only a scope of the whole city finds the row.
    area = models.CharField(max_length=40)

    objects = ScopedManager(people="person_id", place="area")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["breach", "person_id"], name="breach_subject_once")]
        indexes = [models.Index(fields=["breach", "told", "id"], name="breach_subject_told")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.breach_id}"
