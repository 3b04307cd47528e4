"""Families on their cards, and where they live."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from pasti.civil.models.people import SIXTEEN_DIGITS, Person
from pasti.kernel.accounts.scoping import ScopedManager


class Address(models.Model):
    """A house: street, number and the RT it stands in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    street = models.CharField(max_length=150)
    number = models.CharField(max_length=20, blank=True)
    rt_code = models.CharField(max_length=40)
    recorded_at = models.DateTimeField()

    objects = ScopedManager(people="family__memberships__person_id")

    class Meta:
        indexes = [models.Index(fields=["rt_code"], name="address_area")]

    def __str__(self) -> str:
        return f"{self.street} {self.number}".strip()


class Family(models.Model):
    """A family on one card (KK). Its head is the member whose relation is 1."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=16, unique=True)
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="family")
    rt_code = models.CharField(max_length=40)
    # When the RT last looked whether this card is still so; None: never.
    verified_on = models.DateField(null=True, blank=True)
    # The day the card ceased: everybody died or went to other cards.
    closed_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    objects = ScopedManager(people="memberships__person_id")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(number__regex=SIXTEEN_DIGITS), name="family_number")]
        indexes = [models.Index(fields=["rt_code", "id"], name="family_area")]

    def __str__(self) -> str:
        return self.number


class FamilyCheck(models.Model):
    """One look of the RT at a card: still so. Append-only, so that a share of last year can be made again."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="checks")
    day = models.DateField()
    rt_code = models.CharField(max_length=40)
    recorded_at = models.DateTimeField()

    objects = ScopedManager(people="family__memberships__person_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["family", "day"], name="family_check_once")]
        indexes = [models.Index(fields=["recorded_at"], name="family_check_recorded")]

    def __str__(self) -> str:
        return f"{self.family_id} {self.day}"


class FamilyNumber(models.Model):
    """A number a family's card had, from one day to another: it changes when the head dies or the family moves."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="numbers")
    number = models.CharField(max_length=16)
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    rt_code = models.CharField(max_length=40)
    recorded_at = models.DateTimeField()

    objects = ScopedManager(people="family__memberships__person_id")

    class Meta:
        indexes = [models.Index(fields=["number"], name="family_number_past")]

    def __str__(self) -> str:
        return self.number


class Membership(models.Model):
    """A person on a family card with the relation to its head (SHDK), from one day to another."""

    HEAD = 1

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="memberships")
    relation = models.SmallIntegerField()
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    rt_code = models.CharField(max_length=40)
    recorded_at = models.DateTimeField()

    objects = ScopedManager(people="person_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ends__isnull=True), name="member_of_one_family"),
            models.UniqueConstraint(
                fields=["family"], condition=Q(ends__isnull=True, relation=1), name="family_has_one_head"
            ),
            models.CheckConstraint(condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="member_order"),
            models.CheckConstraint(condition=Q(relation__range=(1, 11)), name="member_relation"),
        ]
        indexes = [models.Index(fields=["rt_code"], name="member_area")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.family_id}"
