"""What the operations of `/api/v1/purut/` share: who is registered, whose registration it is, how one looks."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from pasti.civil import queries as register
from pasti.kernel.accounts.access import can
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.audit.services import record_read
from pasti.kernel.errors import NotFound, Refused
from pasti.purut import queries, services
from pasti.purut.api.v1_shapes import AntreanShown, Kind, PlaceWanted
from pasti.purut.models import Antrean
from pasti.purut.queries import day as day_queries
from pasti.purut.queries import line
from pasti.purut.rules.states import AT_PHARMACY, State

AFTER_THE_DOCTOR = AT_PHARMACY | {State.DONE}


def patient_of(user: User, wanted: PlaceWanted) -> services.PatientWanted | UUID:
    """Whom the caller may register: the own household, or with `purut.register` anybody. Else NotFound."""
    if wanted.patient is not None:
        if not can(user, "purut.register"):
            raise PermissionDenied("purut.register")
        return services.PatientWanted(**wanted.patient.dict())
    chosen = wanted.person_id or user.person_id
    if chosen is None:
        raise Refused("pasien-wajib", "Isi patient atau person_id", status=422, field="patient")
    if chosen not in queries.own_people(user) and not can(user, "purut.register"):
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
    if not staff and found.booked_by != user.pk and found.patient.person_id not in queries.own_people(user):
        raise NotFound
    if staff:
        record_read(found.patient.person_id, "purut.antrean.read", purpose="purut.care", fields=["state"],
                    object_type="antrean", object_id=found.code)  # fmt: skip
    else:
        queries.record_kin(user, [found])
    return found


def plain(text: str) -> str:
    """PostgreSQL knows no NUL in texts."""
    return text[:40]


def shown(one: Antrean, *, ahead: bool = True) -> AntreanShown:
    """The registration as the API shows it. `ahead` false, for one made just now: those before it by number."""
    window = queries.window_of(one)
    waiting = queries.ahead_of(one) if ahead else line.booked_before(one)
    return AntreanShown(
        code=one.code, number=one.number, label=queries.label_of(one), state=str(one.state), poli=one.poli_id,
        sesi_id=one.sesi_id, date=one.date, payer=one.payer, window_begins=window.begins, window_ends=window.ends,
        ahead=waiting, room=one.room, resep=_resep(one),
    )  # fmt: skip


def _resep(one: Antrean) -> Kind:
    """Only who has been seen can have one, so nothing is asked of the others."""
    return cast(Kind, day_queries.resep_of(one)) if one.state in AFTER_THE_DOCTOR else ""
