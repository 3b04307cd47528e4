"""The clock of letters."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.siap_pak_rt.services import letters_clock


@app.periodic(cron="7 * * * *")
@app.task(name="siap_pak_rt.watch_letters", queue="upkeep", queueing_lock="siap_pak_rt.watch_letters")
def watch_letters(timestamp: int) -> int:
    """Each hour: remind and escalate what waits beyond its promise."""
    return letters_clock.watch()
