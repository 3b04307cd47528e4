"""What BPJS Kesehatan may ask of the hospital, and how the messages to it stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q
from django.utils.translation import gettext as _

from pasti.civil.rules import nik as nik_rules
from pasti.kernel.audit.services import record_reads
from pasti.kernel.clock import city_zone, now, today
from pasti.kernel.errors import NotFound, Refused
from pasti.purut import queries
from pasti.purut.models import Antrean, AntreanStep, BpjsMessage, Dokter, Operasi, Patient, Poli, Resep, Sesi
from pasti.purut.rules import numbers
from pasti.purut.rules.states import AT_PHARMACY, BEFORE_SEEN, State

PURPOSE = "purut.bpjs"
ROWS = 2000  # operations in one answer
OVER = frozenset({State.CANCELLED, State.NO_SHOW})


@dataclass(frozen=True)
class Hours:
    """The times of a practice as BPJS names a session by them."""

    starts: dt.time
    ends: dt.time


@dataclass(frozen=True)
class Standing:
    """How a session's queue stands: all who registered, those not yet seen, the number called last."""

    total: int
    left: int
    called: str


@dataclass(frozen=True)
class PharmacyStanding:
    """How the pharmacy's queue of one kind stands on one day."""

    total: int
    left: int
    called: int


@dataclass(frozen=True)
class Outbox:
    """How the messages to BPJS stand."""

    waiting: int
    refused: int
    oldest: dt.datetime | None


def practice(poli_code: str, doctor_code: int, day: dt.date, hours: Hours) -> Sesi:
    """The session BPJS means. Raises Refused saying which part of it there is not.

    A session that was moved is found by its old hours too: BPJS learns of new ones from another system.
    """
    poli = Poli.objects.filter(pk=poli_code.upper()).first()
    if poli is None:
        raise Refused("poli-tidak-dikenal", _("Poli tidak ditemukan"))
    doctor = Dokter.objects.filter(bpjs_code=doctor_code).first()
    if doctor is None:
        raise Refused("dokter-tidak-dikenal", _("Dokter tidak ditemukan"))
    _check_day(day)
    held = Sesi.objects.select_related("poli", "dokter", "jadwal").filter(poli=poli, dokter=doctor, date=day)
    for sesi in held.order_by("starts_at"):
        if hours in (_hours_now(sesi), Hours(sesi.jadwal.starts, sesi.jadwal.ends)):
            return _held(sesi)
    message = _("Jadwal %(doctor)s di Poli %(poli)s pada tanggal dan jam itu tidak tersedia")
    raise Refused("tidak-praktik", message % {"doctor": doctor.name, "poli": poli.name})


def _check_day(day: dt.date) -> None:
    if day < today():
        raise Refused("tanggal-lewat", _("Tanggal periksa sudah lewat"))
    rules = queries.hospital()
    if rules and day > today() + dt.timedelta(days=rules.horizon_days):
        message = _("Tanggal periksa paling jauh %(days)s hari ke depan") % {"days": rules.horizon_days}
        raise Refused("di-luar-jangkauan", message)


def _hours_now(sesi: Sesi) -> Hours:
    begins, ends = (moment.astimezone(city_zone()).time() for moment in (sesi.starts_at, sesi.ends_at))
    return Hours(begins.replace(second=0, microsecond=0), ends.replace(second=0, microsecond=0))


def _held(sesi: Sesi) -> Sesi:
    if sesi.state == Sesi.State.CANCELLED:
        message = _("%(doctor)s tidak praktik pada tanggal itu") % {"doctor": sesi.dokter.name}
        raise Refused("sesi-dibatalkan", message)
    return sesi


def standing(sesi: Sesi) -> Standing:
    """How the session's queue stands."""
    rows = Antrean.objects.filter(sesi=sesi).exclude(state__in=sorted(OVER))
    counts = rows.aggregate(total=Count("id"), left=Count("id", filter=Q(state__in=sorted(BEFORE_SEEN))))
    return Standing(counts["total"], counts["left"], last_called(sesi))


def last_called(sesi: Sesi) -> str:
    """The printed number called last; "-" before the first call."""
    # The greatest id, not the first from the end: else the steps of all sessions would be gone through for it.
    last = AntreanStep.objects.filter(antrean__sesi=sesi, step=State.CALLED).aggregate(last=Max("id"))["last"]
    number = AntreanStep.objects.filter(pk=last).values_list("antrean__number", flat=True).first()
    return "-" if number is None else numbers.label(sesi.poli.prefix, number)


def places(sesi: Sesi) -> dict[str, int]:
    """The session's places in BPJS's words; what is left is what somebody can still book from outside."""
    fresh = Sesi.objects.select_related("poli", "dokter").get(pk=sesi.pk)
    (offer,) = queries.offers([fresh])
    return {
        "sisakuotajkn": max(0, offer.left_jkn), "kuotajkn": fresh.quota_jkn,
        "sisakuotanonjkn": max(0, offer.left_nonjkn), "kuotanonjkn": fresh.quota_nonjkn,
    }  # fmt: skip


def booking(code: str) -> Antrean:
    """A registration by its booking code. Raises Refused."""
    try:
        return queries.by_code(code)
    except NotFound:
        raise Refused("antrean-tidak-ditemukan", _("Antrean tidak ditemukan: kode booking tidak dikenal")) from None


def wait_seconds(antrean: Antrean, ahead: int) -> int:
    """How long the registration still waits: until the session begins, then for those called before it, and for those
    who are called or with the doctor now."""
    until_start = max(dt.timedelta(0), antrean.sesi.starts_at - now())
    inside = Antrean.objects.filter(sesi_id=antrean.sesi_id, state__in=[State.CALLED, State.SERVING])
    turns = ahead + inside.exclude(pk=antrean.pk).count()
    return round((until_start + dt.timedelta(minutes=antrean.sesi.minutes) * turns).total_seconds())


def patient(nik: str, card: str, norm: int | None) -> Patient | None:
    """The hospital's record of this insured person, by NIK, card or record number; None for a new patient.

    A record that says another NIK or card is somebody else's: Raises Refused. One that says none is taken by its number only
    when birth date and sex are those in the NIK.
    """
    found = Patient.objects.filter(nik=nik).first()
    if found is None and card:
        found = Patient.objects.filter(jkn_no=card).order_by("norm").first()
    if found is None and norm is not None:
        found = Patient.objects.filter(pk=norm).first()
        if found is not None and found.nik is None and not _fits(found, nik):
            return None
    if found is not None and found.nik not in (None, nik):
        raise Refused("pasien-tidak-sesuai", _("NIK tidak sesuai dengan data pasien di rumah sakit"))
    if found is not None and card and not _holds(found, card):
        raise Refused("pasien-tidak-sesuai", _("Nomor kartu tidak sesuai dengan data pasien di rumah sakit"))
    return found


def _holds(found: Patient, card: str) -> bool:
    """Whether the card can be this patient's: a card is one person's for life."""
    if found.jkn_no:
        return found.jkn_no == card
    return not Patient.objects.filter(jkn_no=card).exclude(pk=found.pk).exists()


def _fits(found: Patient, nik: str) -> bool:
    try:
        parts = nik_rules.parse(nik)
    except nik_rules.InvalidNik:
        return False
    return found.birth_date in parts.dates() and found.sex == ("L" if parts.sex == nik_rules.MALE else "P")


def operations(first: dt.date, last: dt.date) -> list[Operasi]:
    """Operations from `first` to `last`; each patient's reading is recorded."""
    return _read(list(_operations().filter(date__range=(first, last))[:ROWS]))


def operations_of(card: str) -> list[Operasi]:
    """Operations of the insured person with this card; recorded."""
    return _read(list(_operations().filter(patient__jkn_no=card)[:ROWS]))


def _operations() -> Any:
    return Operasi.objects.select_related("patient", "poli").order_by("date", "id")


def _read(rows: list[Operasi]) -> list[Operasi]:
    people = dict.fromkeys(row.patient.person_id for row in rows if row.patient.person_id)
    record_reads(
        people, "purut.operasi.read", purpose=PURPOSE, fields=("action", "date", "jkn_no"), object_type="operasi"
    )
    return rows


def prescription(antrean: Antrean) -> Resep:
    """The registration's prescription. Raises Refused before there is one."""
    found = Resep.objects.filter(antrean=antrean).first()
    if found is None:
        raise Refused(
            "resep-belum-ada", _("Antrean farmasi belum ada: pasien belum selesai diperiksa atau tanpa resep")
        )
    return found


def pharmacy(resep: Resep) -> PharmacyStanding:
    """How the queue stands that this prescription is in."""
    rows = Resep.objects.filter(date=resep.date, kind=resep.kind)
    waiting = sorted(AT_PHARMACY - {State.READY})
    total, left = rows.count(), rows.filter(antrean__state__in=waiting).count()
    called = (
        rows.filter(antrean__state__in=[State.READY, State.DONE]).order_by("-number").values_list("number", flat=True)
    )
    return PharmacyStanding(total, left, called.first() or 0)


def outbox() -> Outbox:
    """How the messages to BPJS stand."""
    waiting = BpjsMessage.objects.filter(state=BpjsMessage.State.WAITING)
    found = waiting.aggregate(count=Count("id"), oldest=Min("recorded_at"))
    refused = BpjsMessage.objects.filter(state=BpjsMessage.State.REFUSED).count()
    return Outbox(found["count"], refused, found["oldest"])


def refused_messages(limit: int = 50) -> list[BpjsMessage]:
    """Messages BPJS refused, newest first."""
    rows = BpjsMessage.objects.filter(state=BpjsMessage.State.REFUSED).select_related("antrean")
    return list(rows.order_by("-id")[:limit])


def coming_operations() -> list[Operasi]:
    """Operations from yesterday on, for the hospital's own list; recorded."""
    return _read(list(_operations().filter(date__gte=today() - dt.timedelta(days=1))[:200]))


def records_of(person_id: UUID) -> list[dict[str, Any]]:
    """Operations and what BPJS was told of a person, for that person."""
    operations_ = Operasi.objects.filter(patient__person_id=person_id).select_related("poli").order_by("id")
    told = BpjsMessage.objects.filter(antrean__patient__person_id=person_id).select_related("antrean").order_by("id")
    return [
        {"catatan": "operasi", "kode": row.code, "poli": str(row.poli), "tanggal": row.date, "tindakan": row.action,
         "terlaksana": row.done, "dicatat_pada": row.recorded_at} for row in operations_
    ] + [
        {"catatan": "pesan ke BPJS", "kode": row.antrean.code, "pesan": row.kind, "tugas": row.position,
         "waktu": row.occurred_at, "keadaan": row.state, "jawaban": row.answer} for row in told
    ]  # fmt: skip
