"""Planning operations and marking them done, for the insured person's list at BPJS."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.kernel.errors import NotFound, Refused
from pasti.purut.models import Operasi, Patient, Poli
from pasti.purut.rules import numbers

PURPOSE = "purut.care"


@transaction.atomic
def plan_operation(norm: int, poli_code: str, date: dt.date, action: str) -> Operasi:
    """Plan an operation of a known patient. The same once more is the same. Raises Refused `pasien-tidak-dikenal`."""
    # Locked, so that of two who enter the same at once the second finds what the first made.
    patient = Patient.objects.select_for_update().filter(pk=norm).first()
    poli = Poli.objects.filter(pk=poli_code).first()
    if patient is None or poli is None:
        raise Refused("pasien-tidak-dikenal", _("Nomor rekam medis tidak ditemukan"), status=422, field="norm")
    known = Operasi.objects.filter(patient=patient, poli=poli, date=date, action=action).first()
    if known is not None:
        return known
    made = Operasi.objects.create(
        code=numbers.booking_code(secrets.choice), patient=patient, poli=poli, date=date, action=action,
        recorded_at=now(), changed_at=now(),
    )  # fmt: skip
    record_change(
        patient.person_id, "purut.operasi.planned", purpose=PURPOSE, object_type="operasi", object_id=made.code
    )
    return made


@transaction.atomic
def operation_done(code: str) -> None:
    """The operation took place. Twice is once. Raises NotFound."""
    found = Operasi.objects.select_related("patient").filter(code=code).first()
    if found is None:
        raise NotFound
    if Operasi.objects.filter(pk=found.pk, done=False).update(done=True, changed_at=now()):
        record_change(
            found.patient.person_id, "purut.operasi.done", purpose=PURPOSE, object_type="operasi", object_id=code
        )
