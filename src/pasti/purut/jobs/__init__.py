"""The hospital's nightly work."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.purut import services
from pasti.purut.jobs import bpjs, estimates  # their jobs are found through this module

__all__ = ["bpjs", "estimates", "mark_no_shows", "open_sessions"]


@app.periodic(cron="5 17 * * *")  # 00.05 WIB
@app.task(name="purut.open_sessions", queue="upkeep", queueing_lock="purut.open_sessions")
def open_sessions(timestamp: int) -> int:
    """Each night: open the day that has come within the booking horizon."""
    return services.ensure_sessions()


@app.periodic(cron="20 17 * * *")  # 00.20 WIB
@app.task(name="purut.mark_no_shows", queue="upkeep", queueing_lock="purut.mark_no_shows")
def mark_no_shows(timestamp: int) -> int:
    """Each night: close what yesterday left open."""
    return services.mark_no_shows()
