"""Carrying messages to BPJS Kesehatan; does nothing while PASTI_BPJS_URL is empty."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.purut.services import bpjs_outbox


# The lock: a slow BPJS is asked by one worker, not by all.
@app.task(name="purut.bpjs_send", queue="messages", queueing_lock="purut.bpjs_send", lock="purut.bpjs")
def send() -> int:
    """Send what is due."""
    return bpjs_outbox.send_due()


@app.periodic(cron="* * * * *")
@app.task(name="purut.bpjs_sweep", queue="messages", queueing_lock="purut.bpjs_sweep", lock="purut.bpjs")
def sweep(timestamp: int) -> int:
    """Each minute: attempts that have become due."""
    return bpjs_outbox.send_due()


@app.periodic(cron="*/15 * * * *")
@app.task(name="purut.bpjs_fill", queue="messages", queueing_lock="purut.bpjs_fill")
def fill(timestamp: int) -> int:
    """Each quarter of an hour: what no event told of."""
    return bpjs_outbox.fill_recent()
