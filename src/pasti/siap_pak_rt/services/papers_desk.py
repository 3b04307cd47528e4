"""The unit's desk: certified signatures, each batch with a passphrase given for it alone; withdrawing a letter."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scope_of, scoped
from pasti.siap_pak_rt.models import Letter, Paper
from pasti.siap_pak_rt.queries.papers import unsigned
from pasti.siap_pak_rt.services import letters, papers
from pasti.siap_pak_rt.services.papers_sign import Consent, SigningFailed

AT_ONCE = 10  # papers in one act, so that it ends before the signer's patience does


@dataclass(frozen=True)
class Batch:
    """How many were signed, and what stopped it, with the field that was wrong."""

    signed: int
    problem: str = ""
    field: str = ""


def sign_waiting(signer: User, nik: str, passphrase: str) -> Batch:
    """Sign what waits for `signer`, the oldest first. Stops at the first failure: a wrong passphrase is tried once.

    Each paper is a transaction of its own; what was signed before a failure stays signed.
    """
    consent, signed = Consent(nik, passphrase), 0
    with scoped(scope_of(signer, papers.PURPOSE)):
        for paper in unsigned(signer)[:AT_ONCE]:
            try:
                signed += papers.produce(paper.pk, consent).state == Paper.State.VALID
            except SigningFailed as failure:
                words = failure.words
                if failure.again:
                    words = _("%(problem)s. Surat tetap menunggu; coba lagi nanti.") % {"problem": words}
                return Batch(signed, words, failure.field)
    return Batch(signed)


def withdraw(paper_id: UUID, reason: str, ended: str) -> Paper:
    """Revoke a paper and the letter it belongs to, in one transaction. Raises what either raises."""
    with transaction.atomic():
        paper = papers.revoke(paper_id, reason, ended)
        letter = Letter.objects.filter(paper_id=paper_id).first()
        if letter is not None:
            letters.revoke(letter.pk, reason)
        return paper
