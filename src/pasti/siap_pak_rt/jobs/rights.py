"""Reminders of the clock of rights, and telling the people a breach touched."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.services import breaches, rights_clock


@app.periodic(cron="10 * * * *")
@app.task(name="siap_pak_rt.remind_of_rights", queue="upkeep", queueing_lock="siap_pak_rt.remind_of_rights")
def remind_of_rights(timestamp: int) -> int:
    """Each hour: whoever must answer is told once when a day is left, and once when the time is up."""
    return rights_clock.remind()


@app.task(name="siap_pak_rt.notify_breach", queue="upkeep")
def notify_breach(breach_id: str) -> int:
    """Tell everyone a breach touched, step by step."""
    told, city = 0, places.city()
    with scoped(everyone(city.code if city else "", breaches.PURPOSE)):
        while step := breaches.notify_step(UUID(breach_id)):
            told += step
    return told


def start_notifying(breach_id: UUID) -> None:
    """Have the worker tell them; a second press while it works does nothing."""
    notify_breach.configure(lock=f"siap_pak_rt.breach:{breach_id}").defer(breach_id=str(breach_id))
