"""The desk's nightly and morning work. Each can run twice without harm."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.kernel.accounts.scope import Scope, everyone, scoped
from pasti.kernel.clock import today
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt import desk_messages
from pasti.siap_pak_rt.services import desk_stays


@app.periodic(cron="2 17 * * *")  # 00.02 WIB
@app.task(name="siap_pak_rt.end_stays", queue="upkeep", queueing_lock="siap_pak_rt.end_stays")
def end_stays(timestamp: int) -> int:
    """Each night: mark the stays whose last day is past, and forget who left a year ago."""
    with scoped(_whole_city()):
        return desk_stays.mark_overdue(today()) + desk_stays.forget(today())


@app.periodic(cron="0 0 * * *")  # 07.00 WIB
@app.task(name="siap_pak_rt.remind_stays", queue="upkeep", queueing_lock="siap_pak_rt.remind_stays")
def remind_stays(timestamp: int) -> int:
    """Each morning: tell RTs and owners whose stays end today or tomorrow."""
    with scoped(_whole_city()):
        return desk_messages.remind(today())


def _whole_city() -> Scope:
    city = places.city()
    return everyone(city.code if city else "", desk_stays.PURPOSE)
