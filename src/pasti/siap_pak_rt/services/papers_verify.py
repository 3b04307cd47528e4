"""Checking a paper: by its code, by its file, by what only the person and those it was given to know.

Whoever checks needs no account. Every check is kept where the person it is about sees it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.audit.services import record_read
from pasti.kernel.clock import now
from pasti.siap_pak_rt.models import Paper, PaperCheck
from pasti.siap_pak_rt.queries.papers import KnownPaper, known
from pasti.siap_pak_rt.services import papers_files as files
from pasti.siap_pak_rt.services.papers_sign import SignatureCheck, check

log = logging.getLogger(__name__)
PURPOSE = "siap_pak_rt.verifikasi"
LARGEST = 10 * 1024 * 1024  # bytes of a file that is compared
WRONG_TRIES, WINDOW = 5, dt.timedelta(hours=1)
Means, Outcome = PaperCheck.Means, PaperCheck.Outcome

SAME, EXTENDED, DIFFERENT, NOT_PDF, TOO_LARGE, EMPTY = "same", "extended", "different", "not_pdf", "too_large", "empty"


@dataclass(frozen=True)
class Checked:
    """What a check found: the paper, the verdict, and the whole content when it was proved."""

    paper: KnownPaper | None
    verdict: str
    content: dict[str, Any] | None = None
    signature: SignatureCheck | None = None


def look_up(code: str) -> KnownPaper | None:
    """What anyone may know by the code; recorded for the person. None when there is no such paper."""
    paper = known(code=code)
    if paper is not None:
        with transaction.atomic(), scoped(_of(paper)):
            _keep(paper, Means.CODE, Outcome.SHOWN, "", "siap_pak_rt.paper.looked_up")
    return paper


def compare_file(chunks: Iterable[bytes], code: str = "") -> Checked:
    """Whether the file is, byte for byte, the paper with `code`, or without one any paper of the city.

    Nothing of a stranger's file is opened: it is hashed, and compared with ours. Only our own is read as a PDF.
    """
    received = _received(chunks)
    if isinstance(received, str):
        return _not_proved(known(code=code), received)
    digest, content = received
    paper = known(code=code) if code else known(sha256=digest)
    if paper is None or paper.state == Paper.State.WAITING:
        return Checked(paper, DIFFERENT)
    with transaction.atomic(), scoped(_of(paper)):
        kept = Paper.objects.get(pk=paper.id)
        if not hmac.compare_digest(kept.sha256, digest):
            return _not_proved(paper, _how_different(kept, content))
        signature = check(content) if kept.signature != Paper.Signature.NONE else None
        if signature is not None and not signature.good:
            log.error("the stored file of paper %s has a signature that does not hold", kept.pk)
            return _not_proved(paper, DIFFERENT)
        _keep(paper, Means.FILE, Outcome.SHOWN, SAME, "siap_pak_rt.paper.proved")
        return Checked(paper, SAME, kept.content, signature)


def compare_facts(code: str, nik_end: str, born: dt.date) -> Checked:
    """Whether the last four digits of the NIK and the birth date are those of the person on the paper.

    After five wrong tries within an hour nothing is compared any more, right or wrong, until the hour has passed.
    """
    paper = known(code=code)
    if paper is None or paper.state == Paper.State.WAITING:
        return Checked(paper, DIFFERENT)
    with transaction.atomic(), scoped(_of(paper)):
        _one_at_a_time(paper)
        if _wrong_tries(paper) >= WRONG_TRIES:
            _keep(paper, Means.FACTS, Outcome.LIMITED, "", "siap_pak_rt.paper.not_proved")
            return Checked(paper, "limited")
        kept = Paper.objects.get(pk=paper.id)
        asked = kept.content["asked"]
        right = hmac.compare_digest(f"{asked['nik']}|{asked['born']}".encode(), f"{nik_end}|{born}".encode())
        if not (right and asked["nik"]):
            _keep(paper, Means.FACTS, Outcome.REFUSED, "", "siap_pak_rt.paper.not_proved")
            return Checked(paper, DIFFERENT)
        _keep(paper, Means.FACTS, Outcome.SHOWN, SAME, "siap_pak_rt.paper.proved")
        return Checked(paper, SAME, kept.content)


def _received(chunks: Iterable[bytes]) -> tuple[str, bytes] | str:
    """SHA-256 and bytes of the file, or why it cannot be one of ours; reading stops at the first byte too many."""
    parts, size = [], 0
    for chunk in chunks:
        size += len(chunk)
        if size > LARGEST:
            return TOO_LARGE
        parts.append(chunk)
    content = b"".join(parts)
    if not content:
        return EMPTY
    return (hashlib.sha256(content).hexdigest(), content) if content.startswith(b"%PDF-") else NOT_PDF


def _how_different(paper: Paper, content: bytes) -> str:
    return EXTENDED if content.startswith(files.content_of(paper.pk, paper.sha256)) else DIFFERENT


def _not_proved(paper: KnownPaper | None, verdict: str) -> Checked:
    if paper is not None:
        with transaction.atomic(), scoped(_of(paper)):
            _keep(paper, Means.FILE, Outcome.REFUSED, verdict, "siap_pak_rt.paper.not_proved")
    return Checked(paper, verdict)


def _of(paper: KnownPaper) -> Scope:
    """A stranger's scope: this one person's papers, for the length of one comparison."""
    return Scope.of_person(paper.subject_id, PURPOSE)


def _one_at_a_time(paper: KnownPaper) -> None:
    """Tries on one paper wait for each other, or many at once would all find the count below the limit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"siap_pak_rt.paper:{paper.id}"])


def _wrong_tries(paper: KnownPaper) -> int:
    recent = PaperCheck.objects.filter(paper_id=paper.id, means=Means.FACTS, outcome=Outcome.REFUSED)
    return recent.filter(at__gt=now() - WINDOW).count()


def _keep(paper: KnownPaper, means: str, outcome: str, verdict: str, action: str) -> None:
    kept = Paper.objects.values_list("issuer_code", flat=True).get(pk=paper.id)
    PaperCheck.objects.create(paper_id=paper.id, issuer_code=kept, subject_id=paper.subject_id, at=now(), means=means,
                              outcome=outcome, verdict=verdict)  # fmt: skip
    record_read(paper.subject_id, action, purpose=PURPOSE, fields=(), object_type="paper", object_id=paper.id,
                object_label=str(paper))  # fmt: skip
