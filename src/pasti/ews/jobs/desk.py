"""The clock of the officers' desk."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.ews.services import clockwork, ending, forecasting, photos, reporting, watching


@app.periodic(cron="* * * * * */10")  # each ten seconds: minutes count while water rises
@app.task(name="ews.tick", queue="events", queueing_lock="ews.tick")
def tick(timestamp: int) -> int:
    """Issue what nobody answered, call a second person again, end what ran out, remind before it does."""
    return sum((clockwork.issue_unanswered(), clockwork.escalate(), clockwork.remind_renewals(), ending.expire_due()))


@app.periodic(cron="40 17 * * *")  # 00.40 WIB
@app.task(name="ews.forget_phones", queue="upkeep", queueing_lock="ews.forget_phones")
def forget_phones(timestamp: int) -> int:
    """Each night: take away telephone numbers older than thirty days, and photos of water that nobody confirmed."""
    return reporting.forget_phones() + photos.forget()


@app.periodic(cron="* * * * *")
@app.task(name="ews.watch", queue="events", queueing_lock="ews.watch")
def watch(timestamp: int) -> int:
    """Each minute: what comes by time alone, silence and trouble that has passed; and what a lost wake-up left."""
    return watching.watch_all()


@app.periodic(cron="20 18 * * *")  # 01.20 WIB
@app.task(name="ews.refit", queue="upkeep", queueing_lock="ews.refit")
def refit(timestamp: int) -> int:
    """Each night: fit the forecasts anew on what the gauges have seen."""
    return forecasting.refit()
