"""Carrying messages out of the house."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.kernel.notify.services import deliver_due
from pasti.kernel.outbox.waking import wake_after_commit


@app.task(name="notify.deliver", queue="messages", queueing_lock="notify.deliver")
def deliver() -> int:
    """Send what is due."""
    return deliver_due()


@app.periodic(cron="* * * * *")
@app.task(name="notify.sweep", queue="messages", queueing_lock="notify.sweep")
def sweep(timestamp: int) -> int:
    """Each minute: attempts that have become due."""
    return deliver_due()


def wake() -> None:
    """Ask for delivery when the current transaction commits."""
    wake_after_commit(deliver)
