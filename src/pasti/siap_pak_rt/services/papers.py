"""Papers from the issuing act to the signed file, and their revocation."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import secrets
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from pasti.civil import queries as register
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.notify.services import send
from pasti.kernel.outbox.services import emit
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt import events
from pasti.siap_pak_rt.models import Paper
from pasti.siap_pak_rt.rules import papers as rules
from pasti.siap_pak_rt.services import papers_files as files
from pasti.siap_pak_rt.services.papers_render import render
from pasti.siap_pak_rt.services.papers_sign import Consent, SigningFailed, sign

log = logging.getLogger(__name__)
PURPOSE = "siap_pak_rt.surat"
LONGEST_REASON = 500


@dataclass(frozen=True)
class PaperContent:
    """What a paper says. `issuer_code` is the place of the issuing unit, by which officials may see the paper."""

    kind: str
    title: str
    number: str
    issuer: str
    issuer_code: str
    issued_on: dt.date
    subject_id: UUID
    person_lines: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]
    signer_name: str
    signer_title: str
    signer_id: UUID


def prepare(content: PaperContent) -> Paper:
    """Issue the paper in the caller's transaction and scope; its file follows by job once that commits.

    Raises NotFound when the subject is outside the scope.
    """
    subject = register.person(content.subject_id, purpose=PURPOSE)
    paper = Paper(
        code=rules.code_from([secrets.randbelow(len(rules.ALPHABET)) for _at in range(rules.LENGTH)]),
        kind=content.kind, title=content.title, number=content.number, issuer=content.issuer,
        issuer_code=content.issuer_code, issued_on=content.issued_on, subject_id=subject.pk, signer_id=content.signer_id,
        masked_name=register.masked_name(subject.pk), created_at=now(),
        content={
            "letterhead": _letterhead(content), "town": settings.PASTI_CITY.get("short_name", ""),
            "person_lines": [list(line) for line in content.person_lines], "paragraphs": list(content.paragraphs),
            "signer_name": content.signer_name, "signer_title": content.signer_title,
            "asked": {"nik": (subject.nik or "")[-4:], "born": subject.birth_date.isoformat()},
        },
    )  # fmt: skip
    with transaction.atomic():
        paper.save(force_insert=True)
        _record("siap_pak_rt.paper.issued", paper)
        from pasti.siap_pak_rt.jobs.papers import queue

        queue(paper)
    return paper


def produce(paper_id: UUID, consent: Consent | None = None) -> Paper:
    """Render, sign and keep the file, once: called again, at the same time, or after a kill it gives the same paper.

    With BSrE the signer's `consent` comes with the act. Raises NotFound outside the scope and SigningFailed when
    the signature cannot be made now; the paper then stays `waiting` and says why.
    """
    paper = _found(paper_id)
    if paper.state != Paper.State.WAITING:
        return paper
    driver = str(settings.PASTI_SIGNATURE)
    try:
        content = sign(render(paper, driver), paper, driver, consent)
    except SigningFailed as failure:
        waiting = Paper.objects.filter(pk=paper_id, state=Paper.State.WAITING)
        waiting.update(problem=failure.words[:300], attempts=F("attempts") + 1)
        raise
    return _keep(paper, driver, content)


def revoke(paper_id: UUID, reason: str, ended: str = Paper.Ended.OTHER) -> Paper:
    """The paper no longer holds, from this moment: whoever checks it is told so. Revoking again changes nothing.

    `reason` is for the person and the unit, `ended` (a word of `Paper.Ended`) for anyone. Raises NotFound outside the
    scope, Refused `alasan-kosong`.
    """
    said = reason.strip()[:LONGEST_REASON]
    if not said or ended not in Paper.Ended.values:
        raise Refused("alasan-kosong", _("Tulis alasan pencabutan"), status=422, field="reason")
    with transaction.atomic():
        paper = _found(paper_id)
        standing = Paper.objects.filter(pk=paper_id).exclude(state=Paper.State.REVOKED)
        changed = standing.update(state=Paper.State.REVOKED, revoked_at=now(), revoke_reason=said, ended=ended)
        paper.refresh_from_db()
        if changed:
            _record("siap_pak_rt.paper.revoked", paper)
            _tell(paper, gettext_noop("Surat %(number)s dicabut"),
                  gettext_noop("%(title)s nomor %(number)s tidak berlaku lagi. Alasan: %(reason)s"))  # fmt: skip
            emit(events.PaperRevoked(paper.pk, paper.subject_id, paper.kind, paper.number),
                 aggregate=f"siap_pak_rt.paper:{paper.pk}")  # fmt: skip
    return paper


def _keep(paper: Paper, driver: str, content: bytes) -> Paper:
    """The row first, under its lock, then the rename, then the commit: whoever loses finds the row changed."""
    partial = files.write_beside(paper.pk, content)
    try:
        with transaction.atomic():
            won = Paper.objects.filter(pk=paper.pk, state=Paper.State.WAITING).update(
                state=Paper.State.VALID, signature=driver, certified=driver == Paper.Signature.BSRE, problem="",
                sha256=hashlib.sha256(content).hexdigest(), size=len(content), ready_at=now(),
            )  # fmt: skip
            paper.refresh_from_db()
            if won:
                files.put(partial, paper.pk)
                _record("siap_pak_rt.paper.signed", paper)
                emit(events.PaperReady(paper.pk, paper.subject_id, paper.kind, paper.number, paper.certified),
                     aggregate=f"siap_pak_rt.paper:{paper.pk}")  # fmt: skip
    finally:
        partial.unlink(missing_ok=True)
    return paper


def _found(paper_id: UUID) -> Paper:
    paper = Paper.objects.filter(pk=paper_id).first()
    if paper is None:
        raise NotFound
    return paper


def _letterhead(content: PaperContent) -> list[str]:
    """The city, the kecamatan around the unit, and the unit, from the outside in."""
    around = [one.name for one in places.ancestors(content.issuer_code) if one.level == "kecamatan"]
    city = settings.PASTI_CITY.get("name", "")
    return [f"PEMERINTAH {city}".upper(), *(f"KECAMATAN {name}".upper() for name in around), content.issuer.upper()]


def _tell(paper: Paper, title: str, body: str) -> None:
    """A message to the person, if the person has an account, in the language chosen there."""
    user = User.objects.filter(person_id=paper.subject_id, is_active=True).first()
    facts = {"title": paper.title, "number": paper.number, "reason": paper.revoke_reason}
    if user is not None:
        with override(user.language):
            send(user.pk, kind="siap_pak_rt", title=_(title) % facts, body=_(body) % facts,
                 url=f"/siap-pak-rt/kertas/{paper.pk}/rincian/", dedupe_key=f"paper:{paper.pk}:{paper.state}")  # fmt: skip


def _record(action: str, paper: Paper) -> None:
    record_change(paper.subject_id, action, purpose=PURPOSE, object_type="paper", object_id=paper.pk,
                  object_label=str(paper))  # fmt: skip
