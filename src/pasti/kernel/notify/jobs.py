"""Carrying messages out of the house."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from pasti.kernel.notify.services import deliver_due


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
    transaction.on_commit(_enqueue, robust=True)


def _enqueue() -> None:
    try:
        deliver.defer()
    except AlreadyEnqueued:
        pass
