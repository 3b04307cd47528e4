"""What a person asks of the own data, and how it is answered: copy, correction, restriction (UU 27/2022)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pasti.civil import queries as register
from pasti.civil import services as civil
from pasti.kernel import clock
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_change
from pasti.kernel.context import current_actor
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.notify.services import send
from pasti.kernel.publish.registry import registry
from pasti.siap_pak_rt.models import DataRequest
from pasti.siap_pak_rt.rules import rights as rules

PURPOSE = "siap_pak_rt.hak"
Kind, State = DataRequest.Kind, DataRequest.State


@dataclass(frozen=True)
class Copy:
    """Everything the platform holds about a person: (name of the part, its records), and when it was taken."""

    person_id: UUID
    taken_at: dt.datetime
    parts: list[tuple[str, str, list[dict[str, Any]]]]


@transaction.atomic
def take_copy(user: User) -> Copy:
    """A copy of all data about `user`'s person with the trail of processing, at once (article 32).

    It is entered as a request answered the same moment. Raises NotFound for a user who is nobody in the register.
    """
    person = register.person(_person_of(user), purpose=PURPOSE)
    moment = clock.now()
    DataRequest.objects.create(
        kind=Kind.COPY, person_id=person.pk, rt_code=person.rt_code, state=State.DONE, asked_by=user.pk,
        asked_at=moment, decided_at=moment, decided_name="PASTI", once=f"copy:{person.pk}:{moment.timestamp()}",
    )  # fmt: skip
    record_change(person.pk, "siap_pak_rt.copy.taken", purpose=PURPOSE, object_type="person", object_id=person.pk)
    parts = [(one.code, one.name_id, one.collect(person.pk)) for one in registry().subject_records]
    return Copy(person.pk, moment, parts)


def ask_correction(user: User, person_id: UUID, field: str, wanted: str, text: str, *, key: str) -> DataRequest:
    """Ask to have one field of a person of the own card put right (article 30). The same `key` is the same request.

    Raises NotFound, Refused `isian-tidak-dikenal`, `belum-berubah`.
    """
    person = register.person(person_id, purpose=PURPOSE)
    before = ""
    if field != rules.OTHER:
        if field not in rules.CORRECTABLE:
            raise Refused("isian-tidak-dikenal", _("Isian tidak dikenal"), status=422, field="field")
        before = str(getattr(person, field))
        if before == wanted:
            raise Refused("belum-berubah", _("Ini sama dengan yang tercatat"), status=422, field="wanted")
    return _ask(user, Kind.CORRECTION, person, key, field=field, before=before, wanted=wanted, text=text)


def ask_restriction(user: User, text: str, *, key: str) -> DataRequest:
    """Ask that nobody but the civil registry processes the own record (article 41). Raises Refused `sudah-diminta`."""
    person = register.person(_person_of(user), purpose=PURPOSE)
    if person.restricted_since is not None:
        raise Refused("sudah-dibatasi", _("Data Anda sudah dibatasi"))
    return _ask(user, Kind.RESTRICTION, person, key, text=text)


def ask_lifting(user: User, *, key: str) -> DataRequest:
    """Take the own restriction back. Raises Refused `tidak-dibatasi`, `sudah-diminta`."""
    person = register.person(_person_of(user), purpose=PURPOSE)
    if person.restricted_since is None:
        raise Refused("tidak-dibatasi", _("Data Anda tidak sedang dibatasi"))
    return _ask(user, Kind.LIFTING, person, key)


@transaction.atomic
def withdraw(request_id: UUID, user: User) -> DataRequest:
    """The asker no longer wants it. Twice is once. Raises NotFound, Refused `sudah-diputus`."""
    found = DataRequest.objects.filter(pk=request_id, asked_by=user.pk).first()
    if found is None:
        raise NotFound
    return _close(found, State.WITHDRAWN, "")


@transaction.atomic
def decide(request_id: UUID, *, grant: bool, answer: str) -> DataRequest:
    """Answer a request of the scope. Granting does it in the same transaction: the register is put right, or the record
    restricted. The asker is told.

    Raises NotFound, Refused `alasan-kosong`, `sudah-diputus`, `sudah-berubah` and what the register refuses.
    """
    found = DataRequest.objects.select_for_update().filter(pk=request_id).first()
    if found is None:
        raise NotFound
    if not grant and not answer.strip():
        raise Refused("alasan-kosong", _("Tulis alasannya"), status=422, field="answer")
    closed = _close(found, State.DONE if grant else State.REFUSED, answer.strip())
    if grant:
        _do(closed)
    _tell(closed)
    return closed


def _ask(user: User, kind: DataRequest.Kind, person: Any, key: str, **more: Any) -> DataRequest:
    once = f"{kind}:{user.pk}:{key[:60]}"
    try:
        with transaction.atomic():
            made = DataRequest.objects.create(
                kind=kind, person_id=person.pk, rt_code=person.rt_code, asked_by=user.pk, asked_at=clock.now(),
                once=once, **more,
            )  # fmt: skip
            record_change(
                person.pk, f"siap_pak_rt.{kind.value}.asked", purpose=PURPOSE, object_type="data_request",
                object_id=made.pk, changes={"field": more.get("field", "")},
            )  # fmt: skip
    except IntegrityError as error:
        known = DataRequest.objects.filter(once=once).first()
        if known is None:
            raise Refused("sudah-diminta", _("Permintaan seperti ini sedang menunggu jawaban")) from error
        return known
    return made


def _close(found: DataRequest, state: DataRequest.State, answer: str) -> DataRequest:
    """One conditional update: of two who decide at once the second is told so."""
    actor = current_actor()
    changed = DataRequest.objects.filter(pk=found.pk, state=State.OPEN).update(
        state=state, answer=answer, decided_by=actor.user_id, decided_name=actor.name, decided_at=clock.now()
    )
    found.refresh_from_db()
    if not changed and found.state != state:
        raise Refused("sudah-diputus", _("Permintaan ini sudah dijawab"))
    if changed:
        record_change(
            found.person_id, f"siap_pak_rt.request.{state.value}", purpose=PURPOSE, object_type="data_request",
            object_id=found.pk, changes={"kind": found.kind},
        )  # fmt: skip
    return found


def _do(request: DataRequest) -> None:
    if request.kind == Kind.RESTRICTION:
        civil.restrict(request.person_id, purpose=PURPOSE)
    elif request.kind == Kind.LIFTING:
        civil.lift_restriction(request.person_id, purpose=PURPOSE)
    elif request.field and request.field != rules.OTHER:
        person = register.person(request.person_id, purpose=PURPOSE)
        if str(getattr(person, request.field)) != request.before:
            raise Refused("sudah-berubah", _("Data ini sudah diubah sejak diminta: periksa lagi"))
        report = civil.Report(
            clock.today(), PURPOSE, client_id=f"hak:{request.pk}", details={"request": str(request.pk)}
        )
        civil.report_change(request.person_id, {request.field: _typed(request.field, request.wanted)}, report)


def _typed(field: str, text: str) -> Any:
    how = rules.CORRECTABLE[field]
    if how == "day":
        return dt.date.fromisoformat(text)
    return text if how == "text" else int(text)


def _tell(request: DataRequest) -> None:
    granted = request.state == State.DONE
    title = _("Permintaan %(what)s data Anda dikabulkan") if granted else _("Permintaan %(what)s data Anda ditolak")
    send(
        request.asked_by, kind="hak", title=title % {"what": _what(request.kind)}, url="/siap-pak-rt/hak-saya/",
        body=request.answer or _("Perubahan sudah berlaku."), dedupe_key=f"hak:{request.pk}:{request.state}",
    )  # fmt: skip


def _what(kind: str) -> str:
    return {"correction": _("perbaikan"), "restriction": _("pembatasan"), "lifting": _("pencabutan pembatasan")}[kind]


def _person_of(user: User) -> UUID:
    if user.person_id is None:
        raise NotFound
    return user.person_id
