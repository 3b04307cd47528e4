"""Background work of the desks."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.identity.services import verifying


@app.periodic(cron="* * * * *")
@app.task(name="verifying.forget", queue="upkeep", queueing_lock="verifying.forget")
def forget(timestamp: int) -> int:
    """Each minute: away with what desks were shown."""
    return verifying.forget()
