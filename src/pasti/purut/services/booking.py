"""Booking and cancelling. Never oversells, never loses: the quota is a database fact (decision 8)."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pasti.civil import queries as register
from pasti.civil.rules import nik as nik_rules
from pasti.kernel.clock import now
from pasti.kernel.context import current_actor
from pasti.kernel.errors import NotFound, Refused
from pasti.purut.events import AntreanBooked, AntreanMoved
from pasti.purut.models import Antrean, Hospital, Patient, Sesi
from pasti.purut.rules import numbers, times
from pasti.purut.rules.states import State
from pasti.purut.services.steps import label_of, move, stamp, tell

ONLINE = frozenset({"web", "api", "mjkn"})
PAYERS = {"jkn": "jkn", "umum": "nonjkn"}


@dataclass(frozen=True)
class PatientWanted:
    """A patient as given at the counter or by another program. `sex` is L or P."""

    nik: str
    name: str
    birth_date: dt.date
    sex: str
    phone: str = ""


@transaction.atomic
def book(
    *,
    sesi_id: int,
    patient: PatientWanted | Patient | UUID,
    payer: str,
    channel: str,
    visit_kind: int = 1,
    referral_no: str = "",
) -> Antrean:
    """Take a place for `patient` (a person of the register within the scope, a patient record, or data typed at
    the counter).

    Raises Refused: `kuota-habis`, `sesi-tutup`, `di-luar-jangkauan`, `rujukan-wajib`, `rujukan-terpakai`,
    `sudah-terdaftar`; NotFound for an unknown session or person.
    """
    _check_payer(payer, visit_kind, referral_no)
    sesi = Sesi.objects.select_related("poli").filter(pk=sesi_id).first()
    if sesi is None:
        raise NotFound(_("Sesi tidak ditemukan"))
    _check_open(sesi)
    try:
        record = _patient(patient)
        number = _take_place(sesi, PAYERS[payer], "online" if channel in ONLINE else "walkin")
        antrean = _register(sesi, record, number, payer, channel, visit_kind, referral_no)
    except IntegrityError as error:
        raise _why(error) from error
    stamp(antrean, State.BOOKED)
    window = times.window(sesi.starts_at, sesi.minutes, number)
    tell(antrean, AntreanBooked(antrean.code, label_of(antrean), sesi.poli_id, sesi.date, window.begins, window.ends,
                                antrean.booked_by), jenis="daftar")  # fmt: skip
    return antrean


@transaction.atomic
def cancel(antrean: Antrean) -> None:
    """Give the place back; the number is not used again. Cancelling twice is cancelling once."""
    if not move(antrean, State.CANCELLED):
        return
    payer, channel = PAYERS[antrean.payer], "online" if antrean.channel in ONLINE else "walkin"
    Sesi.objects.filter(pk=antrean.sesi_id).update(
        **{f"used_{payer}": F(f"used_{payer}") - 1, f"used_{channel}": F(f"used_{channel}") - 1}
    )
    tell(antrean, AntreanMoved(antrean.code, label_of(antrean), antrean.poli_id, antrean.state), jenis="batal")


def _check_payer(payer: str, visit_kind: int, referral_no: str) -> None:
    if payer not in PAYERS:
        raise Refused("penjamin-tidak-dikenal", _("Pilih penjamin: umum atau JKN"), status=422, field="payer")
    if visit_kind not in (1, 2, 3, 4):
        raise Refused("jenis-kunjungan-tidak-sah", _("Jenis kunjungan 1 sampai 4"), status=422, field="visit_kind")
    if payer == "jkn" and not (10 <= len(referral_no) <= 30 and referral_no.isascii() and referral_no.isalnum()):
        message = _("Peserta JKN mengisi nomor rujukan atau surat kontrol, 10–30 huruf dan angka")
        raise Refused("rujukan-wajib", message, status=422, field="referral_no")


def _check_open(sesi: Sesi) -> None:
    rules = Hospital.objects.get()
    moment = now()
    if sesi.state != Sesi.State.OPEN or not times.bookable(moment, sesi.ends_at, rules.closes_minutes_before_end):
        raise Refused("sesi-tutup", _("Pendaftaran untuk sesi ini sudah ditutup"), field="sesi_id")
    if sesi.starts_at > moment + dt.timedelta(days=rules.horizon_days + 1):
        message = _("Pendaftaran dibuka paling awal %(days)s hari sebelumnya") % {"days": rules.horizon_days}
        raise Refused("di-luar-jangkauan", message, field="sesi_id")


def _take_place(sesi: Sesi, payer: str, channel: str) -> int:
    """One statement takes a place of both kinds and the next number, or nothing. Raises Refused `kuota-habis`."""
    statement = (
        f"UPDATE purut_sesi SET used_{payer} = used_{payer} + 1, used_{channel} = used_{channel} + 1, "
        "last_number = last_number + 1 "
        f"WHERE id = %s AND state = 'open' AND used_{payer} < quota_{payer} AND used_{channel} < quota_{channel} "
        "RETURNING last_number"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [sesi.pk])
        row = cursor.fetchone()
    if row is None:
        raise Refused(
            "kuota-habis", _("Tempat untuk sesi ini sudah habis. Pilih hari atau dokter lain."), field="sesi_id"
        )
    return int(row[0])


def _register(
    sesi: Sesi, patient: Patient, number: int, payer: str, channel: str, visit_kind: int, referral_no: str
) -> Antrean:
    moment = now()
    return Antrean.objects.create(
        code=numbers.booking_code(secrets.choice), sesi=sesi, poli=sesi.poli, date=sesi.date, patient=patient,
        number=number, payer=payer, channel=channel, visit_kind=visit_kind, referral_no=referral_no,
        booked_by=current_actor().user_id, state=State.BOOKED, occurred_at=moment, recorded_at=moment,
    )  # fmt: skip


def _patient(wanted: PatientWanted | Patient | UUID) -> Patient:
    """The hospital's record of this patient; made on the first visit, the same ever after."""
    if isinstance(wanted, Patient):
        return wanted
    if isinstance(wanted, UUID):
        return _from_register(wanted)
    try:
        nik_rules.parse(wanted.nik)
    except nik_rules.InvalidNik as invalid:
        raise Refused("nik-tidak-sah", str(invalid), status=422, field="nik") from invalid
    known = Patient.objects.filter(nik=wanted.nik).first()
    return known or _new_patient({"nik": wanted.nik}, wanted.name, wanted.sex, wanted.birth_date, phone=wanted.phone)


def _from_register(person_id: UUID) -> Patient:
    # The register is asked first: a patient known here may still be outside the caller's scope.
    person = register.person(person_id, purpose="purut.registration")
    if known := Patient.objects.filter(person_id=person_id).first():
        return known
    if person.nik and (known := Patient.objects.filter(nik=person.nik).first()):
        Patient.objects.filter(pk=known.pk, person=None).update(person_id=person_id)
        known.person_id = person_id
        return known
    sex = "L" if person.sex == 1 else "P"
    return _new_patient({"nik": person.nik, "person_id": person_id}, person.name, sex, person.birth_date)


def _new_patient(keys: dict[str, Any], name: str, sex: str, birth_date: dt.date, phone: str = "") -> Patient:
    patient, _created = Patient.objects.get_or_create(
        nik=keys["nik"], person_id=keys.get("person_id"),
        defaults={"name": name, "sex": sex, "birth_date": birth_date, "phone": phone},
    )  # fmt: skip
    return patient


def _why(error: IntegrityError) -> Exception:
    """The refusal behind a broken constraint; an unexpected one is passed on."""
    text = str(error)
    if "antrean_one_active" in text:
        return Refused(
            "sudah-terdaftar", _("Pasien ini sudah terdaftar di poli yang sama pada hari itu"), field="patient"
        )
    if "antrean_referral_once" in text:
        return Refused("rujukan-terpakai", _("Nomor rujukan ini sudah dipakai untuk antrean lain"), field="referral_no")
    return error
