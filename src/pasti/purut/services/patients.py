"""The hospital's own record of a patient: made at the first registration, the same ever after."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pasti.civil import queries as register
from pasti.civil.rules import nik as nik_rules
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused
from pasti.kernel.statements import Finder, run
from pasti.purut.models import Patient

_BY_NIK = Finder("FROM purut_patient p WHERE p.nik = %s", p=Patient)
_ADD = """INSERT INTO purut_patient (person_id, nik, name, sex, birth_date, phone, jkn_no, kk_no, address, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, '', '', '', %s) ON CONFLICT DO NOTHING RETURNING norm"""


@dataclass(frozen=True)
class PatientWanted:
    """A patient as given at the counter or by another program. `sex` is L or P."""

    nik: str
    name: str
    birth_date: dt.date
    sex: str
    phone: str = ""


def record_of(wanted: PatientWanted | Patient | UUID) -> Patient:
    """The hospital's record of this patient; made on the first visit, the same ever after."""
    if isinstance(wanted, Patient):
        return wanted
    if isinstance(wanted, UUID):
        return _from_register(wanted)
    try:
        nik_rules.parse(wanted.nik)
    except nik_rules.InvalidNik as invalid:
        raise Refused("nik-tidak-sah", str(invalid), status=422, field="nik") from invalid
    known = _BY_NIK.first([wanted.nik])
    return (
        known[0]
        if known
        else _new_patient({"nik": wanted.nik}, wanted.name, wanted.sex, wanted.birth_date, phone=wanted.phone)
    )


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
    moment = now()
    patient = Patient(name=name, sex=sex, birth_date=birth_date, phone=phone, recorded_at=moment, **keys)
    row = run(_ADD, [patient.person_id, patient.nik, name, sex, birth_date, phone, moment])
    if row is None:  # somebody registered the same patient just now
        return Patient.objects.get(**({"person_id": None} | keys))
    patient.norm, patient._state.adding = row[0], False
    return patient
