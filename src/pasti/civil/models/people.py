"""People, by what is known of them, and the ledger from which they are counted."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from pasti.kernel.accounts.scoping import ScopedManager

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
    nik = models.CharField(max_length=16, null=True, blank=True)
    name = models.CharField(max_length=150)
    name_search = models.CharField(max_length=150, editable=False)
    name_sounds = ArrayField(models.CharField(max_length=12), default=list, editable=False)
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
    father_nik = models.CharField(max_length=16, blank=True, db_default="")
    mother_nik = models.CharField(max_length=16, blank=True, db_default="")
    # Papers: numbers as they stand on them.
    birth_certificate = models.CharField(max_length=60, blank=True, db_default="")
    marriage_certificate = models.CharField(max_length=60, blank=True, db_default="")
    marriage_date = models.DateField(null=True, blank=True)
    divorce_certificate = models.CharField(max_length=60, blank=True, db_default="")
    divorce_date = models.DateField(null=True, blank=True)
    passport = models.CharField(max_length=40, blank=True, db_default="")
    passport_expires = models.DateField(null=True, blank=True)
    kitas = models.CharField(max_length=40, blank=True, db_default="")
    ktp_status = models.SmallIntegerField(null=True, blank=True)
    # Specific data (UU 27/2022 article 4): never in lists, never in the scope of an RT.
    disability = models.SmallIntegerField(null=True, blank=True)
    # Whether the person lives here for good: 1 tetap, 2 tidak tetap (kos, kontrak).
    residency = models.SmallIntegerField(db_default=1)
    status_dasar = models.SmallIntegerField(default=1)
    # The record this one was merged into: the same person entered twice.
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    # Since when the processing is restricted at the person's wish (UU 27/2022 article 41): until lifted only the
    # city's civil registry and the person see the record.
    restricted_since = models.DateTimeField(null=True, blank=True)
    # Where the person lives, as a place path; repeated here so that scope is one indexed condition.
    rt_code = models.CharField(max_length=40)
    valid_from = models.DateField()
    recorded_at = models.DateTimeField()

    objects = ScopedManager(people="id", restricted="restricted_since")

    class Meta:
        constraints = [
            # A void record (9: entered in error, or twice) keeps its number in the history without holding it.
            models.UniqueConstraint(fields=["nik"], condition=~Q(status_dasar=9), name="person_nik_once"),
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
            GinIndex(fields=["name_sounds"], name="person_sounds"),
            models.Index(fields=["birth_date", "sex"], name="person_born"),
            models.Index(fields=["nik"], name="person_by_nik"),
        ]

    def __str__(self) -> str:
        return self.name


class PersonVersion(models.Model):
    """A ledger of what is counted of people: append-only, so that a number of last year can be made again as it
    was known then. A change is two entries, the old state with sign -1 and the new one with +1: a count is a sum.
    """

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="versions", db_index=False
    )  # version_latest
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
