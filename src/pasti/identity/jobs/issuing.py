"""Upkeep of issuing."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.identity.services import issuing


@app.periodic(cron="41 * * * *")
@app.task(name="identity.forget_nonces", queue="upkeep", queueing_lock="identity.forget_nonces")
def forget_nonces(timestamp: int) -> int:
    """Each hour: nonces that nobody may use any more."""
    return issuing.forget_nonces()
