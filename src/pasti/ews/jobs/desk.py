"""The clock of the officers' desk."""

from __future__ import annotations

from procrastinate.contrib.django import app

from pasti.ews.services import clockwork, ending, reporting


@app.periodic(cron="* * * * * */10")  # each ten seconds: minutes count while water rises
@app.task(name="ews.tick", queue="events", queueing_lock="ews.tick")
def tick(timestamp: int) -> int:
    """Issue what nobody answered, call a second person again, end what ran out, remind before it does."""
    return sum((clockwork.issue_unanswered(), clockwork.escalate(), ending.expire_due(), clockwork.remind_renewals()))


@app.task(name="ews.streets", queue="events", queueing_lock="ews.streets", pass_context=False)
def group_streets() -> int:
    """After street reports: propose where enough of them agree."""
    return reporting.propose_from_streets()


@app.periodic(cron="40 17 * * *")  # 00.40 WIB
@app.task(name="ews.forget_phones", queue="upkeep", queueing_lock="ews.forget_phones")
def forget_phones(timestamp: int) -> int:
    """Each night: take away telephone numbers older than thirty days."""
    return reporting.forget_phones()
