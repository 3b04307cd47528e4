"""Tying the record of a patient to the register, when a resident was registered by the counter or from Mobile JKN.

Until then nobody could tell the resident who reads that record, and the resident's own page would not show the number.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from pasti.civil import queries as register
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.audit.services import record_change
from pasti.kernel.outbox.models import StoredEvent
from pasti.purut.models import Patient
from pasti.purut.rules.sameness import Told, same_person

PURPOSE = "purut.registration"


def heard(event: StoredEvent) -> None:
    """A place was taken: tie its patient to the register when the record is not yet. Twice is once."""
    found = Patient.objects.filter(person=None, nik__isnull=False, registrations__code=event.payload["code"]).first()
    if found is not None:
        tie(found)


def tie(patient: Patient) -> bool:
    """Tie the record to the resident with its NIK; False when there is none, or the record is another human being's."""
    with scoped(everyone(settings.PASTI_CITY.get("code", ""), PURPOSE)):
        for person_id in register.ids_by_nik([patient.nik or ""]):
            person = register.person(person_id, purpose=PURPOSE)
            told = Told(person.name, person.birth_date, "L" if person.sex == 1 else "P")
            if same_person(Told(patient.name, patient.birth_date, patient.sex), told):
                return _tied(patient, person.pk)
    return False


def _tied(patient: Patient, person_id: UUID) -> bool:
    if Patient.objects.filter(person_id=person_id).exists():  # seen here before under another number
        return False
    if not Patient.objects.filter(pk=patient.pk, person=None).update(person_id=person_id):
        return False
    record_change(person_id, "purut.patient.tied", purpose=PURPOSE, object_type="patient", object_id=patient.pk)
    return True
