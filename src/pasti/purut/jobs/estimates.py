"""Keeping estimates of the waiting time in step with the queues, and scoring them at night."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from pasti.purut.services import estimates


@app.task(name="purut.estimate", queue="events", pass_context=False)
def renew(sesi_id: int) -> int:
    """Estimate anew for one session."""
    return estimates.renew(sesi_id)


@app.periodic(cron="*/5 * * * *")
@app.task(name="purut.estimate_running", queue="upkeep", queueing_lock="purut.estimate_running")
def renew_running(timestamp: int) -> int:
    """Every five minutes: a doctor who does not begin, or a long visit, moves a queue without any step."""
    return estimates.renew_running()


@app.periodic(cron="35 17 * * *")  # 00.35 WIB
@app.task(name="purut.score_estimates", queue="upkeep", queueing_lock="purut.score_estimates")
def score(timestamp: int) -> int:
    """Each night: how true were the estimates of the days that are over."""
    return estimates.score()


def renew_soon(sesi_id: int) -> None:
    """Have a worker estimate anew when the current transaction commits. Many steps until it begins are one run."""

    def defer() -> None:
        with suppress(AlreadyEnqueued), transaction.atomic():
            renew.configure(queueing_lock=f"purut.estimate:{sesi_id}").defer(sesi_id=sesi_id)

    transaction.on_commit(defer, robust=True)
