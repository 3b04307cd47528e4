"""Keeping proofs and uploads no longer than they are needed."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from pasti.kernel.accounts.scope import everyone, scoped
from pasti.siap_pak_rt.services import attachments, uploads


@app.periodic(cron="35 * * * *")
@app.task(name="siap_pak_rt.let_go_of_proofs", queue="upkeep", queueing_lock="siap_pak_rt.let_go_of_proofs")
def let_go_of_proofs(timestamp: int) -> int:
    """Each hour: unclaimed proofs after seven days, abandoned uploads after two."""
    with scoped(everyone(settings.PASTI_CITY["code"], attachments.PURPOSE)):
        return uploads.expire() + attachments.remove_unclaimed()
