"""Sending codes, and forgetting what is no longer needed."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from pasti.identity.services import lockout, sign_up
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.notify.drivers import driver_of
from pasti.kernel.places import queries as places

RETRY = RetryStrategy(max_attempts=5, wait=10, linear_wait=30)


@app.task(name="identity.send_code", queue="messages", retry=RETRY)
def send_code(sign_up: str, person: str, sent: int) -> str:
    """Carry one code to its address. The code itself stands in no queue: it is computed here."""
    wanted = _message(UUID(sign_up), UUID(person), sent)
    if wanted is None:
        return ""
    channel, address, title, body = wanted
    return driver_of(channel).send(channel, address, title, body)


def _message(one: UUID, person: UUID, sent: int) -> tuple[str, str, str, str] | None:
    return sign_up.message(sign_up.Begun(one, person), sent)


@app.periodic(cron="25 2 * * *")
@app.task(name="identity.forget", queue="upkeep", queueing_lock="identity.forget")
def forget(timestamp: int) -> int:
    """Each night: addresses of abandoned sign-ups, and doors nobody has touched for a month."""
    city = places.city()
    with scoped(everyone(city.code if city else "", sign_up.PURPOSE)):
        return sign_up.forget_abandoned() + lockout.forget_old()
