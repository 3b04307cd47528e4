"""Reads of the day at the hospital: the counter's and the pharmacy's lists, the order of calling, offers and waiting lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from pasti.kernel.audit.services import record_reads
from pasti.kernel.clock import now, today
from pasti.kernel.errors import NotFound
from pasti.purut.models import Antrean, Hospital, Resep, Sesi, Tunggu
from pasti.purut.queries import SHOWN_TO_STAFF
from pasti.purut.rules import order
from pasti.purut.rules.states import ACTIVE, AT_PHARMACY, BEFORE_CALLED, WAITING, State
from pasti.purut.services.line import place_of, recent_calls

SHOWN_AT_ONCE = 300


def coming(rows: Iterable[Antrean], sesi_id: int, most: int = 3) -> list[Antrean]:
    """Of a session's registrations those who will be called next, in order."""
    line = {place_of(one): one for one in rows if one.state in WAITING}
    rules = Hospital.objects.first()
    if not line or rules is None:
        return []
    ordered = order.in_order(line, recent_calls(sesi_id, rules.priority_ratio), rules.priority_ratio)
    return [line[place] for place in ordered[:most]]


def at_admission() -> list[Antrean]:
    """New patients who wait at the counter or are being registered, in order of number; each read is traced."""
    rows = _today().filter(state__in=[State.ADMISSION, State.ADMITTING]).order_by("state", "poli_id", "number")
    return _read(rows[:SHOWN_AT_ONCE], "purut.admission.read")


def at_pharmacy() -> list[Antrean]:
    """Patients with a prescription whose medicine was not handed over, by kind and number; each read is traced."""
    rows = _today().filter(state__in=sorted(AT_PHARMACY)).select_related("resep")
    return _read(rows.order_by("resep__kind", "resep__number")[:SHOWN_AT_ONCE], "purut.pharmacy.read")


def today_of_nik(nik: str, born: dt.date | None = None) -> list[Antrean]:
    """What the patient with this NIK, and this birth date when given, has at the hospital today; each read is traced."""
    rows = _today().filter(patient__nik=nik, state__in=sorted(ACTIVE - {State.HELD})).order_by("number")
    return _read(rows.filter(patient__birth_date=born) if born else rows, "purut.antrean.read")


def name_of(antrean: Antrean) -> str:
    """The name the patient's record says, for the counter; the read is traced."""
    record_reads([antrean.patient.person_id] if antrean.patient.person_id else [], "purut.patient.read",
                 purpose="purut.registration", fields=("name",), object_type="patient")  # fmt: skip
    return antrean.patient.name


def resep_of(antrean: Antrean) -> str:
    """The kind of the registration's prescription; empty without one."""
    return Resep.objects.filter(antrean=antrean).values_list("kind", flat=True).first() or ""


def pharmacy_number(antrean: Antrean) -> Resep | None:
    """The prescription of a registration that is at the pharmacy now, with its number there."""
    return Resep.objects.filter(antrean=antrean).first() if antrean.state in AT_PHARMACY else None


def sessions_to_change(day: dt.date | None = None) -> QuerySet[Sesi]:
    """Sessions that are not over, the soonest first; of one day when given."""
    rows = Sesi.objects.select_related("poli", "dokter").filter(ends_at__gt=now()).order_by("starts_at", "id")
    return rows.filter(date=day) if day else rows


def other_sessions_today(antrean_poli: str) -> list[Sesi]:
    """Today's open sessions of other clinics, to which a patient can be referred on."""
    rows = Sesi.objects.filter(date=today(), state=Sesi.State.OPEN, ends_at__gt=now()).exclude(poli_id=antrean_poli)
    return list(rows.select_related("poli", "dokter").order_by("poli_id", "starts_at"))


def waiting_of(people: Iterable[UUID], booked_by: UUID | None) -> list[Tunggu]:
    """The places on waiting lists of these people, and those `booked_by` took for them."""
    mine = Q(patient__person_id__in=list(people)) | Q(booked_by=booked_by)
    rows = Tunggu.objects.filter(mine, state=Tunggu.State.WAITING, sesi__ends_at__gt=now())
    return list(rows.select_related("sesi__poli", "sesi__dokter", "patient").order_by("id")[:50])


def waiting(tunggu_id: int) -> Tunggu:
    """One place on a waiting list. Raises NotFound."""
    found = Tunggu.objects.select_related("patient", "sesi").filter(pk=tunggu_id).first()
    if found is None:
        raise NotFound
    return found


def may_cancel(antrean: Antrean) -> bool:
    """Whether the patient may still cancel: not called yet, and as early as the hospital asks."""
    if antrean.state not in BEFORE_CALLED:
        return False
    minutes = Hospital.objects.values_list("cancel_minutes_before_start", flat=True).first() or 0
    return not minutes or now() <= antrean.sesi.starts_at - dt.timedelta(minutes=minutes)


def _today() -> QuerySet[Antrean]:
    return Antrean.objects.filter(date=today()).select_related("patient", "poli", "sesi__dokter")


def _read(rows: QuerySet[Antrean], action: str) -> list[Antrean]:
    found = list(rows)
    people = dict.fromkeys(row.patient.person_id for row in found if row.patient.person_id)
    record_reads(people, action, purpose="purut.care", fields=SHOWN_TO_STAFF, object_type="patient")
    return found
