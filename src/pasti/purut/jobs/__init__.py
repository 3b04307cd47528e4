"""The hospital's work in the background."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.purut import messages, services
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


@app.periodic(cron="* * * * *")
@app.task(name="purut.release_lapsed", queue="upkeep", queueing_lock="purut.release_lapsed")
def release_lapsed(timestamp: int) -> int:
    """Each minute: give back the places that were offered and not accepted in time."""
    return services.release_lapsed()


@app.periodic(cron="0 10 * * *")  # 17.00 WIB
@app.task(name="purut.remind_tomorrow", queue="upkeep", queueing_lock="purut.remind_tomorrow")
def remind_tomorrow(timestamp: int) -> int:
    """Each afternoon: remind those who have a number for tomorrow, once."""
    return messages.remind_tomorrow()
