"""Looking at other agencies' lists of warnings; does nothing while PASTI_CAP_FEEDS is empty."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.ews.services import cap_import, cap_lists


@app.periodic(cron="*/5 * * * *")
@app.task(name="ews.cap_look", queue="messages", queueing_lock="ews.cap_look", lock="ews.cap_look")
def look(timestamp: int) -> int:
    """Every five minutes: what is new."""
    return cap_lists.look_at_all()


@app.periodic(cron="50 17 * * *")  # 00.50 WIB
@app.task(name="ews.cap_tidy", queue="upkeep", queueing_lock="ews.cap_tidy")
def tidy(timestamp: int) -> int:
    """Each night: forget what was never about this city."""
    return cap_import.tidy()
