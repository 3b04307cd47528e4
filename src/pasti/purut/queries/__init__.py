"""Every read of the hospital that pages and APIs use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils import translation

from pasti.kernel.audit.services import record_reads
from pasti.kernel.clock import now, today
from pasti.kernel.errors import NotFound
from pasti.kernel.outbox.models import StoredEvent
from pasti.purut.models import Antrean, Dokter, Hospital, Patient, Poli, Sesi, Tunggu
from pasti.purut.queries import estimates
from pasti.purut.queries.line import ahead_of as ahead_of
from pasti.purut.queries.people import own_people as own_people
from pasti.purut.queries.people import record_kin as record_kin
from pasti.purut.rules import numbers, times, words
from pasti.purut.rules.states import ACTIVE, AT_PHARMACY, WAITING, State
from pasti.purut.services.steps import topic

SHOWN_TO_STAFF = ("name", "birth_date", "norm")
FOUND = 0.6


@dataclass(frozen=True)
class Offer:
    """A session as one who books sees it."""

    sesi: Sesi
    left: int
    left_jkn: int
    left_nonjkn: int
    open: bool
    window: times.Window


@dataclass(frozen=True)
class BoardCell:
    """One clinic on the board: the number called last, where and by which doctor, how many wait. No patient's name.

    A clinic may have two sessions on a day, each with its own numbers from 1: the doctor tells them apart.
    """

    poli: Poli
    label: str
    room: str
    doctor: str
    called_at: dt.datetime | None
    waiting: int
    booked: int


def hospital() -> Hospital | None:
    """The hospital of this city, or None when its pack has none."""
    return Hospital.objects.first()


def polis() -> list[Poli]:
    """All clinics by name."""
    return list(Poli.objects.all())


def poli(code: str) -> Poli:
    """One clinic. Raises NotFound."""
    found = Poli.objects.filter(pk=code.upper()).first()
    if found is None:
        raise NotFound
    return found


def find_polis(query: str) -> list[tuple[Poli, float]]:
    """Clinics that fit daily words, the best first; doctors' names count as words of their clinic."""
    doctors: dict[str, list[str]] = {}
    for poli_id, name in Dokter.objects.values_list("poli_id", "name"):
        doctors.setdefault(poli_id, []).append(name)
    scored = [
        (one, words.score(query, [one.name, one.name_en, *one.words, *doctors.get(one.pk, [])])) for one in polis()
    ]
    return sorted(((one, s) for one, s in scored if s >= FOUND), key=lambda pair: -pair[1])


def poli_name(one: Poli) -> str:
    """The clinic's name in the reader's language."""
    return one.name_en if (translation.get_language() or "").startswith("en") else f"Poli {one.name}"


def sessions(*, poli_code: str = "", day: dt.date | None = None) -> QuerySet[Sesi]:
    """Sessions from today on within the booking horizon, soonest first."""
    rows = Sesi.objects.select_related("poli", "dokter").filter(date__gte=today()).order_by("starts_at", "id")
    if poli_code:
        rows = rows.filter(poli_id=poli_code.upper())
    return rows.filter(date=day) if day else rows


def offers(rows: Iterable[Sesi]) -> list[Offer]:
    """What each session still has for someone who books online."""
    rules, moment = hospital(), now()
    return [_offer(sesi, rules, moment) for sesi in rows if rules]


def offer(sesi_id: int) -> Offer:
    """One session. Raises NotFound."""
    found = offers(Sesi.objects.select_related("poli", "dokter").filter(pk=sesi_id))
    if not found:
        raise NotFound
    return found[0]


def _offer(sesi: Sesi, rules: Hospital, moment: dt.datetime) -> Offer:
    online = sesi.quota_online - sesi.used_online
    jkn, nonjkn = sesi.quota_jkn - sesi.used_jkn, sesi.quota_nonjkn - sesi.used_nonjkn
    open_ = sesi.state == Sesi.State.OPEN and times.bookable(moment, sesi.ends_at, rules.closes_minutes_before_end)
    return Offer(
        sesi, min(online, jkn + nonjkn), min(online, jkn), min(online, nonjkn), open_,
        times.window(sesi.starts_at, sesi.minutes, sesi.last_number + 1),
    )  # fmt: skip


def of_people(people: Iterable[UUID], booked_by: UUID | None) -> QuerySet[Antrean]:
    """Registrations of these people, and those `booked_by` made for them, newest first, to be paged."""
    # By the patients' ids, which the index has; a join on the person would read every registration.
    patients = list(Patient.objects.filter(person_id__in=list(people)).values_list("pk", flat=True))
    mine = Q(patient_id__in=patients) | Q(booked_by=booked_by)
    return Antrean.objects.select_related("poli", "sesi__dokter", "patient").filter(mine).order_by("-date", "-id")


def records_of(person_id: UUID) -> list[dict[str, Any]]:
    """All the hospital's queues hold of a person, for that person: the patient record and every registration."""
    patient = Patient.objects.filter(person=person_id).first()
    if patient is None:
        return []
    own = {
        "catatan": "pasien", "nomor_rekam_medis": patient.norm, "nama": patient.name, "nik": patient.nik,
        "tanggal_lahir": patient.birth_date, "telepon": patient.phone, "kartu_jkn": patient.jkn_no,
        "nomor_kk": patient.kk_no, "alamat": patient.address, "dicatat_pada": patient.recorded_at,
    }  # fmt: skip
    rows = Antrean.objects.filter(patient=patient).select_related("poli", "sesi__dokter", "resep").order_by("id")
    waits = Tunggu.objects.filter(patient=patient).select_related("sesi__poli").order_by("id")
    listed = [
        {"catatan": "daftar tunggu", "poli": str(row.sesi.poli), "tanggal": row.sesi.date, "penjamin": row.payer,
         "nomor_rujukan": row.referral_no, "keadaan": row.state, "dicatat_pada": row.recorded_at}
        for row in waits
    ]  # fmt: skip
    return [own, *listed] + [
        {
            "catatan": "pendaftaran", "kode": row.code, "poli": str(row.poli), "dokter": row.sesi.dokter.name,
            "tanggal": row.date, "nomor": row.number, "penjamin": row.payer, "nomor_rujukan": row.referral_no,
            "prioritas": row.priority, "lewat": row.channel, "keadaan": row.state, "ruang": row.room,
            "resep": f"{row.resep.kind} {row.resep.number}" if hasattr(row, "resep") else "", "dicatat_pada": row.recorded_at,
        }
        for row in rows
    ] + estimates.told_to(patient.pk)  # fmt: skip


def by_code(code: str) -> Antrean:
    """One registration by its code, which whoever booked holds. Raises NotFound."""
    plain = numbers.read_code(code)
    found = Antrean.objects.select_related("poli", "sesi__dokter", "sesi__poli", "patient").filter(code=plain).first()
    if found is None:
        raise NotFound
    return found


def label_of(antrean: Antrean) -> str:
    """The number as printed."""
    return numbers.label(antrean.poli.prefix, antrean.number)


def window_of(antrean: Antrean) -> times.Window:
    """The time this registration can expect: as today's session goes, else by the schedule."""
    return estimates.windows([antrean])[antrean.pk]


def windows_of(rows: Iterable[Antrean]) -> dict[int, times.Window]:
    """The same for many, by their ids, in one query."""
    return estimates.windows(rows)


def sessions_today() -> list[dict[str, Any]]:
    """Today's sessions with their counts, for those who work them."""
    counts = {
        "booked": Count("registrations", filter=Q(registrations__state=State.BOOKED)),
        "waiting": Count("registrations", filter=Q(registrations__state__in=sorted(WAITING))),
        "done": Count("registrations", filter=Q(registrations__state__in=sorted(AT_PHARMACY | {State.DONE}))),
    }
    rows = Sesi.objects.filter(date=today()).select_related("poli", "dokter").annotate(**counts)
    return [
        {"sesi": sesi} | {name: getattr(sesi, name) for name in counts}
        for sesi in rows.order_by("starts_at", "poli_id")
    ]


def queue_of(sesi_id: int) -> list[Antrean]:
    """Everyone of a session by number, for the nurse; each patient's record read is traced."""
    rows = list(
        Antrean.objects.filter(sesi_id=sesi_id)
        .select_related("patient", "poli", "sesi__dokter")
        .order_by("number")[:500]
    )
    people = dict.fromkeys(row.patient.person_id for row in rows if row.patient.person_id)
    record_reads(people, "purut.queue.read", purpose="purut.care", fields=SHOWN_TO_STAFF, object_type="patient")
    return rows


def session(sesi_id: int) -> Sesi:
    """One session. Raises NotFound."""
    found = Sesi.objects.select_related("poli", "dokter").filter(pk=sesi_id).first()
    if found is None:
        raise NotFound
    return found


def board(poli_code: str = "") -> list[BoardCell]:
    """The boards of today: per clinic with a session the last number called and how many wait. Two queries."""
    in_clinic = Q(poli_id=poli_code.upper()) if poli_code else Q()
    today_rows = Antrean.objects.filter(in_clinic, date=today())
    last = {
        a.poli_id: a
        for a in today_rows.filter(state__in=[State.CALLED, State.SERVING])
        .select_related("sesi__dokter")
        .annotate(at=Max("steps__occurred_at"))
        .order_by("at")
    }
    day = Q(sessions__date=today())
    clinics = Poli.objects.filter(Q(pk=poli_code.upper()) if poli_code else day).distinct()
    waiting = dict(today_rows.filter(state__in=sorted(WAITING)).values_list("poli_id").annotate(n=Count("id")))
    booked = dict(today_rows.filter(state__in=sorted(ACTIVE)).values_list("poli_id").annotate(n=Count("id")))
    return [_cell(one, last.get(one.pk), waiting.get(one.pk, 0), booked.get(one.pk, 0)) for one in clinics]


def _cell(one: Poli, called: Any, waiting: int, booked: int) -> BoardCell:
    shown = numbers.label(one.prefix, called.number) if called else ""
    room, doctor = (called.room, called.sesi.dokter.name) if called else ("", "")
    return BoardCell(one, shown, room, doctor, called.at if called else None, waiting, booked)


def board_position(poli_code: str) -> int:
    """The newest live event of a clinic's board, from where a page just rendered has to listen on."""
    return StoredEvent.objects.filter(topic=topic(poli_code)).aggregate(last=Max("id"))["last"] or 0
