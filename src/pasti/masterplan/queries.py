"""Every read of the Smart City frame."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.audit.services import record_read
from pasti.kernel.clock import city_zone, now, today
from pasti.kernel.errors import NotFound
from pasti.kernel.places import queries as places
from pasti.kernel.publish.models import Measurement
from pasti.kernel.publish.services import Verification, measure_now, sample, verify
from pasti.masterplan.models import Dimension, Indicator, ManualValue, Mission, Plan, QuickWin, Sasaran
from pasti.masterplan.rules import formula, periods
from pasti.masterplan.rules.achievement import Polarity, Target, achievement, band

PURPOSE = "masterplan.measure"


@dataclass(frozen=True)
class Reading:
    """An indicator's value in a period, beside its target. `measurements` prove a computed one."""

    indicator: Indicator
    year: int
    value: Decimal | None
    target: Target | None
    percent: Decimal | None
    band: str
    measurements: list[Measurement] = field(default_factory=list)
    manual: ManualValue | None = None


@dataclass(frozen=True)
class MatrixRow:
    """A mission or sasaran, and per dimension how many indicators tie the two."""

    code: str
    text: str
    cells: list[tuple[Dimension, bool, int]]


def local(thing: Any, name: str) -> str:
    """`thing.name` in the reader's language."""
    english = (translation.get_language() or "").startswith("en")
    return str(getattr(thing, f"{name}_en" if english else name))


def plan() -> Plan | None:
    """The city's plan."""
    return Plan.objects.first()


def dimensions() -> list[Dimension]:
    """The six dimensions in their order."""
    return list(Dimension.objects.all())


def quick_wins() -> list[QuickWin]:
    """The quick wins, one per dimension."""
    return list(QuickWin.objects.select_related("dimension").order_by("dimension__position"))


def tree() -> list[Mission]:
    """Missions with goals, sasaran and indicators, in four queries."""
    return list(Mission.objects.prefetch_related("goals__sasaran__indicators"))


def indicators(*, dimension: str = "", mission: str = "", sasaran: str = "") -> QuerySet[Indicator]:
    """Indicators, to be paged by code."""
    rows = Indicator.objects.select_related("sasaran__tujuan__mission").order_by("code")
    if dimension:
        rows = rows.filter(dimensions__contains=[dimension])
    if mission:
        rows = rows.filter(sasaran__tujuan__mission_id=mission)
    return rows.filter(sasaran_id=sasaran) if sasaran else rows


def indicator(code: str) -> Indicator:
    """One indicator. Raises NotFound."""
    found = Indicator.objects.select_related("sasaran__tujuan__mission").filter(pk=code).first()
    if found is None:
        raise NotFound
    return found


def share_computed() -> tuple[int, int]:
    """How many indicators are computed from the services' own records, and how many there are: the headline."""
    formulas = list(Indicator.objects.values_list("formula", flat=True))
    return sum(bool(f) for f in formulas), len(formulas)


def missions_by_dimension() -> list[MatrixRow]:
    """The matrix mission by dimension; a cell counts the mission's indicators in that dimension."""
    counts: Counter[tuple[str, str]] = Counter()
    for mission, dims in Indicator.objects.values_list("sasaran__tujuan__mission_id", "dimensions"):
        counts.update((mission, d) for d in dims)
    every = dimensions()
    return [
        MatrixRow(m.pk, local(m, "text"), [(d, d.pk in m.dimensions, counts[m.pk, d.pk]) for d in every])
        for m in Mission.objects.all()
    ]


def sasaran_by_dimension() -> list[MatrixRow]:
    """The matrix sasaran by dimension."""
    counts: Counter[tuple[str, str]] = Counter()
    for sasaran, dims in Indicator.objects.values_list("sasaran_id", "dimensions"):
        counts.update((sasaran, d) for d in dims)
    every = dimensions()
    return [
        MatrixRow(s.pk, local(s, "text"), [(d, d.pk in s.dimensions, counts[s.pk, d.pk]) for d in every])
        for s in Sasaran.objects.all()
    ]


def orphans() -> dict[str, list[str]]:
    """What the plan leaves alone: sasaran without indicator, dimensions without quick win or indicator."""
    used = {d for dims in Indicator.objects.values_list("dimensions", flat=True) for d in dims}
    won = set(QuickWin.objects.values_list("dimension_id", flat=True))
    every = dimensions()
    return {
        "sasaran": list(Sasaran.objects.filter(indicators=None).values_list("pk", flat=True)),
        "dimension_indicator": [local(d, "name") for d in every if d.pk not in used],
        "dimension_quick_win": [local(d, "name") for d in every if d.pk not in won],
    }


def current_year() -> int:
    """The city's current year."""
    return today().year


def reading(one: Indicator, year: int) -> Reading:
    """The indicator's value for a year, live when it is computed."""
    if one.computed:
        return _computed(one, year, periods.year(year, city_zone()))
    manual = approved_value(one, year)
    return _judged(one, year, manual.value if manual else None, [], manual)


def readings(rows: list[Indicator], year: int) -> list[Reading]:
    """Values of several indicators for a year; typed ones in one query together."""
    manual = {
        v.indicator_id: v
        for v in ManualValue.objects.filter(indicator__in=rows, year=year, approved_at__isnull=False).order_by("id")
    }
    return [
        reading(one, year) if one.computed
        else _judged(one, year, manual[one.pk].value if one.pk in manual else None, [], manual.get(one.pk))
        for one in rows
    ]  # fmt: skip


def trend(one: Indicator, year: int) -> list[tuple[str, Decimal | None]]:
    """Month by month for a computed indicator, year by year for a typed one."""
    if one.computed:
        return [(p.label, _computed(one, year, p).value) for p in periods.months(year, city_zone(), now())]
    rows = ManualValue.objects.filter(indicator=one, approved_at__isnull=False).order_by("year", "id")
    return [(str(y), v) for y, v in {row.year: row.value for row in rows}.items()]


def approved_value(one: Indicator, year: int) -> ManualValue | None:
    """The latest approved typed value of a year."""
    return ManualValue.objects.filter(indicator=one, year=year, approved_at__isnull=False).order_by("-id").first()


def values_to_approve() -> QuerySet[ManualValue]:
    """Typed values that wait for a second person, oldest first."""
    return ManualValue.objects.filter(approved_at=None).select_related("indicator").order_by("id")


def owner_name(code: str) -> str:
    """The owner agency's name."""
    return places.agency_names().get(code, code)


def measurement(pk: int) -> Measurement:
    """One stored measurement. Raises NotFound."""
    found = Measurement.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def verified(pk: int) -> Verification:
    """Compute a stored measurement again and check it. Raises NotFound."""
    measurement(pk)
    with scoped(everyone(settings.PASTI_CITY.get("code", ""), PURPOSE)):
        return verify(pk)


def masked_sample(found: Measurement) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Some contributing records, masked; the look itself is traced."""
    record_read(None, "masterplan.sample.read", purpose="masterplan.evaluation", fields=["sample"],
                object_type="measurement", object_id=found.pk, object_label=found.measure)  # fmt: skip
    with scoped(everyone(settings.PASTI_CITY.get("code", ""), "masterplan.evaluation")):
        return sample(found)


def _computed(one: Indicator, year: int, period: periods.Period) -> Reading:
    area = settings.PASTI_CITY.get("code", "")
    with scoped(everyone(area, PURPOSE)):  # counting, not reading: no person's record leaves the measure
        used = [measure_now(code, period.start, period.end, area) for code in formula.measures_in(one.formula)]
    value = formula.evaluate(one.formula, {m.measure: m.value for m in used})
    return _judged(one, year, value, used, None)


def _judged(
    one: Indicator, year: int, value: Decimal | None, used: list[Measurement], manual: ManualValue | None
) -> Reading:
    target = target_of(one, year)
    percent = achievement(value, target, Polarity(one.polarity))
    return Reading(one, year, value, target, percent, band(percent), used, manual)


def target_of(one: Indicator, year: int) -> Target | None:
    """The target of a year; None when the plan has none."""
    stated = one.targets.get(str(year))
    if stated is None:
        return None
    if isinstance(stated, dict):
        return Target(Decimal(str(stated["low"])), Decimal(str(stated["high"])))
    return Target.of(Decimal(str(stated)))


def year_of(text: str | None) -> int:
    """A year from a query string, within the plan's reach; the current one for anything else."""
    this = current_year()
    return int(text) if text and text.isdecimal() and len(text) == 4 and 2015 <= int(text) <= this else this


def clock() -> dt.datetime:
    """Now; for pages that say when they computed."""
    return now()
