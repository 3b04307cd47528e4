"""Sealing the audit log while the city works."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.kernel.audit.services import seal


@app.periodic(cron="* * * * *")
@app.task(name="audit.seal", queue="upkeep", queueing_lock="audit.seal")
def seal_each_minute(timestamp: int) -> int:
    """Each minute: close what was written into the hash chain."""
    return seal()
