"""Letters: asking, deciding, taking back, revoking. Each is one transaction, safe to send twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from pasti.civil import queries as register
from pasti.kernel.accounts.access import can, require
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.clock import now
from pasti.kernel.errors import NotFound, Refused
from pasti.siap_pak_rt.models import Letter, LetterKind, LetterStep
from pasti.siap_pak_rt.queries import letters_access as access
from pasti.siap_pak_rt.queries.letters_words import what_happened
from pasti.siap_pak_rt.rules import letter_states as states
from pasti.siap_pak_rt.rules import letter_texts
from pasti.siap_pak_rt.rules.letter_states import LEVEL_OF, State, Verdict
from pasti.siap_pak_rt.services import attachments, papers
from pasti.siap_pak_rt.services.letters_issue import issued
from pasti.siap_pak_rt.services.letters_steps import begins, due_after, move, promised_day, stamp

LONGEST_REASON = 600
ALIVE = 1


@dataclass(frozen=True)
class LetterAsked:
    """What somebody asks for: the kind, for whom, what was typed, the proofs attached before."""

    kind: str
    subject_id: UUID
    fields: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[UUID, ...] = ()
    channel: str = "web"


def request_letter(asked: LetterAsked, *, client_id: str | None = None) -> Letter:
    """Ask for a letter for oneself, for one's family, or, as RT head or kelurahan, for a resident at the counter.

    The same `client_id` of the same person brings the same letter. Raises NotFound outside the scope, Refused
    `isian-tidak-sah` at the first wrong field, `lampiran-wajib`, `lampiran-tidak-tersedia`, `bukan-warga-hidup`.
    """
    user = access.acting_user()
    with scoped(access.scope_for(user)):
        try:
            with transaction.atomic():
                return _asked_before(user, client_id) or _ask(user, asked, client_id)
        except IntegrityError:  # the same sent twice at the same moment: the other one was first
            known = _asked_before(user, client_id)
            if known is None:
                raise
            return known


def decide(
    letter_id: UUID, verdict: str, *, reason: str = "", seen_version: int, client_id: str | None = None
) -> Letter:
    """Approve, refuse or ask to meet, as whoever holds the letter now. The last approval numbers and issues it.

    One act per version: who saw an older one gets Refused `sudah-diputus` (409) with what happened meanwhile; the same
    `client_id` of the same person gets the same answer. Raises NotFound outside the scope, Refused `bukan-giliran`,
    `surat-sendiri`, `alasan-kosong`, `putusan-tidak-sah`; PermissionDenied without the right.
    """
    user = access.acting_user()
    require(user, access.DECIDE)
    with scoped(access.scope_for(user)), transaction.atomic():
        letter = _locked(letter_id)
        if client_id and LetterStep.objects.filter(actor_id=user.pk, client_id=client_id, letter=letter).exists():
            return letter
        if letter.version != seen_version:
            raise _moved_on(letter)
        by = _authority(user, letter)
        said, then = _verdict(letter, verdict, reason)
        level = LEVEL_OF[State(letter.state)]
        changes = issued(letter, level, by) if then is State.ISSUED else {}
        if not move(letter, then, said, level=level, by=by, reason=reason.strip(), client_id=client_id, **changes):
            raise _moved_on(letter)
        return letter


def cancel(letter_id: UUID, *, reason: str = "") -> Letter:
    """Take a letter back, while it is not issued. Twice is once. Raises NotFound, Refused `tidak-bisa-dibatalkan`."""
    user = access.acting_user()
    with scoped(access.scope_for(user)), transaction.atomic():
        letter = _locked(letter_id)
        if letter.asked_by != user.pk and not access.is_own(user, letter):
            raise NotFound
        if letter.state == State.CANCELLED:
            return letter
        if not states.can_cancel(State(letter.state)):
            raise Refused("tidak-bisa-dibatalkan", what_happened(letter))
        move(letter, State.CANCELLED, "cancel", reason=reason.strip()[:LONGEST_REASON])
        return letter


def revoke(letter_id: UUID, reason: str) -> Letter:
    """Withdraw an issued letter, with its paper. Twice is once. For the kelurahan of its area.

    Raises NotFound, Refused `alasan-kosong`, `belum-terbit`.
    """
    user = access.acting_user()
    require(user, access.REVOKE)
    with scoped(access.scope_for(user)), transaction.atomic():
        letter = _locked(letter_id)
        if letter.state == State.REVOKED:
            return letter
        if not any(covers(Scope((one.area,)), letter.rt_code) for one in access.authorities(user)):
            raise NotFound
        if letter.state != State.ISSUED:
            raise Refused("belum-terbit", _("Hanya surat yang sudah terbit dapat dicabut"))
        _need_reason(reason)
        if letter.paper_id:
            papers.revoke(letter.paper_id, reason.strip())
        move(letter, State.REVOKED, "revoke", reason=reason.strip())
        return letter


def _asked_before(user: User, client_id: str | None) -> Letter | None:
    if not client_id:
        return None
    return Letter.objects.select_related("kind").filter(asked_by=user.pk, client_id=client_id).first()


def _ask(user: User, asked: LetterAsked, client_id: str | None) -> Letter:
    kind = LetterKind.objects.filter(pk=asked.kind, offered=True).first()
    if kind is None:
        raise NotFound
    person = register.person(asked.subject_id, purpose=access.PURPOSE)
    at_counter = _may_ask(user, person)
    if person.status_dasar != ALIVE:
        raise Refused("bukan-warga-hidup", _("Orang ini tidak lagi tercatat tinggal di kota ini"), field="subject_id")
    values = _judged(kind, asked.fields)
    if kind.proofs == "required" and not asked.attachments and not at_counter:
        raise Refused("lampiran-wajib", _("Lampirkan foto atau PDF buktinya"), field="attachments", status=422)
    letter = _new(user, kind, person, values, "counter" if at_counter else asked.channel, client_id)
    if asked.attachments:
        attachments.claim(asked.attachments, to=f"letter:{letter.pk}", owner=user)
    stamp(letter, "ask", client_id=client_id and f"ask:{client_id}", started=letter.step_started_at,
          due=letter.step_due_at)  # fmt: skip
    return letter


def _new(
    user: User, kind: LetterKind, person: Any, values: dict[str, str], channel: str, client_id: str | None
) -> Letter:
    moment = now()
    return Letter.objects.create(
        kind=kind, subject_id=person.pk, subject_name=person.name, rt_code=person.rt_code, asked_by=user.pk,
        asked_by_name=user.name, channel=channel, client_id=client_id, fields=values, route=kind.route, days=kind.days,
        state=states.first(kind.route), promised_on=promised_day(sum(kind.days)), promised_until=due_after(sum(kind.days)),
        occurred_at=moment, recorded_at=moment, **begins(kind.route[0], kind.days[0], person.rt_code, person.pk),
    )  # fmt: skip


def _may_ask(user: User, person: Any) -> bool:
    """Whether it is asked at the counter, by an official for a resident. Raises NotFound for who may not ask at all."""
    if person.pk in access.own_people(user):
        require(user, access.ASK)
        return False
    if can(user, access.ASK_FOR) and covers(access.scope_for(user), person.rt_code):
        return True
    raise NotFound


def _judged(kind: LetterKind, given: Mapping[str, Any]) -> dict[str, str]:
    wanted = [
        letter_texts.Field(f["name"], f["kind"], f["required"], tuple(c["value"] for c in f["choices"]))
        for f in kind.fields
    ]
    kept, faults = letter_texts.judge(wanted, given)
    if faults:
        words = {name: _(FAULT_WORDS[fault]) for name, fault in faults.items()}
        first = next(iter(words))
        raise Refused("isian-tidak-sah", words[first], status=422, field=first, faults=words)
    return kept


FAULT_WORDS = {
    "required": gettext_noop("Wajib diisi"),
    "long": gettext_noop("Terlalu panjang"),
    "date": gettext_noop("Isi tanggal, misalnya 2026-11-24"),
    "number": gettext_noop("Isi angka saja, tanpa titik"),
    "choice": gettext_noop("Pilih salah satu"),
    "unknown": gettext_noop("Isian tidak dikenal"),
}


def _locked(letter_id: UUID) -> Letter:
    found = Letter.objects.select_for_update(of=("self",)).select_related("kind").filter(pk=letter_id).first()
    if found is None:
        raise NotFound
    return found


def _authority(user: User, letter: Letter) -> access.Authority:
    held = access.authorities(user)
    by = access.acting_on(letter, held)
    if by is None:
        text = (
            what_happened(letter)
            if State(letter.state) not in states.OPEN
            else _("Surat ini sedang di tangan petugas lain")
        )
        raise Refused("bukan-giliran", text, state=letter.state)
    if access.is_own(user, letter):
        text = _("Surat untuk Anda atau keluarga Anda diputus oleh wakil Anda atau tingkat di atasnya")
        raise Refused("surat-sendiri", text)
    return by


def _verdict(letter: Letter, verdict: str, reason: str) -> tuple[Verdict, State]:
    try:
        said = Verdict(verdict)
        then = states.after(State(letter.state), said, letter.route)
    except ValueError:
        raise Refused(
            "putusan-tidak-sah", _("Pilih setujui, tatap muka, atau tolak"), status=422, field="verdict"
        ) from None
    if said in states.NEEDS_REASON:
        _need_reason(reason)
    return said, then


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(
            "alasan-kosong", _("Tulis alasannya supaya warga tahu apa yang harus dilakukan"), status=422, field="reason"
        )
    if len(reason.strip()) > LONGEST_REASON:
        raise Refused("alasan-panjang", _("Alasan paling panjang 600 huruf"), status=422, field="reason")


def _moved_on(letter: Letter) -> Refused:
    return Refused("sudah-diputus", what_happened(letter), status=409, state=letter.state, version=letter.version)
