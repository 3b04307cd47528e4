"""What happens to a report: the RT sends it, the kelurahan confirms it or sends it back, the RT mends it.

Each act is one transaction within a scope, safe to repeat, and leaves a step that stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from pasti.civil import services as civil
from pasti.civil.queries import families
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, current_scope, scoped
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now, today
from pasti.kernel.context import current_actor
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.outbox.services import emit
from pasti.siap_pak_rt import events
from pasti.siap_pak_rt.models import Laporan, LaporanStep
from pasti.siap_pak_rt.rules import laporan as rules
from pasti.siap_pak_rt.services import attachments
from pasti.siap_pak_rt.services.desk_checks import check_whole, faults_of, person_for, refuse_faults
from pasti.siap_pak_rt.services.desk_register import PURPOSE, enter

State = Laporan.State


@dataclass(frozen=True)
class ReportAsked:
    """What the RT tells: what happened to whom and when. `told` has the parts of its kind as plain values (dates as
    ISO text, codes of the official lists); `proofs` are attachments; `sure`: what looks odd has been seen."""

    kind: str
    rt_code: str
    occurred_on: dt.date
    person_id: UUID | None = None
    family_id: UUID | None = None
    told: dict[str, Any] = field(default_factory=dict)
    proofs: tuple[UUID, ...] = ()
    sure: bool = False
    tamu_id: UUID | None = None


@transaction.atomic
def submit(asked: ReportAsked, *, client_id: str | None = None) -> Laporan:
    """Send a report to the kelurahan, once per `client_id` of the reporter: a repeat gets the first one.

    Raises NotFound outside the scope; Refused `belum-lengkap`, `isian-tidak-sah`, `tidak-mungkin` at the field,
    `perlu-dilihat` (with `warnings`) for what looks odd until `sure`, `sudah-dilaporkan` while the same waits.
    """
    actor = current_actor()
    already = _sent_before(actor.user_id, client_id)
    if already is not None:
        return already
    if not covers(current_scope(), asked.rt_code):
        raise NotFound
    facts = _checked(asked)
    laporan = Laporan(
        kind=asked.kind, rt_code=asked.rt_code, tamu_id=asked.tamu_id, reporter_id=actor.user_id,
        reporter_name=actor.name, client_id=client_id, recorded_at=now(), sent_on=today(), sent_at=now(), **facts,
    )  # fmt: skip
    _save_new(laporan)
    _claim(asked.proofs, laporan)
    _step(laporan, "submitted")
    return laporan


@transaction.atomic
def mend(laporan_id: UUID, asked: ReportAsked, *, seen_version: int) -> Laporan:
    """Send a report again, corrected: one that came back, or one nobody has looked at yet.

    Raises as `submit`, Refused `sudah-diputus` when it was decided or sent again meanwhile.
    """
    laporan = _locked(laporan_id)
    if laporan.state not in (State.SUBMITTED, State.RETURNED) or laporan.version != seen_version:
        raise _moved_on(laporan)
    for name, value in _checked(asked).items():
        setattr(laporan, name, value)
    laporan.state, laporan.reason, laporan.sent_at = State.SUBMITTED, "", now()
    laporan.version += 1
    laporan.save()
    _claim(asked.proofs, laporan)
    _step(laporan, "resent")
    return laporan


@transaction.atomic
def confirm(laporan_id: UUID, *, seen_version: int | None = None) -> Laporan:
    """Enter a report into the register, in this transaction: the numbers change with it. Twice by one is once.

    Raises NotFound, Refused `sudah-diputus` when another decided, and what the register refuses.
    """
    laporan = _locked(laporan_id)
    if laporan.state == State.CONFIRMED and laporan.decided_by == current_actor().user_id:
        return laporan
    if laporan.state != State.SUBMITTED or seen_version not in (None, laporan.version):
        raise _moved_on(laporan)
    with _reaching(laporan.told.get("rt_code", "") if laporan.kind == "move_within" else ""):
        laporan.peristiwa = enter(laporan)
        _decide(laporan, State.CONFIRMED)
        if laporan.tamu_id:
            _settle(laporan)
    return laporan


@transaction.atomic
def send_back(laporan_id: UUID, reason: str, *, seen_version: int | None = None) -> Laporan:
    """Give a report back to the RT with what must be mended.

    Raises NotFound, Refused `alasan-kosong`, `sudah-diputus`.
    """
    laporan = _locked(laporan_id)
    if laporan.state == State.RETURNED and laporan.decided_by == current_actor().user_id:
        return laporan
    if laporan.state != State.SUBMITTED or seen_version not in (None, laporan.version):
        raise _moved_on(laporan)
    _decide(laporan, State.RETURNED, _reason(reason, _("Tulis apa yang perlu diperbaiki")))
    return laporan


@transaction.atomic
def withdraw(laporan_id: UUID, reason: str = "") -> Laporan:
    """Take a report back before it is confirmed. Twice is once. Raises NotFound, Refused `sudah-diputus`."""
    laporan = _locked(laporan_id)
    if laporan.state == State.WITHDRAWN:
        return laporan
    if laporan.state not in (State.SUBMITTED, State.RETURNED):
        raise _moved_on(laporan)
    laporan.state, laporan.reason = State.WITHDRAWN, reason.strip()[:300]
    laporan.save(update_fields=["state", "reason"])
    _step(laporan, "withdrawn")
    return laporan


@transaction.atomic
def reverse(laporan_id: UUID, reason: str) -> Laporan:
    """A confirmed report was wrong: the register is as before, and both stay to be seen.

    Raises NotFound, Refused `alasan-kosong`, `sudah-diputus`, `sudah-berubah`.
    """
    laporan = _locked(laporan_id)
    if laporan.state == State.REVERSED:
        return laporan
    if laporan.state != State.CONFIRMED or laporan.peristiwa_id is None:
        raise _moved_on(laporan)
    why = _reason(reason, _("Tulis mengapa laporan ini keliru"))
    with _reaching(laporan.told.get("rt_code", "") if laporan.kind == "move_within" else ""):
        civil.reverse(laporan.peristiwa_id, why, civil.Report(today(), PURPOSE, f"batal:{laporan.pk}"))
    _decide(laporan, State.REVERSED, why)
    return laporan


def _checked(asked: ReportAsked) -> dict[str, Any]:
    """The columns a report is made of, after every question has been asked."""
    check_whole(asked.kind, asked.told)
    person = person_for(asked.kind, asked.person_id)
    refuse_faults(faults_of(asked.kind, asked.occurred_on, person, asked.told), sure=asked.sure)
    family_id = asked.family_id or (families.card_of(person.pk) if person else None)
    if asked.kind in rules.ABOUT_A_FAMILY:
        members = families.members_of(family_id) if family_id else []
        if not members:
            raise NotFound
        if asked.kind == "move_out" and not set(asked.told["people"]) <= {str(one) for one in members}:
            raise Refused("isian-tidak-sah", _("Pilih anggota keluarga ini"), status=422, field="people")
    return {"person_id": _first(asked, person), "family_id": family_id, "occurred_on": asked.occurred_on,
            "told": asked.told, "sure": asked.sure}  # fmt: skip


def _first(asked: ReportAsked, person: families.Person | None) -> UUID | None:
    if person is not None:
        return person.pk
    if asked.kind == "move_out":
        return UUID(asked.told["people"][0])
    if asked.kind == "move_within" and asked.family_id:
        return families.members_of(asked.family_id)[0]
    return None


def _sent_before(reporter: UUID | None, client_id: str | None) -> Laporan | None:
    """The report with this number; two at once wait for each other here."""
    if not client_id:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 22))", [f"{reporter}:{client_id}"])
    return Laporan.objects.filter(reporter_id=reporter, client_id=client_id).first()


def _save_new(laporan: Laporan) -> None:
    try:
        with transaction.atomic():
            laporan.save(force_insert=True)
    except IntegrityError as error:
        if "laporan_one_open" not in str(error):
            raise
        raise Refused("sudah-dilaporkan", _("Peristiwa ini sudah dilaporkan dan menunggu kelurahan")) from error


def _locked(laporan_id: UUID) -> Laporan:
    found = Laporan.objects.select_for_update().filter(pk=laporan_id).first()
    if found is None or not covers(current_scope(), found.rt_code):
        raise NotFound
    return found


def _decide(laporan: Laporan, state: str, reason: str = "") -> None:
    actor = current_actor()
    laporan.state, laporan.reason, laporan.decided_at = state, reason, now()
    laporan.decided_by, laporan.decided_name = actor.user_id, actor.name
    laporan.save()
    _step(laporan, state)
    emit(events.LaporanDecided(laporan.pk, laporan.kind, state, laporan.reporter_id, laporan.rt_code, laporan.version),
         aggregate=f"siap_pak_rt.laporan:{laporan.pk}")  # fmt: skip


def _settle(laporan: Laporan) -> None:
    """The guest this report is about lives here now."""
    from pasti.siap_pak_rt.services.desk_stays import became_resident

    assert laporan.tamu_id is not None
    became_resident(laporan.tamu_id)


@contextmanager
def _reaching(place: str) -> Iterator[None]:
    """Within the scope and the one RT a family moves to, which may lie in another kelurahan."""
    scope = current_scope()
    if not place or scope is None or covers(scope, place):
        yield
        return
    with scoped(Scope((*scope.areas, place), scope.people, scope.purpose)):
        yield


def _claim(proofs: tuple[UUID, ...], laporan: Laporan) -> None:
    reporter = current_actor().user_id
    if proofs and reporter is not None:
        attachments.claim(
            list(proofs), to=f"laporan:{laporan.pk}", owner=User.objects.get(pk=reporter), subject_id=laporan.person_id
        )


def _step(laporan: Laporan, step: str) -> None:
    actor = current_actor()
    LaporanStep.objects.create(
        laporan=laporan, step=step, told=laporan.told, reason=laporan.reason, at=now(), actor_id=actor.user_id,
        actor_name=actor.name, actor_role=actor.role, actor_unit=actor.unit, rt_code=laporan.rt_code,
    )  # fmt: skip
    record_change(
        laporan.person_id, f"siap_pak_rt.laporan.{step}", purpose=PURPOSE, object_type="laporan", object_id=laporan.pk,
        object_label=str(laporan), fields=[laporan.kind],
    )  # fmt: skip


def _reason(text: str, missing: str) -> str:
    if not text.strip():
        raise Refused("alasan-kosong", missing, field="reason", status=422)
    return text.strip()[:300]


def _moved_on(laporan: Laporan) -> Refused:
    who = laporan.decided_name or laporan.reporter_name
    return Refused("sudah-diputus", _("Laporan ini sudah berubah; terakhir oleh %(who)s") % {"who": who})
