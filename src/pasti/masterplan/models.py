"""The plan and its indicators. What the pack proposes carries `proposal` until the city confirms it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Plan(models.Model):
    """The masterplan: vision and years."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    vision = models.TextField()
    vision_en = models.TextField()
    start_year = models.IntegerField()
    end_year = models.IntegerField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class PlanVersion(models.Model):
    """The whole plan as it was read on a day: an amended plan is added, the old one stays readable."""

    number = models.IntegerField()
    digest = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"version {self.number}"


class Dimension(models.Model):
    """One of the six dimensions of the Smart City programme, with its sub-dimensions."""

    code = models.CharField(max_length=30, primary_key=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    subdimensions = models.JSONField(default=list)
    position = models.SmallIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Mission(models.Model):
    """A mission of the city's development, tied to dimensions."""

    code = models.CharField(max_length=20, primary_key=True)
    text = models.TextField()
    text_en = models.TextField()
    dimensions = ArrayField(models.CharField(max_length=30))
    proposal = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Tujuan(models.Model):
    """A goal of a mission."""

    code = models.CharField(max_length=20, primary_key=True)
    mission = models.ForeignKey(Mission, on_delete=models.PROTECT, related_name="goals")
    text = models.TextField()
    text_en = models.TextField()
    proposal = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Sasaran(models.Model):
    """A target of a goal, tied to dimensions."""

    code = models.CharField(max_length=20, primary_key=True)
    tujuan = models.ForeignKey(Tujuan, on_delete=models.PROTECT, related_name="sasaran")
    text = models.TextField()
    text_en = models.TextField()
    dimensions = ArrayField(models.CharField(max_length=30))
    proposal = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class QuickWin(models.Model):
    """A quick win: one per dimension."""

    code = models.CharField(max_length=20, primary_key=True)
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="quick_wins")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    text = models.TextField()
    text_en = models.TextField()
    owner = models.CharField(max_length=40)
    proposal = models.BooleanField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Indicator(models.Model):
    """What is measured, after Satu Data Indonesia. Computed by a formula over measures, or typed with evidence."""

    code = models.CharField(max_length=40, primary_key=True)
    sasaran = models.ForeignKey(Sasaran, on_delete=models.PROTECT, related_name="indicators")
    dimensions = ArrayField(models.CharField(max_length=30))
    quick_wins = ArrayField(models.CharField(max_length=20))
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    concept = models.TextField(blank=True)
    concept_en = models.TextField(blank=True)
    definition = models.TextField()
    definition_en = models.TextField()
    unit = models.CharField(max_length=30)
    formula = models.CharField(max_length=300, blank=True)
    polarity = models.CharField(max_length=6)
    grain = models.CharField(max_length=10)
    rollup = models.CharField(max_length=10)
    owner = models.CharField(max_length=40)
    baseline = models.JSONField(default=dict)
    targets = models.JSONField(default=dict)
    source = models.CharField(max_length=80, blank=True)
    proposal = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def computed(self) -> bool:
        """True when the number comes from the services' own records."""
        return bool(self.formula)


class ManualValue(models.Model):
    """A typed value of an indicator for a year. Counts once a second person has approved it; corrected by a new row."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="values")
    year = models.IntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=4)
    source = models.CharField(max_length=300)
    entered_by = models.UUIDField(null=True)
    entered_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    approved_by = models.UUIDField(null=True)
    approved_name = models.CharField(max_length=200, blank=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(entered_by__isnull=True) | ~Q(approved_by=F("entered_by")),
                name="value_second_person",
            )
        ]
        indexes = [models.Index(fields=["indicator", "year", "-id"], name="value_of_year")]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.year}"
