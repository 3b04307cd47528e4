"""Taking and giving back a place of a session (decision 8), and the registration that holds it.

Whoever changes both locks the session first and a registration after it, so that no two wait for each other.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F
from django.utils.translation import gettext as _

from pasti.kernel.clock import now
from pasti.kernel.context import current_actor
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.statements import Finder, run
from pasti.purut.models import Antrean, Hospital, Patient, Poli, Sesi
from pasti.purut.rules import numbers, order, times
from pasti.purut.rules.states import State

ONLINE = frozenset({"web", "api", "mjkn"})
PAYERS = {"jkn": "jkn", "umum": "nonjkn"}

_WRITTEN = (
    "code", "sesi_id", "poli_id", "date", "patient_id", "payer", "visit_kind", "referral_no", "priority", "channel",
    "booked_by", "state", "calls", "room", "held_until", "replaces_id", "occurred_at", "recorded_at",
)  # fmt: skip
_HOLD = {
    (payer, channel): f"""
WITH place AS (
  UPDATE purut_sesi SET used_{payer} = used_{payer} + 1, used_{channel} = used_{channel} + 1, last_number = last_number + 1
  WHERE id = %(sesi_id)s AND state = 'open' AND used_{payer} < quota_{payer} AND used_{channel} < quota_{channel}
  RETURNING last_number),
made AS (
  INSERT INTO purut_antrean ({", ".join(_WRITTEN)}, number)
  SELECT {", ".join(f"%({name})s" for name in _WRITTEN)}, last_number FROM place RETURNING id, number),
stamped AS (
  INSERT INTO purut_antreanstep (antrean_id, step, occurred_at, recorded_at, actor_id)
  SELECT id, %(state)s, %(occurred_at)s, %(recorded_at)s, %(actor)s FROM made)
SELECT id, number FROM made"""
    for payer in PAYERS.values()
    for channel in ("online", "walkin")
}

_SESSION = "FROM purut_sesi s JOIN purut_poli p ON p.code = s.poli_id CROSS JOIN purut_hospital h WHERE s.id = %s"
_FOUND = Finder(_SESSION, s=Sesi, p=Poli, h=Hospital)
_LOCKED = Finder(f"{_SESSION} FOR NO KEY UPDATE OF s", s=Sesi, p=Poli, h=Hospital)


@dataclass(frozen=True)
class Terms:
    """How somebody is registered: who pays, by which way, why, and whose account did it."""

    payer: str
    channel: str
    visit_kind: int = 1
    referral_no: str = ""
    booked_by: UUID | None = None

    @property
    def counters(self) -> tuple[str, str]:
        """The two quotas of which a place is taken."""
        return PAYERS[self.payer], "online" if self.channel in ONLINE else "walkin"


def terms_of(row: Any) -> Terms:
    """The terms of a registration, or of a place on a waiting list."""
    return Terms(row.payer, row.channel, row.visit_kind, row.referral_no, row.booked_by)


def check_payer(payer: str, visit_kind: int, referral_no: str) -> None:
    """Raises Refused `penjamin-tidak-dikenal`, `jenis-kunjungan-tidak-sah`, `rujukan-wajib`."""
    if payer not in PAYERS:
        raise Refused("penjamin-tidak-dikenal", _("Pilih penjamin: umum atau JKN"), status=422, field="payer")
    if visit_kind not in (1, 2, 3, 4):
        raise Refused("jenis-kunjungan-tidak-sah", _("Jenis kunjungan 1 sampai 4"), status=422, field="visit_kind")
    if payer == "jkn" and not (10 <= len(referral_no) <= 30 and referral_no.isascii() and referral_no.isalnum()):
        message = _("Peserta JKN mengisi nomor rujukan atau surat kontrol, 10–30 huruf dan angka")
        raise Refused("rujukan-wajib", message, status=422, field="referral_no")


def bookable_session(sesi_id: int, channel: str, *, locked: bool = False) -> tuple[Sesi, Hospital]:
    """The session, if it takes bookings by `channel` now, and the hospital's rules.

    From outside until the hospital's minutes before the end; at the counter, where the patient stands, until the end.

    Raises NotFound, Refused `sesi-tutup` or `di-luar-jangkauan`.
    """
    found = (_LOCKED if locked else _FOUND).first([sesi_id])
    if found is None:
        raise NotFound(_("Sesi tidak ditemukan"))
    sesi, sesi.poli, rules = found
    moment, closes = now(), rules.closes_minutes_before_end if channel in ONLINE else 0
    if sesi.state != Sesi.State.OPEN or not times.bookable(moment, sesi.ends_at, closes):
        raise Refused("sesi-tutup", _("Pendaftaran untuk sesi ini sudah ditutup"), field="sesi_id")
    if sesi.starts_at > moment + dt.timedelta(days=rules.horizon_days + 1):
        message = _("Pendaftaran dibuka paling awal %(days)s hari sebelumnya") % {"days": rules.horizon_days}
        raise Refused("di-luar-jangkauan", message, field="sesi_id")
    return sesi, rules


def lock_session(sesi_id: int) -> Sesi:
    """The session's row, locked until the transaction ends; registrations of it may be locked after it."""
    return Sesi.objects.select_related("poli").select_for_update(of=("self",), no_key=True).get(pk=sesi_id)


def hold(
    sesi: Sesi, patient: Patient, terms: Terms, *, priority: str, state: State = State.BOOKED,
    held_until: dt.datetime | None = None, replaces: Antrean | None = None,
) -> Antrean | None:  # fmt: skip
    """A place of both kinds, the next number, the registration and its first stamp, or nothing when it is full.

    One statement, so that a hot session is locked for as short as can be. Raises IntegrityError; `refusal_of` says which
    refusal it is.
    """
    moment = now()
    antrean = Antrean(
        code=numbers.booking_code(secrets.choice), sesi=sesi, poli=sesi.poli, date=sesi.date, patient=patient,
        payer=terms.payer, channel=terms.channel, visit_kind=terms.visit_kind, referral_no=terms.referral_no,
        booked_by=terms.booked_by, state=state, priority=priority, held_until=held_until, replaces=replaces,
        occurred_at=moment, recorded_at=moment,
    )  # fmt: skip
    values = {name: getattr(antrean, name) for name in _WRITTEN}
    row = run(_HOLD[terms.counters], values | {"state": str(state), "actor": current_actor().user_id})
    if row is None:
        return None
    antrean.pk, antrean.number = row
    antrean._state.adding = False
    return antrean


def hold_or_refuse(sesi: Sesi, patient: Patient, terms: Terms, **more: Any) -> Antrean:
    """The same. Raises Refused `kuota-habis`, or `sesi-tutup` when it was called off meanwhile, and what constraints say."""
    try:
        antrean = hold(sesi, patient, terms, **more)
    except IntegrityError as error:
        raise refusal_of(error) from error
    if antrean is not None:
        return antrean
    if Sesi.objects.filter(pk=sesi.pk).exclude(state=Sesi.State.OPEN).exists():
        raise Refused("sesi-tutup", _("Pendaftaran untuk sesi ini sudah ditutup"), field="sesi_id")
    raise full()


def has_place(sesi: Sesi, terms: Terms) -> bool:
    """Whether the row as it was read has a place of both kinds."""
    return all(getattr(sesi, f"used_{kind}") < getattr(sesi, f"quota_{kind}") for kind in terms.counters)


def full() -> Refused:
    """There is no place left."""
    return Refused("kuota-habis", _("Tempat untuk sesi ini sudah habis. Pilih hari atau dokter lain."), field="sesi_id")


def give_back(antrean: Antrean) -> None:
    """The place is free again; the number is not used a second time."""
    payer, channel = terms_of(antrean).counters
    Sesi.objects.filter(pk=antrean.sesi_id).update(
        **{f"used_{payer}": F(f"used_{payer}") - 1, f"used_{channel}": F(f"used_{channel}") - 1}
    )


def priority_of(patient: Patient, day: dt.date, rules: Hospital) -> str:
    """The priority a patient has by age on the day."""
    return order.priority_by_age(
        patient.birth_date, day, elderly_from=rules.elderly_from_age, classes=rules.priority_classes
    )


def refusal_of(error: IntegrityError) -> Exception:
    """The refusal behind a broken constraint; an unexpected one is passed on."""
    text = str(error)
    if "antrean_one_active" in text:
        return Refused(
            "sudah-terdaftar", _("Pasien ini sudah terdaftar di poli yang sama pada hari itu"), field="patient"
        )
    if "antrean_referral_once" in text:
        return Refused("rujukan-terpakai", _("Nomor rujukan ini sudah dipakai untuk antrean lain"), field="referral_no")
    return error
