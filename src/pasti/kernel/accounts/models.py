"""Users, the dated roles they hold, and the tokens of machines."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    """Creates users; passwords are hashed with Argon2 by the settings."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A new user. Without a password the account cannot sign in with one."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Someone or something that signs in: a citizen, an official, a device or a client program."""

    class Kind(models.TextChoices):
        CITIZEN = "citizen"
        OFFICIAL = "official"
        DEVICE = "device"
        CLIENT = "client"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=150, unique=True)
    email = models.EmailField(blank=True, db_index=True)
    phone = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CITIZEN)
    # The person's stable id in the civil register. A plain value: the register is a floor above.
    person_id = models.UUIDField(null=True, blank=True, unique=True)
    language = models.CharField(max_length=5, default="id")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    # When an officer saw the person with the card in hand; None: never.
    seen_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """The person's name as shown."""
        return self.name

    @property
    def level(self) -> int:
        """How sure the city is who this is: 1 only says so, 2 matched to the register, 3 seen in person."""
        return 3 if self.seen_at else 2 if self.person_id else 1


class Assignment(models.Model):
    """One role a user holds at one unit, from one day to another. The past is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=30)
    unit_code = models.CharField(max_length=60)
    unit_name = models.CharField(max_length=200)
    # The area whose people this role may see, as a dotted place code; empty: no one's.
    area_code = models.CharField(max_length=40, blank=True)
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    # The moment the role was taken away: from then on it opens nothing, whatever `ends` says.
    ended_at = models.DateTimeField(null=True, blank=True)
    # Whether it is held in place of the one who is away: same role, same area, and an end.
    deputy = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "unit_code", "starts", "deputy"],
                condition=Q(ended_at=None),
                name="assignment_once",
            ),
            models.CheckConstraint(condition=Q(deputy=False) | Q(ends__isnull=False), name="assignment_deputy_ends"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="assignment_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["unit_code", "role"], name="assignment_unit")]

    def __str__(self) -> str:
        return f"{self.role} {self.unit_name}"


class Client(models.Model):
    """A program registered to call the API in its own name (RFC 6749, client credentials)."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="client")
    client_id = models.CharField(max_length=80, unique=True)
    secret_hash = models.CharField(max_length=128)
    scopes = ArrayField(models.CharField(max_length=60))

    def __str__(self) -> str:
        return self.client_id


class AccessToken(models.Model):
    """A bearer token (RFC 6750). Only its SHA-256 is kept: a stolen table opens nothing."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=60))
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"token of {self.user_id} until {self.expires_at:%Y-%m-%d}"
