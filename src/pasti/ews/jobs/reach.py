"""Sending warnings: one run per channel at a time, woken by a plan, and again each ten seconds for what is due later."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.tasks import Task

from pasti.ews.models import Delivery, Subscription
from pasti.ews.services.reach import channels, sending, sirens, subscribing
from pasti.kernel.clock import now
from pasti.kernel.outbox.waking import wake_after_commit


@app.task(name="ews.reach", queue="messages", queueing_lock="ews.reach")
def start() -> int:
    """Start a run for every channel that has something due."""
    due = Delivery.objects.filter(state=Delivery.State.QUEUED, next_attempt_at__lte=now())
    waiting = [channel for channel in Subscription.Channel.values if due.filter(channel=channel).exists()]
    for channel in waiting:
        wake_after_commit(_RUNS[channel])
    return len(waiting)


@app.periodic(cron="* * * * * */10")
@app.task(name="ews.reach_due", queue="messages", queueing_lock="ews.reach_due")
def start_due(timestamp: int) -> int:
    """Each ten seconds: attempts that have become due, and what a killed run left."""
    return start()


def _run(channel: str) -> Task[Any, Any, Any]:
    # Two runs of one channel would each take the whole of what the provider allows a second.
    @app.task(
        name=f"ews.reach.{channel}", queue="messages", queueing_lock=f"ews.reach.{channel}", lock=f"ews.{channel}"
    )
    def run() -> int:
        return sending.send_due(channel)

    return run


_RUNS = {channel: _run(channel) for channel in Subscription.Channel.values}


@app.task(name="ews.ask_by_gateway", queue="messages", retry=RetryStrategy(max_attempts=5, exponential_wait=5))
def ask_by_gateway(number: int, codes: list[str], language: str, asked: int) -> None:
    """Send the link that confirms a subscription; asking again later (`asked`, in seconds) is another message."""
    row = Subscription.objects.filter(pk=number, ended_at=None).first()
    if row is None:
        return
    gateway = channels.gateways()[row.channel]
    headers = {
        "Content-Type": "application/json", "Authorization": f"Bearer {gateway.get('token', '')}",
        "Idempotency-Key": f"pasti-ews-langganan-{number}-{asked}",
    }  # fmt: skip
    text = subscribing.short(*subscribing.asking(row, codes, language))
    content = json.dumps({"to": row.address, "text": text}).encode()
    urllib.request.urlopen(urllib.request.Request(gateway["url"], content, headers), timeout=15).close()


@app.periodic(cron="50 17 * * *")  # 00.50 WIB
@app.task(name="ews.forget_unconfirmed", queue="upkeep", queueing_lock="ews.forget_unconfirmed")
def forget_unconfirmed(timestamp: int) -> int:
    """Each night: addresses that nobody confirmed go."""
    return subscribing.forget_unconfirmed()


@app.task(name="ews.sirens", queue="events", queueing_lock="ews.sirens", lock="ews.sirens")
def command_sirens() -> int:
    """Commands that no siren has answered yet."""
    return sirens.send_due()


@app.periodic(cron="* * * * * */10")
@app.task(name="ews.sirens_due", queue="events", queueing_lock="ews.sirens_due", lock="ews.sirens")
def command_sirens_again(timestamp: int) -> int:
    """Each ten seconds: again, until they answer."""
    return sirens.send_due()


def wake() -> None:
    """Have sirens commanded, and what is queued sent, when the current transaction commits."""
    wake_after_commit(command_sirens)
    wake_after_commit(start)
