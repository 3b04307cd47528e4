"""What the operations of `/api/v1/purut/` share: who is registered, whose registration it is, how one looks."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja import Field, Schema

from pasti.civil import queries as register
from pasti.kernel.accounts.access import can
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.audit.services import record_read
from pasti.kernel.errors import NotFound, Refused
from pasti.purut import queries, services
from pasti.purut.models import Antrean
from pasti.purut.rules.states import State


class PatientGiven(Schema):
    """A patient who is not the caller: for the counter and for partner programs."""

    nik: str = Field(description="16 digits")
    name: str = Field(min_length=2, max_length=120, pattern=r"^[^\x00-\x1f]+$")
    birth_date: dt.date
    sex: Literal["L", "P"]
    phone: str = Field("", max_length=20, pattern=r"^[0-9+ -]*$")


class PlaceWanted(Schema):
    """Who is to be registered and who pays. Without `person_id` and `patient` it is the caller."""

    payer: Literal["umum", "jkn"] = "umum"
    visit_kind: int = Field(1, ge=1, le=4, description="1 referral, 2 internal, 3 control, 4 between hospitals")
    referral_no: str = Field("", max_length=30, pattern=r"^[A-Za-z0-9]*$")
    person_id: UUID | None = None
    patient: PatientGiven | None = None


class BookingWanted(PlaceWanted):
    """A registration."""

    sesi_id: int = Field(ge=1, le=2**63 - 1)


class AntreanShown(Schema):
    """A registration: its code, number, state and the time it can expect. No patient data."""

    code: str
    number: int
    label: str
    state: str
    poli: str
    sesi_id: int
    date: dt.date
    payer: str
    window_begins: dt.datetime
    window_ends: dt.datetime
    ahead: int
    room: str


def patient_of(user: User, wanted: PlaceWanted) -> services.PatientWanted | UUID:
    """Whom the caller may register: the own household, or with `purut.register` anybody. Else NotFound."""
    if wanted.patient is not None:
        if not can(user, "purut.register"):
            raise PermissionDenied("purut.register")
        return services.PatientWanted(**wanted.patient.dict())
    chosen = wanted.person_id or user.person_id
    if chosen is None:
        raise Refused("pasien-wajib", "Isi patient atau person_id", status=422, field="patient")
    if chosen not in register.household_ids(user.person_id) and not can(user, "purut.register"):
        raise NotFound
    return chosen


def scope_for(user: User, patient: services.PatientWanted | UUID) -> AbstractContextManager[Any]:
    """The scope in which the register is asked for a resident; the data of a patient typed in ask it nothing."""
    return scoped(register.scope_for(user, "purut.registration")) if isinstance(patient, UUID) else nullcontext()


def mine(request: HttpRequest, code: str) -> Antrean:
    """The registration, if the caller booked it, is its patient or kin, or works the queue. Else NotFound."""
    user = cast(User, request.user)
    found = queries.by_code(plain(code))
    staff = can(user, "purut.queue")
    if (
        not staff
        and found.booked_by != user.pk
        and found.patient.person_id not in register.household_ids(user.person_id)
    ):
        raise NotFound
    if staff:
        record_read(found.patient.person_id, "purut.antrean.read", purpose="purut.care", fields=["state"],
                    object_type="antrean", object_id=found.code)  # fmt: skip
    return found


def plain(text: str) -> str:
    """PostgreSQL knows no NUL in texts."""
    return text[:40]


def shown(one: Antrean, *, ahead: bool = True) -> AntreanShown:
    """The registration as the API shows it. `ahead` false: all numbers before it are taken to wait, uncounted."""
    window = queries.window_of(one)
    waiting = queries.ahead_of(one) if ahead and one.state != State.DONE else one.number - 1
    return AntreanShown(
        code=one.code, number=one.number, label=queries.label_of(one), state=str(one.state), poli=one.poli_id,
        sesi_id=one.sesi_id, date=one.date, payer=one.payer, window_begins=window.begins, window_ends=window.ends,
        ahead=waiting, room=one.room,
    )  # fmt: skip
