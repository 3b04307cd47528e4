"""The public part of the FHIR facade: hospital, rooms, doctors, clinics, schedules and slots, and how they are found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Concat

from pasti.kernel.clock import city_zone, now, today
from pasti.kernel.errors import NotFound
from pasti.purut import queries
from pasti.purut.models import Dokter, Hospital, Jadwal, Poli, Sesi
from pasti.purut.rules import fhir_resources as shapes
from pasti.purut.rules import fhir_search as search
from pasti.purut.rules.fhir_resources import LOCATION_PREFIX, POLI_SYSTEM, Resource

NOTHING, EVERYTHING = Q(pk__in=[]), ~Q(pk__in=[])
SLOT_STATUS = "http://hl7.org/fhir/slotstatus"
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Around:
    """What every resource of one answer shares: the hospital, the city's zone, the address of this server, today."""

    hospital: Hospital
    zone: ZoneInfo
    base: str
    today: dt.date


@dataclass(frozen=True)
class Source:
    """Where a type comes from: its rows, their order for paging, the row of an id, the shape, the search parameters."""

    rows: Callable[[], QuerySet[Any]]
    order: tuple[str, ...]
    key: Callable[[str], Q]
    shape: Callable[[Any, Around], Resource]
    filters: Mapping[str, Callable[[str, Around], Q]]


Condition = Callable[[str], Q]
Filter = Callable[[str, Around], Q]


def around(base: str) -> Around:
    """What an answer needs besides its rows. Raises NotFound when the city has no hospital."""
    hospital = queries.hospital()
    if hospital is None:
        raise NotFound
    return Around(hospital, city_zone(), base, today())


def any_of(conditions: Iterable[Q]) -> Q:
    """One of the conditions; with none nothing fits."""
    return reduce(or_, conditions, NOTHING)


def ids(key: Condition) -> Filter:
    """`_id`: any of these ids."""
    return lambda text, _: any_of(key(value) for value in search.values(text))


def coded(system: str, is_code: Condition) -> Filter:
    """A code of one system."""
    return lambda text, _: _in_system(text, system, is_code)


def identified(kind: str, is_value: Condition) -> Filter:
    """The identifier of the type, in SATUSEHAT's system for this hospital."""
    return lambda text, around: _in_system(text, shapes.system(kind, around.hospital.pk), is_value)


def pointing(targets: Mapping[str, Condition]) -> Filter:
    """A reference to one of these types."""

    def condition(text: str, around: Around) -> Q:
        return any_of(
            is_target(key) for kind, is_target in targets.items()
            for key in search.references(text, f"{around.base}/", kind)
        )  # fmt: skip

    return condition


def named(field: str = "name") -> dict[str, Filter]:
    """`name` and its modifiers: beginning a word of the name in any case; all of it; any part of it."""
    return {
        "name": _like(lambda value: Q(**{f"{field}__istartswith": value}) | Q(**{f"{field}__icontains": f" {value}"})),
        "name:exact": _like(lambda value: Q(**{field: value})),
        "name:contains": _like(lambda value: Q(**{f"{field}__icontains": value})),
    }


def _like(is_like: Condition) -> Filter:
    return lambda text, _: any_of(is_like(value) for value in search.values(text))


def at_moment(field: str) -> Filter:
    """A moment within or beside what was asked."""
    return lambda text, around: any_of(
        _compared(field, span.prefix, span.low, span.high) for span in search.spans(text, around.zone)
    )


def on_day(field: str) -> Filter:
    """A day; a moment asked for counts as its day."""

    def condition(text: str, around: Around) -> Q:
        spans = search.spans(text, around.zone)
        tick = dt.timedelta(microseconds=1)
        return any_of(_compared(field, s.prefix, s.low.date(), (s.high - tick).date() + DAY) for s in spans)

    return condition


def _compared(field: str, prefix: str, low: dt.date, high: dt.date) -> Q:
    inside = Q(**{f"{field}__gte": low, f"{field}__lt": high})
    return {
        "eq": inside, "ne": ~inside, "ge": Q(**{f"{field}__gte": low}), "le": Q(**{f"{field}__lt": high}),
        "gt": Q(**{f"{field}__gte": high}), "sa": Q(**{f"{field}__gte": high}), "lt": Q(**{f"{field}__lt": low}),
        "eb": Q(**{f"{field}__lt": low}),
    }[prefix]  # fmt: skip


def _in_system(text: str, system: str, is_value: Condition) -> Q:
    return any_of(
        is_value(token.value) if token.value else EVERYTHING
        for token in search.tokens(text) if token.system in (None, system)
    )  # fmt: skip


def _slots() -> QuerySet[Sesi]:
    """Sessions with their `fhir_status`: what one who books online would be told."""
    moment, rules = now(), queries.hospital()
    closes, horizon = (rules.closes_minutes_before_end, rules.horizon_days) if rules else (0, 0)
    closed = ~Q(state=Sesi.State.OPEN) | Q(ends_at__lte=moment + dt.timedelta(minutes=closes)) | Q(
        starts_at__gt=moment + DAY * (horizon + 1)
    )  # fmt: skip
    full = Q(used_online__gte=F("quota_online")) | Q(
        used_jkn__gte=F("quota_jkn") + F("quota_nonjkn") - F("used_nonjkn")
    )
    status = Case(When(closed, then=Value("busy-unavailable")), When(full, then=Value("busy")), default=Value("free"))
    return Sesi.objects.select_related("poli").annotate(fhir_status=status)


def _slot(row: Any, around: Around) -> Resource:
    jkn, nonjkn = row.quota_jkn - row.used_jkn, row.quota_nonjkn - row.used_nonjkn
    online = row.quota_online - row.used_online if row.fhir_status != "busy-unavailable" else 0
    left = {"semua": min(online, jkn + nonjkn), "jkn": min(online, jkn), "umum": min(online, nonjkn)}
    return shapes.slot(
        hospital=around.hospital.pk, key=row.pk, schedule=row.jadwal_id, poli=row.poli_id, poli_name=row.poli.name,
        status=row.fhir_status, starts=row.starts_at, ends=row.ends_at, left=left, zone=around.zone,
    )  # fmt: skip


def _schedule(row: Jadwal, around: Around) -> Resource:
    poli = row.dokter.poli
    return shapes.schedule(
        hospital=around.hospital.pk, code=row.pk, active=row.active, poli=poli.pk, poli_name=poli.name,
        doctor=row.dokter_id, doctor_name=row.dokter.name, weekday=row.weekday, starts=row.starts, ends=row.ends,
        first=around.today, last=around.today + DAY * around.hospital.horizon_days,
    )  # fmt: skip


def _active(text: str, around: Around) -> Q:
    return any_of(Q(active=token.value == "true") for token in search.tokens(text) if token.value in ("true", "false"))


def _room(text: str) -> Q:
    return Q(pk=text.removeprefix(LOCATION_PREFIX)) if text.startswith(LOCATION_PREFIX) else NOTHING


def _number(text: str) -> Q:
    return Q(pk=int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else NOTHING


def _of_hospital(text: str, around: Around) -> Q:
    keys = search.references(text, f"{around.base}/", "Organization")
    return EVERYTHING if around.hospital.pk in keys else NOTHING


_KEY: Condition = lambda text: Q(pk=text)  # noqa: E731 (conditions of one value)
_POLI: Condition = lambda text: Q(poli_id=text)  # noqa: E731
_DOCTORS_POLI: Condition = lambda text: Q(dokter__poli_id=text)  # noqa: E731
_STATUS: Condition = lambda text: Q(fhir_status=text)  # noqa: E731


def _clinics() -> QuerySet[Poli]:
    return Poli.objects.annotate(shown_name=Concat(Value("Poli "), "name"))


PUBLIC: dict[str, Source] = {
    "Organization": Source(
        Hospital.objects.all, ("code",), _KEY,
        lambda row, _: shapes.organization(code=row.pk, name=row.name, place=row.place_code),
        {"_id": ids(_KEY), "identifier": identified("Organization", _KEY), **named()},
    ),
    "Location": Source(
        _clinics, ("code",), _room,
        lambda row, around: shapes.location(hospital=around.hospital.pk, poli=row.pk, name=row.name),
        {"_id": ids(_room), "identifier": identified("Location", _KEY), **named("shown_name"), "organization": _of_hospital},
    ),
    "Practitioner": Source(
        Dokter.objects.all, ("code",), _KEY,
        lambda row, around: shapes.practitioner(hospital=around.hospital.pk, code=row.pk, name=row.name, fictional=row.fictional),
        {"_id": ids(_KEY), "identifier": identified("Practitioner", _KEY), **named()},
    ),
    "HealthcareService": Source(
        _clinics, ("code",), _KEY,
        lambda row, around: shapes.healthcare_service(hospital=around.hospital.pk, poli=row.pk, name=row.name, words=row.words),
        {"_id": ids(_KEY), "identifier": identified("HealthcareService", _KEY), **named("shown_name"),
         "organization": _of_hospital, "location": pointing({"Location": _room}), "service-type": coded(POLI_SYSTEM, _KEY)},
    ),
    "Schedule": Source(
        lambda: Jadwal.objects.select_related("dokter__poli"), ("code",), _KEY, _schedule,
        {"_id": ids(_KEY), "identifier": identified("Schedule", _KEY), "service-type": coded(POLI_SYSTEM, _DOCTORS_POLI),
         "actor": pointing({"Practitioner": lambda text: Q(dokter_id=text), "HealthcareService": _DOCTORS_POLI,
                            "Location": lambda text: Q(dokter__poli__in=Poli.objects.filter(_room(text)))}),
         "active": _active},
    ),
    "Slot": Source(
        _slots, ("starts_at", "id"), _number, _slot,
        {"_id": ids(_number), "identifier": identified("Slot", _number),
         "schedule": pointing({"Schedule": lambda text: Q(jadwal_id=text)}), "start": at_moment("starts_at"),
         "status": coded(SLOT_STATUS, _STATUS), "service-type": coded(POLI_SYSTEM, _POLI)},
    ),
}  # fmt: skip
