"""Measuring when nobody looks."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.masterplan import queries


@app.periodic(cron="*/10 * * * *")
@app.task(name="masterplan.measure", queue="upkeep", queueing_lock="masterplan.measure")
def measure(timestamp: int) -> int:
    """Every ten minutes: measure each computed indicator, so that the history has no holes and pages find it done."""
    year = queries.current_year()
    rows = [one for one in queries.indicators() if one.computed]
    for one in rows:
        queries.reading(one, year)
        queries.trend(one, year)
    return len(rows)
