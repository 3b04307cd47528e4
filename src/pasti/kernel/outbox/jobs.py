"""The jobs that carry events: one that is woken by each commit, one that sweeps what was left."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.kernel.outbox.services import deliver_waiting
from pasti.kernel.outbox.waking import wake_after_commit
from pasti.kernel.publish.registry import subscriptions


@app.task(name="outbox.deliver", queue="events", queueing_lock="outbox.deliver", pass_context=False)
def deliver() -> int:
    """Deliver every event that is due."""
    return deliver_waiting(subscriptions())


@app.periodic(cron="* * * * *")
@app.task(name="outbox.sweep", queue="events", queueing_lock="outbox.sweep")
def sweep(timestamp: int) -> int:
    """Each minute: deliver what a lost wake-up or a failed attempt left behind."""
    return deliver_waiting(subscriptions())


def wake() -> None:
    """Ask for a delivery when the current transaction commits."""
    wake_after_commit(deliver)


@app.periodic(cron="*/2 * * * *")
@app.task(name="outbox.revive_jobs", queue="upkeep", queueing_lock="outbox.revive_jobs")
async def revive_stalled_jobs(timestamp: int) -> None:
    """Every two minutes: jobs whose worker was killed in the middle start again."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=60):
        await app.job_manager.retry_job(job)
