"""People, the families they form and where these live. The register of record stays with Dukcapil (SIAK)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from pasti.civil.scoping import ScopedManager

SIXTEEN_DIGITS = r"^[0-9]{16}$"


class CodeEntry(models.Model):
    """One entry of an official code list, from the city pack."""

    key = models.CharField(max_length=60, primary_key=True)  # "agama:1"
    list = models.CharField(max_length=50)
    code = models.SmallIntegerField()
    name = models.CharField(max_length=120)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "code"], name="code_entry_once")]
        ordering = ["list", "code"]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """A resident, by a stable id of our own: the NIK may be absent (newborns) and names change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    nik = models.CharField(max_length=16, null=True, blank=True, unique=True)
    name = models.CharField(max_length=150)
    name_search = models.CharField(max_length=150, editable=False)
    sex = models.SmallIntegerField()
    birth_place = models.CharField(max_length=100)
    birth_date = models.DateField()
    # The codes of the official lists; see `queries.code_names`.
    religion = models.SmallIntegerField()
    education = models.SmallIntegerField()
    occupation = models.SmallIntegerField()
    marital_status = models.SmallIntegerField()
    blood_type = models.SmallIntegerField(default=13)
    citizenship = models.SmallIntegerField(default=1)
    father_name = models.CharField(max_length=150, blank=True)
    mother_name = models.CharField(max_length=150, blank=True)
    status_dasar = models.SmallIntegerField(default=1)
    # Where the person lives, as a place path; repeated here so that scope is one indexed condition.
    rt_code = models.CharField(max_length=40)
    valid_from = models.DateField()
    recorded_at = models.DateTimeField()

    objects = ScopedManager(people="id")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(nik__isnull=True) | Q(nik__regex=SIXTEEN_DIGITS), name="person_nik"),
            models.CheckConstraint(condition=Q(sex__in=[1, 2]), name="person_sex"),
            models.CheckConstraint(condition=~Q(name=""), name="person_named"),
        ]
        indexes = [
            models.Index(fields=["rt_code", "id"], name="person_area"),
            models.Index(
                fields=["name_search", "id"],
                name="person_name",
                opclasses=["varchar_pattern_ops", "uuid_ops"],
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PersonVersion(models.Model):
    """A ledger of what is counted of people: append-only, so that a number of last year can be made again as it
    was known then. A change is two entries, the old state with sign -1 and the new one with +1: a count is a sum.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="versions")
    sign = models.SmallIntegerField(default=1)
    sex = models.SmallIntegerField()
    birth_date = models.DateField()
    has_nik = models.BooleanField()
    status_dasar = models.SmallIntegerField()
    rt_code = models.CharField(max_length=40)
    valid_from = models.DateField()
    recorded_at = models.DateTimeField()

    objects = ScopedManager(people="person_id")

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="version_latest"),
            models.Index(fields=["rt_code"], name="version_area"),
            models.Index(fields=["recorded_at"], name="version_recorded"),
        ]
        constraints = [models.CheckConstraint(condition=Q(sign__in=[-1, 1]), name="version_sign")]

    def __str__(self) -> str:
        return f"{self.person_id} from {self.recorded_at:%Y-%m-%d}"


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
    recorded_at = models.DateTimeField()

    objects = ScopedManager(people="memberships__person_id")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(number__regex=SIXTEEN_DIGITS), name="family_number")]
        indexes = [models.Index(fields=["rt_code", "id"], name="family_area")]

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
