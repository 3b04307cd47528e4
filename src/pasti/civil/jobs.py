"""The register's background work."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app

from pasti.civil.services import imports
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
