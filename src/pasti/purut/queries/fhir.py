"""The reads behind the FHIR facade: rows, search parameters and shapes of each resource type.

Everything but Appointment and Patient is public. Of those two a resident sees the own household's, the hospital's staff
all, by their role; a program sees the registrations it made, or all with `purut.queue`, and no Patient (decision 20).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from pasti.civil import queries as register
from pasti.kernel.accounts.access import can
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_read, record_reads
from pasti.kernel.errors import NotFound
from pasti.purut import queries
from pasti.purut.models import Antrean, Patient
from pasti.purut.queries.fhir_public import NOTHING, PUBLIC, Around, Source, coded, identified, ids, on_day, pointing
from pasti.purut.queries.people import own_people, record_kin
from pasti.purut.rules import fhir_appointments as rules
from pasti.purut.rules import times
from pasti.purut.rules.fhir_resources import LOCATION_PREFIX, POLI_SYSTEM, Resource
from pasti.purut.rules.fhir_search import Unfit, tokens
from pasti.purut.rules.states import State
from pasti.purut.services import PatientWanted

STATUS_SYSTEM = "http://hl7.org/fhir/appointmentstatus"
READ_OF_PATIENT = ("nik", "name", "sex", "birth_date", "norm")


def is_staff(user: User) -> bool:
    """Whether the caller works with everybody's registrations."""
    return can(user, "purut.queue") or can(user, "purut.register")


def people_of(user: User) -> set[UUID]:
    """The caller's household, the caller in it; empty for who is nobody in the register or may not book."""
    return own_people(user) if can(user, "purut.book") else set()


def appointments(user: User) -> QuerySet[Antrean]:
    """The registrations `user` may find."""
    rows = Antrean.objects.select_related("poli", "sesi__dokter", "patient")
    if is_staff(user):
        return rows
    # By the patients' ids, which the index has; a join on the person would read every registration.
    patients = list(Patient.objects.filter(person_id__in=people_of(user)).values_list("pk", flat=True))
    return rows.filter(patient_id__in=patients)


def appointment(user: User, code: str) -> Antrean:
    """One registration of the caller's household, booked by the caller, or any for staff. Raises NotFound."""
    found = Antrean.objects.select_related("poli", "sesi__dokter", "patient").filter(code=code).first()
    if found is None or not (
        is_staff(user) or found.booked_by == user.pk or found.patient.person_id in people_of(user)
    ):
        raise NotFound
    return found


def patients(user: User) -> QuerySet[Patient]:
    """The patients `user` may find: those of the household, or all for staff who are people, not programs."""
    if is_staff(user) and user.kind != User.Kind.CLIENT:
        return Patient.objects.all()
    return Patient.objects.filter(person_id__in=people_of(user))


def patient_for(user: User, wanted: rules.Wanted) -> PatientWanted | UUID:
    """The patient a booking names, as `services.book` takes it. Call within the caller's scope.

    Raises NotFound for an unknown patient and for one the caller may not book for: the answer is the same.
    """
    staff, people = can(user, "purut.register"), people_of(user)
    key = {"pk": wanted.norm} if wanted.norm is not None else {"nik": wanted.nik}
    known = Patient.objects.filter(**key).first()
    if known is not None and staff and known.nik:
        return PatientWanted(known.nik, known.name, known.birth_date, known.sex, known.phone)
    if known is not None and known.person_id and (staff or known.person_id in people):
        return UUID(str(known.person_id))
    for person_id in register.ids_by_nik([wanted.nik]) if wanted.nik else ():
        if staff or person_id in people:
            return person_id
    raise NotFound


def rows_of(kind: str, user: User | None) -> QuerySet[Any]:
    """The rows of a type that the caller may find."""
    if kind == "Appointment" and user is not None:
        return appointments(user)
    if kind == "Patient" and user is not None:
        return patients(user)
    return SOURCES[kind].rows()


def found(kind: str, rows: list[Any], user: User | None, around: Around) -> list[Resource]:
    """The rows as resources; the reads of people are recorded."""
    if kind == "Appointment" and user is not None:
        _record_appointments(rows, user)
    if kind == "Patient" and user is not None:
        _record_patients(rows, user)
    return [SOURCES[kind].shape(row, around) for row in rows]


def one(kind: str, key: str, user: User | None, around: Around) -> Resource:
    """One resource by its id. Raises NotFound."""
    if kind == "Appointment" and user is not None:
        return found(kind, [appointment(user, key)], user, around)[0]
    row = rows_of(kind, user).filter(SOURCES[kind].key(key)).first()
    if row is None:
        raise NotFound
    return found(kind, [row], user, around)[0]


def matching(kind: str, given: list[tuple[str, str]], user: User | None, around: Around) -> QuerySet[Any]:
    """The rows that fit all parameters; those named twice must fit twice. Raises Unfit for an impossible value."""
    rows, filters = rows_of(kind, user), SOURCES[kind].filters
    for name, text in given:
        rows = rows.filter(filters[name](text, around))
    return rows


def _record_appointments(rows: list[Antrean], user: User) -> None:
    if is_staff(user):
        people = dict.fromkeys(row.patient.person_id for row in rows if row.patient.person_id)
        record_reads(people, "purut.antrean.read", purpose="purut.care", fields=["state"], object_type="antrean")
    else:
        record_kin(user, rows)


def _record_patients(rows: list[Patient], user: User) -> None:
    purpose = "purut.care" if is_staff(user) else "purut.registration"
    for row in rows:  # one at most: by id or by one NIK
        record_read(row.person_id, "purut.patient.read", purpose=purpose, fields=READ_OF_PATIENT, object_type="patient",
                    object_id=row.pk)  # fmt: skip


def shown(row: Antrean, around: Around) -> Resource:
    """A registration as Appointment."""
    # As booked: a program plans with it, and what the day makes of it is on the patient's own page.
    window = times.window(row.sesi.starts_at, row.sesi.minutes, row.number)
    return rules.appointment(
        hospital=around.hospital.pk, code=row.code, state=State(row.state), slot=row.sesi_id, poli=row.poli_id,
        poli_name=row.poli.name, doctor=row.sesi.dokter_id, doctor_name=row.sesi.dokter.name, norm=row.patient_id,
        begins=window.begins, ends=window.ends, minutes=row.sesi.minutes, created=row.recorded_at,
        label=queries.label_of(row), payer=row.payer, visit_kind=row.visit_kind, referral_no=row.referral_no,
        zone=around.zone,
    )  # fmt: skip


def _patient(row: Patient, around: Around) -> Resource:
    return rules.patient(norm=row.pk, hospital=around.hospital.pk, nik=row.nik, name=row.name, sex=row.sex,
                         birth_date=row.birth_date)  # fmt: skip


def _by_nik(text: str, around: Around) -> Q:
    given = tokens(text)
    if len(given) != 1 or given[0].system not in (None, rules.NIK):
        raise Unfit("value", f"one NIK of the system {rules.NIK}", at="identifier")
    return Q(nik=given[0].value) if given[0].value else NOTHING


def _norm(text: str) -> Q:
    return Q(patient_id=int(text)) if _is_number(text) else NOTHING


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _room(text: str) -> Q:
    return Q(poli_id=text.removeprefix(LOCATION_PREFIX)) if text.startswith(LOCATION_PREFIX) else NOTHING


_CODE = lambda text: Q(code=text)  # noqa: E731 (a condition of one value, like those beside it)
_DOCTOR = lambda text: Q(sesi__dokter_id=text)  # noqa: E731
_POLI = lambda text: Q(poli_id=text)  # noqa: E731
_ACTORS = {"Patient": _norm, "Practitioner": _DOCTOR, "Location": _room, "HealthcareService": _POLI}
_STATUS: Callable[[str], Q] = lambda text: Q(state__in=rules.states_of(text))  # noqa: E731


SOURCES: dict[str, Source] = PUBLIC | {
    "Appointment": Source(
        Antrean.objects.none, ("-id",), _CODE, shown,
        {
            "_id": ids(_CODE), "identifier": identified("Appointment", _CODE), "patient": pointing({"Patient": _norm}),
            "actor": pointing(_ACTORS), "practitioner": pointing({"Practitioner": _DOCTOR}),
            "location": pointing({"Location": _room}),
            "slot": pointing({"Slot": lambda text: Q(sesi_id=int(text)) if _is_number(text) else NOTHING}),
            "status": coded(STATUS_SYSTEM, _STATUS), "service-type": coded(POLI_SYSTEM, _POLI), "date": on_day("date"),
        },
    ),
    "Patient": Source(
        Patient.objects.none, ("norm",), lambda text: Q(pk=int(text)) if _is_number(text) else NOTHING, _patient,
        {"identifier": _by_nik},
    ),
}  # fmt: skip
