"""Applications that let PASTI sign people in."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from oauth2_provider.models import AbstractApplication


class Registration(models.Model):
    """Who answers for a client of the OpenID Provider, why it asks, and what it may learn of a person."""

    agency = models.CharField(max_length=200)
    contact = models.EmailField(blank=True)
    purpose = models.CharField(max_length=300)
    legal_basis = models.CharField(max_length=300)
    approved_claims = ArrayField(models.CharField(max_length=60), default=list)
    backchannel_logout_uri = models.URLField(max_length=500, blank=True)

    class Meta:
        abstract = True


class Application(Registration, AbstractApplication):
    """A registered client of the OpenID Provider."""

    class Meta(AbstractApplication.Meta):
        pass
