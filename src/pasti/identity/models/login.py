"""Signing up, and counting wrong passwords where they are typed."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from pasti.kernel.accounts.scoping import ScopedManager


class SignUp(models.Model):
    """Somebody on the way to an account, matched to a person of the register. Its id becomes the account's.

    The code is not kept: it is computed from this row and the city's secret.
    """

    class State(models.TextChoices):
        WAITING = "waiting"  # for the code
        CONFIRMED = "confirmed"  # the address is theirs; a passkey or password comes next
        DONE = "done"
        ELSEWHERE = "elsewhere"  # the person has an account: no code will ever be right

    class Way(models.TextChoices):
        PASSKEY = "passkey"
        PASSWORD = "password"  # noqa: S105

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person_id = models.UUIDField()
    rt_code = models.CharField(max_length=40)
    channel = models.CharField(max_length=12)
    address = models.CharField(max_length=254, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    way = models.CharField(max_length=10, choices=Way.choices, blank=True)
    sent = models.SmallIntegerField(default=1)
    tries = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(people="person_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id"], condition=Q(state="done"), name="sign_up_done_once"),
            models.CheckConstraint(condition=~Q(state="done") | Q(done_at__isnull=False), name="sign_up_done_when"),
        ]
        indexes = [
            models.Index(fields=["done_at"], name="sign_up_done", condition=Q(state="done")),
            models.Index(fields=["expires_at"], name="sign_up_expired", condition=~Q(address="")),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.created_at:%Y-%m-%d}"


class Door(models.Model):
    """One account as it was typed, seen from one address: how often it went wrong there, and until when it is shut.

    Both are digests with the city's secret: the table tells nobody who signs in from where.
    """

    key = models.CharField(max_length=64, primary_key=True)
    account = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    failures = models.IntegerField(default=0)
    failed_at = models.DateTimeField(null=True, blank=True)
    shut_until = models.DateTimeField(null=True, blank=True)
    passed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "failed_at"], name="door_account"),
            models.Index(fields=["address", "failed_at"], name="door_address"),
        ]

    def __str__(self) -> str:
        return f"{self.failures} until {self.shut_until}"
