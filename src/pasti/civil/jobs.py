"""The register's background work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

from pasti.civil.services import duplicates, exports, imports
from pasti.civil.services.statistics import refresh_tallies
from pasti.kernel.accounts.scope import Scope, everyone, scoped
from pasti.kernel.outbox.models import StoredEvent
from pasti.kernel.outbox.waking import wake_after_commit
from pasti.kernel.places import queries as places


@app.task(name="civil.import", queue="upkeep", pass_context=False)
def work_import(batch_id: str, area: str) -> str:
    """Read, commit or undo a batch, whichever it waits for. Doing it twice does it once."""
    with scoped(Scope((area,), (), imports.PURPOSE)):
        state = imports.work(UUID(batch_id))
    if state == "committed":
        wake_after_commit(find_duplicates)
    return state


@app.task(name="civil.export", queue="upkeep", pass_context=False)
def work_export(export_id: str, area: str) -> str:
    """Write a file of people. Doing it twice does it once."""
    with scoped(Scope((area,), (), exports.PURPOSE)):
        return exports.work(UUID(export_id))


@app.periodic(cron="* * * * *")
@app.task(name="civil.resume", queue="upkeep", queueing_lock="civil.resume")
def resume(timestamp: int) -> int:
    """Each minute: files whose worker died go on with another, and files of yesterday go."""
    with scoped(everyone(settings.PASTI_CITY.get("code", ""), imports.PURPOSE)):
        return imports.resume() + exports.resume()


@app.periodic(cron="* * * * *")
@app.task(name="civil.tallies", queue="upkeep", queueing_lock="civil.tallies")
def work_tallies(timestamp: int = 0) -> int:
    """Each minute: count again where somebody changed; after midnight all, for everybody grew older."""
    return refresh_tallies()


def count_again(event: StoredEvent) -> None:
    """Something happened: count again now, so that on a busy day the next page finds most of the city remembered."""
    wake_after_commit(work_tallies)


def start_import(batch_id: UUID, area: str) -> None:
    """Have a worker take the batch on when the current transaction commits; asking twice is asking once."""
    _after_commit(work_import, f"civil.import:{batch_id}", batch_id=str(batch_id), area=area)


def start_export(export_id: UUID, area: str) -> None:
    """Have a worker write the file when the current transaction commits."""
    _after_commit(work_export, f"civil.export:{export_id}", export_id=str(export_id), area=area)


def _after_commit(task: Task[Any, Any, Any], lock: str, **given: str) -> None:
    def defer() -> None:
        try:
            task.configure(queueing_lock=lock).defer(**given)
        except AlreadyEnqueued:
            pass

    transaction.on_commit(defer, robust=True)


@app.periodic(cron="30 1 * * *")
@app.task(name="civil.duplicates", queue="upkeep", queueing_lock="civil.duplicates", lock="civil.duplicates")
def find_duplicates(timestamp: int = 0) -> int:
    """Each night, and after a file of people came in: look for records that may be one person."""
    city = places.city()
    if city is None:
        return 0
    with scoped(everyone(city.code, duplicates.PURPOSE)):
        return duplicates.find_new().pairs
