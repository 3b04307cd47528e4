"""Activation at the counter, the cards it brought, their copies and the public status list."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from pasti.kernel.accounts.scoping import ScopedManager

TRIES = 3  # wrong transaction codes before an offer is dead
ROUNDS = 5  # offers from one look at the document


class Activation(models.Model):
    """An officer saw the person and the document, and hands over a card. No code is kept: they are made when needed."""

    class State(models.TextChoices):
        WAITING = "waiting"  # for a second officer
        SEEN = "seen"
        OFFERED = "offered"
        TAKEN = "taken"  # a wallet gave the right transaction code
        ISSUED = "issued"
        DEAD = "dead"  # too many wrong transaction codes
        CANCELLED = "cancelled"

    class Document(models.TextChoices):
        KTP_EL = "ktp_el"
        SUKET = "suket"
        PASSPORT = "passport"
        OTHER = "other"

    class Mode(models.TextChoices):
        INSTEAD = "instead"  # cards on other devices end
        BESIDES = "besides"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("civil.Person", on_delete=models.PROTECT, related_name="+")
    rt_code = models.CharField(max_length=40)
    unit_code = models.CharField(max_length=60)
    unit_name = models.CharField(max_length=200)
    officer_id = models.UUIDField()
    officer_name = models.CharField(max_length=200)
    document = models.CharField(max_length=10, choices=Document.choices)
    document_note = models.CharField(max_length=200, blank=True)
    mode = models.CharField(max_length=8, choices=Mode.choices)
    device = models.CharField(max_length=60)
    seen_at = models.DateTimeField()

    state = models.CharField(max_length=9, choices=State.choices)
    second_id = models.UUIDField(null=True)
    second_name = models.CharField(max_length=200, blank=True, default="")
    second_at = models.DateTimeField(null=True)
    # Which offer this is; a new one makes new codes, and the old ones open nothing.
    round = models.SmallIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    token_digest = models.BinaryField(max_length=32, null=True)
    token_expires_at = models.DateTimeField(null=True)
    answers = models.SmallIntegerField(default=0)
    issued_at = models.DateTimeField(null=True)

    objects = ScopedManager(people="person_id")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(second_id__isnull=True) | ~Q(second_id=F("officer_id")), name="activation_two_officers"
            ),
            models.CheckConstraint(condition=~Q(document="other") | ~Q(document_note=""), name="activation_document"),
            models.CheckConstraint(condition=Q(attempts__range=(0, TRIES)), name="activation_tries"),
            models.CheckConstraint(condition=Q(round__range=(0, ROUNDS)), name="activation_rounds"),
            models.CheckConstraint(condition=~Q(state="issued") | Q(issued_at__isnull=False), name="activation_issued"),
            models.UniqueConstraint(
                fields=["token_digest"], condition=Q(token_digest__isnull=False), name="activation_token"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-seen_at"], name="activation_of"),
            models.Index(fields=["officer_id", "-seen_at"], name="activation_by"),
            models.Index(fields=["rt_code", "-seen_at"], condition=Q(state="waiting"), name="activation_waiting"),
            models.Index(fields=["issued_at"], name="activation_done"),
        ]

    def __str__(self) -> str:
        return f"{self.device} {self.seen_at:%Y-%m-%d %H:%M}"


class Card(models.Model):
    """A card on one device: a batch of copies that live and end together. Revoked is for good."""

    class State(models.TextChoices):
        VALID = "valid"
        SUSPENDED = "suspended"
        REVOKED = "revoked"

    class Why(models.TextChoices):
        """Why a card stopped; never shown to a verifier."""

        LOST = "lost"
        REPLACED = "replaced"
        OWN_WISH = "own_wish"
        OFFICE = "office"
        DIED = "died"
        MOVED = "moved"
        CHANGED = "changed"
        MERGED = "merged"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activation = models.OneToOneField(Activation, on_delete=models.PROTECT, related_name="card")
    person = models.ForeignKey("civil.Person", on_delete=models.PROTECT, related_name="+")
    rt_code = models.CharField(max_length=40)
    device = models.CharField(max_length=60)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # A keyed digest of what the card says, to see whether the register says otherwise by now.
    facts_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State.choices, default=State.VALID)
    why = models.CharField(max_length=8, choices=Why.choices, blank=True, default="")
    stopped_at = models.DateTimeField(null=True)

    objects = ScopedManager(people="person_id")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="valid") | (Q(stopped_at__isnull=False) & ~Q(why="")), name="card_stopped_why"
            )
        ]
        indexes = [
            models.Index(fields=["person", "-issued_at"], name="card_of"),
            models.Index(fields=["rt_code"], name="card_area"),
        ]

    def __str__(self) -> str:
        return self.device


class CardStep(models.Model):
    """What happened to a card: only added to. `asked_at` is when the cause was known, `at` when the list said so."""

    class Step(models.TextChoices):
        ISSUED = "issued"
        SUSPENDED = "suspended"
        RESUMED = "resumed"
        REVOKED = "revoked"

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="steps")
    person_id = models.UUIDField()
    rt_code = models.CharField(max_length=40)
    step = models.CharField(max_length=9, choices=Step.choices)
    why = models.CharField(max_length=8, choices=Card.Why.choices, blank=True, default="")
    at = models.DateTimeField()
    asked_at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    actor_unit = models.CharField(max_length=200, blank=True)

    objects = ScopedManager(people="person_id")

    class Meta:
        indexes = [
            models.Index(fields=["card", "-id"], name="card_step_list"),
            models.Index(fields=["at"], name="card_step_at"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.at:%Y-%m-%d %H:%M}"


class StatusList(models.Model):
    """One public list: `size` entries of two bits. `version` grows with every change of an entry's value."""

    number = models.IntegerField(primary_key=True)
    size = models.IntegerField()
    taken = models.IntegerField(default=0)
    version = models.IntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(size__gte=131_072), name="status_list_crowd")]

    def __str__(self) -> str:
        return str(self.number)


class StatusEntry(models.Model):
    """A place in a list that was given out, and its value. Whose it is stands elsewhere. Never given out again."""

    list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="entries", db_index=False)
    idx = models.IntegerField()
    value = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "idx"], name="status_entry_once"),
            models.CheckConstraint(condition=Q(value__in=[0, 1, 2]), name="status_entry_value"),
        ]
        indexes = [models.Index(fields=["list", "idx"], condition=~Q(value=0), name="status_entry_marked")]

    def __str__(self) -> str:
        return f"{self.list_id}:{self.idx}"


class Credential(models.Model):
    """One copy: bound to a key of its own, with a place of its own in a status list."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="credentials")
    person_id = models.UUIDField()
    rt_code = models.CharField(max_length=40)
    # RFC 7638 thumbprint: a key is taken once, so that no two cards can be linked by it.
    holder = models.CharField(max_length=43, unique=True)
    entry = models.OneToOneField(StatusEntry, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    objects = ScopedManager(people="person_id")

    def __str__(self) -> str:
        return self.holder


class UsedNonce(models.Model):
    """A nonce that came back in a proof: a second proof with it is a replay."""

    digest = models.CharField(max_length=43, primary_key=True)
    used_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["used_at"], name="used_nonce_at")]

    def __str__(self) -> str:
        return self.digest
