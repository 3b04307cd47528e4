"""Applications that let PASTI sign people in, what people allowed them, and who is signed in where."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from jwcrypto.jwk import JWK
from oauth2_provider.models import AbstractApplication

from pasti.identity.rules import provider as rules


class Registration(models.Model):
    """Who answers for a client of the OpenID Provider, why it asks, and what it may learn of a person."""

    agency = models.CharField(max_length=200)
    contact = models.EmailField(blank=True)
    purpose = models.CharField(max_length=300)
    legal_basis = models.CharField(max_length=300)
    approved_claims = ArrayField(models.CharField(max_length=60), default=list)
    # Without these the application cannot do its work: who refuses them does not sign in there.
    required_claims = ArrayField(models.CharField(max_length=60), default=list)
    backchannel_logout_uri = models.URLField(max_length=500, blank=True)
    # Clients of one sector know a person by the same `sub`. By default each client is a sector of its own.
    sector = models.CharField(max_length=255, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Application(Registration, AbstractApplication):
    """A registered client of the OpenID Provider."""

    class Meta(AbstractApplication.Meta):
        pass

    @property
    def jwk_key(self) -> JWK:
        """The key that signs for every client: it lies outside the database."""
        from pasti.identity.services.provider_keys import signing

        return signing()

    @property
    def sector_name(self) -> str:
        """What separates this client's subjects from those of others."""
        return self.sector or self.client_id

    def is_usable(self, request: Any) -> bool:
        """A disabled client can do nothing: no sign-in, no tokens, no claims."""
        return self.disabled_at is None

    def get_allowed_schemes(self) -> list[str]:
        """https; plain http only where every registered address with it is this machine itself."""
        plain = [one for one in self.redirect_uris.split() if one.startswith("http://")]
        return ["https", "http"] if plain and all(rules.is_loopback(one) for one in plain) else ["https"]


class Consent(models.Model):
    """What a person allows an application to learn. Revoked, it stays as a record and a new one takes its place."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    given = ArrayField(models.CharField(max_length=60), default=list)
    refused = ArrayField(models.CharField(max_length=60), default=list)
    given_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "application"], condition=Q(revoked_at=None), name="consent_once")
        ]
        indexes = [models.Index(fields=["user", "-id"], name="consent_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.application_id}"


class ClientSession(models.Model):
    """Somebody is signed in at one application from one browser: `id` is the `sid` both sides know it by.

    It is also the family of the refresh tokens given in it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40)
    # How the person signed in here when the application last asked.
    auth_time = models.BigIntegerField()
    acr = models.CharField(max_length=60)
    amr = ArrayField(models.CharField(max_length=10), default=list)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session_key", "application", "user"], condition=Q(ended_at=None), name="client_session_once"
            )
        ]
        indexes = [
            models.Index(fields=["user"], name="client_session_live", condition=Q(ended_at=None)),
            models.Index(fields=["began_at"], name="client_session_began"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.id}"


class SignIn(models.Model):
    """One sign-in at an application: the code that was given, kept as its digest, and when it was redeemed."""

    session = models.ForeignKey(ClientSession, on_delete=models.CASCADE, related_name="sign_ins")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    code_digest = models.BinaryField(max_length=32, unique=True)
    at = models.DateTimeField(default=timezone.now)
    redeemed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["redeemed_at"], name="sign_in_redeemed", condition=Q(redeemed_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.at:%Y-%m-%d %H:%M}"


class LogoutNotice(models.Model):
    """An application must be told that a session is over (OpenID Connect Back-Channel Logout 1.0)."""

    class State(models.TextChoices):
        WAITING = "waiting"
        TOLD = "told"
        FAILED = "failed"

    session = models.OneToOneField(ClientSession, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_attempt_at"], name="logout_due", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.session_id} {self.state}"
