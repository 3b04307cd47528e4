"""Keeping hours and days in step with the readings."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.telemetry.services import rollups


@app.periodic(cron="* * * * *")
@app.task(name="telemetry.count_again", queue="upkeep", queueing_lock="telemetry.count_again")
def count_again(timestamp: int) -> int:
    """Each minute: hours that are over, and hours that late readings came into."""
    return rollups.count_again()
