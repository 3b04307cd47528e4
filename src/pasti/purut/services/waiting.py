"""The waiting list of a full session: who joined first is asked first when a place is given back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import city_zone, now
from pasti.kernel.context import current_actor
from pasti.kernel.errors import Refused
from pasti.kernel.outbox.services import emit
from pasti.purut.events import PlaceOffered, WaitingEnded
from pasti.purut.models import Antrean, Hospital, Patient, Sesi, Tunggu
from pasti.purut.rules import holding, times
from pasti.purut.rules.states import ACTIVE
from pasti.purut.services.keeping import keep
from pasti.purut.services.patients import PatientWanted, record_of
from pasti.purut.services.places import Terms, bookable_session, check_payer, has_place, terms_of
from pasti.purut.services.steps import label_of, tell

PURPOSE = "purut.registration"


@transaction.atomic
def join(
    *,
    sesi_id: int,
    patient: PatientWanted | Patient | UUID,
    payer: str,
    channel: str,
    visit_kind: int = 1,
    referral_no: str = "",
) -> Tunggu:
    """Put the patient on the waiting list of a full session; joining twice is joining once.

    The session is locked, so a place given back at this moment goes to the list or is seen here. Raises Refused
    `masih-ada-tempat`, `sudah-terdaftar`, and what `book` raises.
    """
    check_payer(payer, visit_kind, referral_no)
    terms = Terms(payer, channel, visit_kind, referral_no, current_actor().user_id)
    sesi, _rules = bookable_session(sesi_id, channel, locked=True)
    if has_place(sesi, terms):
        raise Refused(
            "masih-ada-tempat", _("Sesi ini masih punya tempat. Ambil nomor antrean langsung."), field="sesi_id"
        )
    record = record_of(patient)
    if _is_registered(record, sesi):
        raise Refused(
            "sudah-terdaftar", _("Pasien ini sudah terdaftar di poli yang sama pada hari itu"), field="patient"
        )
    row, created = Tunggu.objects.get_or_create(
        sesi=sesi, patient=record, state=Tunggu.State.WAITING,
        defaults={"payer": payer, "channel": channel, "visit_kind": visit_kind, "referral_no": referral_no,
                  "booked_by": terms.booked_by, "recorded_at": now()},
    )  # fmt: skip
    if created:
        _trace(row, "purut.tunggu.joined")
    return row


@transaction.atomic
def leave(row: Tunggu) -> None:
    """The patient waits no longer. Twice is once."""
    if Tunggu.objects.filter(pk=row.pk, state=Tunggu.State.WAITING).update(state=Tunggu.State.LEFT):
        _trace(row, "purut.tunggu.left")


def pass_on(sesi: Sesi) -> None:
    """Offer the free places of the session to those who wait, in the order they came. The caller has it locked."""
    waiting = Tunggu.objects.filter(sesi=sesi, state=Tunggu.State.WAITING).select_related("patient").order_by("id")
    rules, moment, full = Hospital.objects.get(), now(), set[tuple[str, str]]()
    if sesi.state != Sesi.State.OPEN or not times.bookable(moment, sesi.ends_at, rules.closes_minutes_before_end):
        return
    until = holding.until_for_waiting(moment, sesi.starts_at, city_zone())
    for row in waiting:
        terms = terms_of(row)
        if terms.counters in full or _is_registered(row.patient, sesi):
            continue
        kept = keep(sesi, row.patient, terms, until, rules)
        if kept is None:
            sesi.refresh_from_db(fields=[f"used_{kind}" for kind in ("jkn", "nonjkn", "online", "walkin")])
            if not has_place(sesi, terms):
                full.add(terms.counters)
            continue
        Tunggu.objects.filter(pk=row.pk).update(state=Tunggu.State.SERVED, antrean=kept)
        tell(kept, PlaceOffered(kept.code, label_of(kept), kept.poli_id, kept.date, until), jenis="tawaran")


def end_waiting(sesi: Sesi, reason: str) -> None:
    """The session is not held: nobody waits for it any longer, and each is told."""
    for row in Tunggu.objects.filter(sesi=sesi, state=Tunggu.State.WAITING).select_related("patient", "sesi"):
        leave(row)
        emit(WaitingEnded(row.pk, sesi.poli_id, sesi.date, reason), aggregate=f"purut.sesi:{sesi.pk}")


def _is_registered(patient: Patient, sesi: Sesi) -> bool:
    rows = Antrean.objects.filter(patient=patient, poli_id=sesi.poli_id, date=sesi.date, state__in=sorted(ACTIVE))
    return rows.exists()


def _trace(row: Tunggu, action: str) -> None:
    record_change(
        row.patient.person_id, action, purpose=PURPOSE, object_type="sesi", object_id=row.sesi_id,
        object_label=f"{row.sesi}", changes={"state": row.state},
    )  # fmt: skip
