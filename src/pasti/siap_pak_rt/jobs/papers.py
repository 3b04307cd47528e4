"""Making the files of papers."""

from __future__ import annotations

import logging
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from pasti.kernel.accounts.scope import Scope, scoped
from pasti.siap_pak_rt.models import Paper
from pasti.siap_pak_rt.services import papers
from pasti.siap_pak_rt.services.papers_sign import SigningFailed

log = logging.getLogger(__name__)
# Half a minute, then a minute longer each time: for about two weeks.
RETRY = RetryStrategy(max_attempts=200, wait=30, linear_wait=60, retry_exceptions={SigningFailed, OSError})


@app.task(name="siap_pak_rt.produce_paper", queue="upkeep", pass_context=False, retry=RETRY)
def produce(paper_id: str, area: str) -> str:
    """Make one paper's file. Doing it twice does it once; a signer's passphrase is waited for, not retried."""
    with scoped(Scope((area,), (), papers.PURPOSE)):
        try:
            return str(papers.produce(UUID(paper_id)).state)
        except SigningFailed as failure:
            if failure.again:
                raise
            return failure.words


def queue(paper: Paper) -> None:
    """Put the job into the caller's transaction: it exists exactly if the paper does."""
    produce.configure(lock=f"siap_pak_rt.paper:{paper.pk}").defer(paper_id=str(paper.pk), area=paper.issuer_code)
