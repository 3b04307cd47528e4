"""What BPJS's Mobile JKN does at the hospital for an insured person."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import check_password, identify_hasher
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pasti.kernel.accounts.models import Client
from pasti.kernel.accounts.services import issue_token, register_client, token_for_client
from pasti.kernel.audit.services import record_change
from pasti.kernel.errors import Refused
from pasti.purut.models import Antrean, Patient, Sesi
from pasti.purut.queries import bpjs as queries_bpjs
from pasti.purut.rules.states import ACTIVE, AT_PHARMACY, State
from pasti.purut.services.arriving import arrive as arrive_alone
from pasti.purut.services.booking import book, cancel
from pasti.purut.services.places import lock_session

SCOPE = "antrean"
PURPOSE = queries_bpjs.PURPOSE
CHANNEL = "mjkn"


@dataclass(frozen=True)
class Wanted:
    """A registration as Mobile JKN asks for it. Without a card the patient pays."""

    nik: str
    card: str
    norm: int | None
    phone: str
    visit_kind: int
    referral_no: str


@dataclass(frozen=True)
class NewPatient:
    """A patient as Mobile JKN knows one. `sex` is L or P."""

    nik: str
    card: str
    kk_no: str
    name: str
    sex: str
    birth_date: dt.date
    phone: str
    address: str


def token_for(username: str, password: str) -> str:
    """A token of one hour for BPJS's login. Raises Refused.

    The login is that of the environment, else that of a registered program with the scope `antrean` (as in a demo).
    """
    wrong = Refused("masuk-gagal", _("Username atau password tidak sesuai"), status=401)
    if settings.PASTI_BPJS_USER and hmac.compare_digest(username.encode(), settings.PASTI_BPJS_USER.encode()):
        if not _is(password, settings.PASTI_BPJS_PASSWORD):
            raise wrong
        client = Client.objects.select_related("user").filter(client_id=username).first()
        client = client or register_client(username, secrets.token_urlsafe(32), name="BPJS Kesehatan", scopes=[SCOPE])
        return issue_token(client.user, scopes=[SCOPE])
    try:
        return token_for_client(username, password, [SCOPE])[0]
    except Refused:
        raise wrong from None


def _is(password: str, kept: str) -> bool:
    """Whether the password is the one kept, as itself or as a Django hash."""
    try:
        identify_hasher(kept)
    except ValueError:
        return bool(kept) and hmac.compare_digest(password.encode(), kept.encode())
    return check_password(password, kept)


def take(sesi: Sesi, wanted: Wanted) -> Antrean | None:
    """Register for a session; None for a patient the hospital does not know yet.

    Raises Refused; of two at once for one patient, from wherever they come, one is refused as registered already.
    """
    patient = queries_bpjs.patient(wanted.nik, wanted.card, wanted.norm)
    if patient is None:
        return None
    _check_once(patient, sesi)
    _complete(patient, wanted)
    try:
        return book(sesi_id=sesi.pk, patient=patient, payer="jkn" if wanted.card else "umum", channel=CHANNEL,
                    visit_kind=wanted.visit_kind, referral_no=wanted.referral_no)  # fmt: skip
    except Refused as refusal:
        if refusal.code in ("sudah-terdaftar", "rujukan-terpakai"):
            _check_once(patient, sesi)  # the other one may have been this patient's own request, sent twice
        raise


def _check_once(patient: Patient, sesi: Sesi) -> None:
    taken = Antrean.objects.filter(patient=patient, poli_id=sesi.poli_id, date=sesi.date, state__in=sorted(ACTIVE))
    if taken.exists():
        message = _("Nomor antrean hanya dapat diambil satu kali pada tanggal dan poli yang sama")
        raise Refused("sudah-terdaftar", message)


@transaction.atomic
def _complete(patient: Patient, wanted: Wanted) -> None:
    """Keep what the record lacks and BPJS knows: NIK, card and telephone. What stands in it is not overwritten."""
    told = {"nik": wanted.nik, "jkn_no": wanted.card, "phone": wanted.phone}
    row = Patient.objects.select_for_update().get(pk=patient.pk)
    lacking = {name: value for name, value in told.items() if value and not getattr(row, name)}
    if not lacking:
        return
    Patient.objects.filter(pk=row.pk).update(**lacking)
    record_change(row.person_id, "purut.patient.completed", purpose=PURPOSE, fields=sorted(lacking),
                  object_type="patient", object_id=row.pk)  # fmt: skip


@transaction.atomic
def give_back(code: str, reason: str) -> None:
    """Cancel. Raises Refused for what is cancelled already, and for who is or was served."""
    antrean = _locked(code)
    if antrean.state in (State.SERVING, State.DONE) or antrean.state in AT_PHARMACY:
        raise Refused("sudah-dilayani", _("Pasien sudah dilayani, antrean tidak dapat dibatalkan"))
    cancel(antrean)
    record_change(antrean.patient.person_id, "purut.antrean.given_back", purpose=PURPOSE, object_type="antrean",
                  object_id=antrean.code, changes={"reason": reason})  # fmt: skip


@transaction.atomic
def arrive(code: str) -> None:
    """Check in, at our own clock's time. Raises Refused for a second time, another day or hour, or a used registration."""
    antrean = _locked(code)
    if antrean.state == State.DONE:
        raise Refused("kode-terpakai", _("Kode booking sudah digunakan: pasien sudah selesai dilayani"))
    if antrean.state != State.BOOKED:
        raise Refused("sudah-check-in", _("Pasien sudah check-in"))
    arrive_alone(antrean)


def _locked(code: str) -> Antrean:
    """The registration with its row locked, so that what is said of it stays true, the session's before it as everywhere.

    Raises Refused when it is over, and for a place the patient has not accepted.
    """
    found = queries_bpjs.booking(code)
    lock_session(found.sesi_id)
    found.state = Antrean.objects.select_for_update().only("state").get(pk=found.pk).state
    if found.state == State.CANCELLED:
        raise Refused("sudah-dibatalkan", _("Antrean tidak ditemukan atau sudah dibatalkan"))
    if found.state == State.HELD:
        raise Refused("belum-diterima", _("Tempat pengganti ini belum diterima pasien"))
    if found.state == State.NO_SHOW:
        raise Refused("tidak-hadir", _("Antrean sudah berakhir: pasien tidak hadir"))
    return found


def register(new: NewPatient) -> Patient:
    """Make the hospital's record of a new patient. Raises Refused when there is one with this NIK or card."""
    try:
        with transaction.atomic():
            if new.card and Patient.objects.filter(jkn_no=new.card).exists():
                raise _known()
            made = Patient.objects.create(
                nik=new.nik, jkn_no=new.card, kk_no=new.kk_no, name=new.name, sex=new.sex, birth_date=new.birth_date,
                phone=new.phone, address=new.address,
            )  # fmt: skip
            record_change(None, "purut.patient.registered", purpose=PURPOSE, object_type="patient", object_id=made.pk)
            return made
    except IntegrityError:
        raise _known() from None


def _known() -> Refused:
    return Refused("pasien-sudah-ada", _("Data peserta sudah pernah dientrikan"))
