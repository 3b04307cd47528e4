"""Measuring when nobody looks."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.masterplan.services import measure_year


@app.periodic(cron="*/10 * * * *")
@app.task(name="masterplan.measure", queue="upkeep", queueing_lock="masterplan.measure")
def measure(timestamp: int) -> int:
    """Every ten minutes: measure each computed indicator, so that the history has no holes and pages find it done."""
    return measure_year()
