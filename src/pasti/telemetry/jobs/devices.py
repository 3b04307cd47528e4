"""Watching over the devices and what is published of them."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.telemetry.services import feed, silence


@app.periodic(cron="* * * * *")
@app.task(name="telemetry.silent", queue="upkeep", queueing_lock="telemetry.silent")
def silent(timestamp: int) -> int:
    """Each minute: who has fallen silent, and who is heard again."""
    return sum(silence.watch())


@app.periodic(cron="*/10 * * * *")
@app.task(name="telemetry.forget_unpublished", queue="upkeep", queueing_lock="telemetry.forget_unpublished")
def forget_unpublished(timestamp: int) -> int:
    """Every ten minutes: readings nobody published in an hour are no news."""
    return feed.forget_old()
