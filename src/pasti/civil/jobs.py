"""The register's background work."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app

from pasti.civil.services import imports
from pasti.civil.services.statistics import refresh_tallies
from pasti.kernel.accounts.scope import Scope, scoped


@app.task(name="civil.import", queue="upkeep", pass_context=False)
def work_import(batch_id: str, area: str) -> str:
    """Read, commit or undo a batch, whichever it waits for. Doing it twice does it once."""
    with scoped(Scope((area,), (), imports.PURPOSE)):
        return imports.work(UUID(batch_id))


def start_import(batch_id: UUID, area: str) -> None:
    """Have a worker take the batch on when the current transaction commits."""
    transaction.on_commit(
        lambda: work_import.configure(lock=f"civil.import:{batch_id}").defer(batch_id=str(batch_id), area=area)
    )


@app.periodic(cron="* * * * *")
@app.task(name="civil.tallies", queue="upkeep", queueing_lock="civil.tallies")
def work_tallies(timestamp: int) -> int:
    """Each minute: count again where somebody changed; after midnight all, for everybody grew older."""
    return refresh_tallies()
