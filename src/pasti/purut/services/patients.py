"""The hospital's own record of a patient: made at the first registration, the same ever after."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from pasti.civil import queries as register
from pasti.civil.rules import nik as nik_rules
from pasti.kernel.clock import now, today
from pasti.kernel.errors import Refused
from pasti.kernel.statements import Finder, run
from pasti.purut.models import Patient
from pasti.purut.rules.sameness import Told, same_person

_BY_NIK = Finder("FROM purut_patient p WHERE p.nik = %s", p=Patient)
_ADD = """INSERT INTO purut_patient (person_id, nik, name, sex, birth_date, phone, jkn_no, kk_no, address, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, '', '', '', %s) ON CONFLICT DO NOTHING RETURNING norm"""
BORN_FIRST = dt.date(1900, 1, 1)  # nobody alive is older


@dataclass(frozen=True)
class PatientWanted:
    """A patient as given at the counter or by another program. `sex` is L or P."""

    nik: str
    name: str
    birth_date: dt.date
    sex: str
    phone: str = ""


def record_of(wanted: PatientWanted | Patient | UUID) -> Patient:
    """The hospital's record of this patient; made on the first visit, the same ever after.

    Raises Refused `nik-tidak-sah`, `tanggal-lahir-tidak-sah`, and `pasien-tidak-sesuai` when the NIK stands in the record
    of somebody else: one wrong digit must not register a stranger.
    """
    if isinstance(wanted, Patient):
        return wanted
    if isinstance(wanted, UUID):
        return _from_register(wanted)
    try:
        nik_rules.parse(wanted.nik)
    except nik_rules.InvalidNik as invalid:
        raise Refused("nik-tidak-sah", str(invalid), status=422, field="nik") from invalid
    known = _BY_NIK.first([wanted.nik])
    if known:
        return _same(known[0], Told(wanted.name, wanted.birth_date, wanted.sex), field="nik")
    if not BORN_FIRST <= wanted.birth_date <= today():
        raise Refused(
            "tanggal-lahir-tidak-sah",
            _("Tanggal lahir tidak mungkin: periksa tahunnya"),
            status=422,
            field="birth_date",
        )
    return _new_patient({"nik": wanted.nik}, wanted.name, wanted.sex, wanted.birth_date, phone=wanted.phone)


def _from_register(person_id: UUID) -> Patient:
    # The register is asked first: a patient known here may still be outside the caller's scope.
    person = register.person(person_id, purpose="purut.registration")
    if known := Patient.objects.filter(person_id=person_id).first():
        return known
    sex = "L" if person.sex == 1 else "P"
    if person.nik and (known := Patient.objects.filter(nik=person.nik).first()):
        _same(known, Told(person.name, person.birth_date, sex), field="patient")
        Patient.objects.filter(pk=known.pk, person=None).update(person_id=person_id)
        known.person_id = person_id
        return known
    return _new_patient({"nik": person.nik, "person_id": person_id}, person.name, sex, person.birth_date)


def _same(known: Patient, told: Told, *, field: str) -> Patient:
    if not same_person(Told(known.name, known.birth_date, known.sex), told):
        message = _("NIK ini tercatat untuk pasien lain: nama dan tanggal lahirnya berbeda. Periksa NIK-nya di loket.")
        raise Refused("pasien-tidak-sesuai", message, field=field)
    return known


def _new_patient(keys: dict[str, Any], name: str, sex: str, birth_date: dt.date, phone: str = "") -> Patient:
    moment = now()
    patient = Patient(name=name, sex=sex, birth_date=birth_date, phone=phone, recorded_at=moment, **keys)
    row = run(_ADD, [patient.person_id, patient.nik, name, sex, birth_date, phone, moment])
    if row is None:  # somebody registered the same patient just now
        return Patient.objects.get(**({"person_id": None} | keys))
    patient.norm, patient._state.adding = row[0], False
    return patient
