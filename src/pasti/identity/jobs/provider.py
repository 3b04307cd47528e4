"""Background work of the OpenID Provider."""

from __future__ import annotations

from oauth2_provider.models import clear_expired
from procrastinate.contrib.django import app

from pasti.identity.services import provider_keys, provider_logout, provider_sessions
from pasti.kernel.outbox.waking import wake_after_commit


@app.task(name="provider.tell_logouts", queue="messages", queueing_lock="provider.tell_logouts")
def tell_logouts() -> int:
    """Tell applications of sessions that are over."""
    return provider_logout.send_due()


@app.periodic(cron="* * * * *")
@app.task(name="provider.sweep", queue="messages", queueing_lock="provider.sweep")
def sweep(timestamp: int) -> int:
    """Each minute: sessions whose browser session is gone, and notices that have become due again."""
    provider_sessions.end_gone()
    return provider_logout.send_due()


@app.periodic(cron="20 2 * * *")
@app.task(name="provider.nightly", queue="upkeep", queueing_lock="provider.nightly")
def nightly(timestamp: int) -> None:
    """Each night: a fresh signing key when it is time, and away with what has expired."""
    provider_keys.keep_fresh()
    clear_expired()
    provider_sessions.purge()


def wake() -> None:
    """Ask for telling when the current transaction commits."""
    wake_after_commit(tell_logouts)
