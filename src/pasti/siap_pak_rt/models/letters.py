"""Letters on their way from the resident over RT and RW to the kelurahan; their kinds, steps and numbers."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from pasti.kernel.accounts.scoping import ScopedManager
from pasti.siap_pak_rt.rules.letter_states import OPEN, State


class LetterKind(models.Model):
    """A kind of letter, from the city pack. `route` names the levels that must agree, the last of them issues;
    `days` are the working days promised for each.
    """

    class Law(models.TextChoices):
        """Whether the law still asks for this letter."""

        REQUIRED = "required"
        CUSTOM = "custom"  # offices and banks ask for it, no law forbids it
        NOT_NEEDED = "not_needed"  # Disdukcapil serves without it

    code = models.CharField(max_length=40, primary_key=True)
    position = models.SmallIntegerField(unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    purpose = models.CharField(max_length=300)
    purpose_en = models.CharField(max_length=300)
    words = ArrayField(models.CharField(max_length=60))
    classification = models.CharField(max_length=20)
    route = ArrayField(models.CharField(max_length=10))
    days = ArrayField(models.SmallIntegerField())
    law = models.CharField(max_length=10, choices=Law.choices)
    law_note = models.TextField(blank=True)
    law_note_en = models.TextField(blank=True)
    direct_url = models.CharField(max_length=300, blank=True)
    requirements = models.JSONField(default=list)
    fields = models.JSONField(default=list)
    paragraphs = models.JSONField(default=list)
    proofs = models.CharField(max_length=8)
    # False: kept so that old letters can be read, but not to be asked for.
    offered = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name

    @property
    def last_level(self) -> str:
        """The level that issues: rt, rw or kelurahan."""
        return str(self.route[-1])


class LetterUnit(models.Model):
    """What letters of one level say of their issuer, from the city pack: number, unit, title of the signer."""

    level = models.CharField(max_length=10, primary_key=True)
    pattern = models.CharField(max_length=120)
    issuer = models.CharField(max_length=160)
    signer = models.CharField(max_length=160)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.level}: {self.pattern}"


class NumberSeries(models.Model):
    """The last serial of one unit in one year. Its row is locked until the letter that takes a number is committed."""

    unit_code = models.CharField(max_length=40)
    year = models.SmallIntegerField()
    last = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit_code", "year"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.unit_code} {self.year}: {self.last}"


class Letter(models.Model):
    """One letter for one resident. `version` grows with every step: who decides says which version was seen."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.ForeignKey(LetterKind, on_delete=models.PROTECT, related_name="letters")
    subject = models.ForeignKey("civil.Person", on_delete=models.PROTECT, related_name="+", db_constraint=False)
    # As it was when asked: who moves away later leaves the book of letters as it is.
    subject_name = models.CharField(max_length=150)
    rt_code = models.CharField(max_length=40)
    asked_by = models.UUIDField()
    asked_by_name = models.CharField(max_length=200)
    channel = models.CharField(max_length=8)
    client_id = models.CharField(max_length=100, null=True)
    fields = models.JSONField(default=dict)
    # The kind's route at the moment of asking: a change of the pack does not move letters that are under way.
    route = ArrayField(models.CharField(max_length=10))
    days = ArrayField(models.SmallIntegerField())
    state = models.CharField(max_length=12)
    version = models.IntegerField(default=1)
    promised_on = models.DateField()
    # The first moment after the promised day, in the city's time: what is issued before it was in time.
    promised_until = models.DateTimeField()
    step_started_at = models.DateTimeField()
    step_due_at = models.DateTimeField()
    # When the level above (or only it, for a letter of the official's own family) came to be allowed to act.
    escalated_at = models.DateTimeField(null=True)
    unit_code = models.CharField(max_length=40, blank=True)
    year = models.SmallIntegerField(null=True)
    serial = models.IntegerField(null=True)
    number = models.CharField(max_length=120, blank=True)
    issued_at = models.DateTimeField(null=True)
    paper_id = models.UUIDField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    objects = ScopedManager(people="subject_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asked_by", "client_id"], name="letter_asked_once"),
            models.UniqueConstraint(fields=["unit_code", "year", "serial"], name="letter_number_once"),
            models.CheckConstraint(
                condition=~Q(state__in=[State.ISSUED, State.REVOKED]) | (Q(serial__isnull=False) & ~Q(number="")),
                name="letter_issued_has_number",
            ),
        ]
        indexes = [
            models.Index(fields=["rt_code", "state"], name="letter_work", condition=Q(state__in=sorted(OPEN))),
            models.Index(fields=["step_due_at"], name="letter_due", condition=Q(state__in=sorted(OPEN))),
            models.Index(fields=["subject", "-recorded_at"], name="letter_of_subject"),
            models.Index(fields=["asked_by", "-recorded_at"], name="letter_of_asker"),
            models.Index(fields=["recorded_at"], name="letter_recorded"),
            models.Index(fields=["issued_at"], name="letter_issued"),
        ]

    def __str__(self) -> str:
        return self.number or str(self.pk)


class LetterStep(models.Model):
    """One step of a letter: who, in which role, for whom, when, what, why. Append-only."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="steps")
    subject_id = models.UUIDField()
    rt_code = models.CharField(max_length=40)
    version = models.IntegerField()
    verdict = models.CharField(max_length=10)
    level = models.CharField(max_length=10, blank=True)
    state_before = models.CharField(max_length=12, blank=True)
    state_after = models.CharField(max_length=12)
    reason = models.TextField(blank=True)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    actor_role = models.CharField(max_length=30)
    actor_unit = models.CharField(max_length=200)
    deputy_for = models.CharField(max_length=200, blank=True)
    client_id = models.CharField(max_length=100, null=True)
    started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    objects = ScopedManager(people="subject_id")

    class Meta:
        constraints = [
            # One act per version; reminders and escalations each once per version beside it.
            models.UniqueConstraint(fields=["letter", "version", "verdict"], name="letterstep_once"),
            models.UniqueConstraint(fields=["actor_id", "client_id"], name="letterstep_client_once"),
        ]
        indexes = [
            models.Index(fields=["letter", "id"], name="letterstep_of_letter"),
            models.Index(fields=["recorded_at"], name="letterstep_recorded"),
            models.Index(fields=["level", "occurred_at"], name="letterstep_level"),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} v{self.version} {self.verdict}"
