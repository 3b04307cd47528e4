"""Sending what is queued on a channel: taken with a lease, handed to the line, settled as the answers come.

A message is marked before it goes and settled after the answer. Who is killed between the two leaves messages whose fate
nobody knows; when the lease is over they are sent again. So a message is never lost, and sent twice only then: at most
what was on its way. Gateways see the same `Idempotency-Key`, mail servers the same `Message-ID`, and a browser replaces
the message of the same topic, so even then people read it once; of a provider that heeds no key they may read it twice.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import time
from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from pasti.ews.models import Delivery, Dispatch, Subscription, Warning
from pasti.ews.queries import moment
from pasti.ews.rules import reach
from pasti.ews.services.reach import subscribing
from pasti.ews.services.reach.channels import Answer, Item, Words, gateways, rate
from pasti.ews.services.reach.line import Line
from pasti.kernel.clock import now
from pasti.kernel.notify.models import Recorded

LEASE = dt.timedelta(seconds=60)  # longer than the line's own timeout and the seconds of its bucket
AT_ONCE = 2000
MANY = 1000  # so many pushes at once are worth processes of their own, which take a second to start
FAILURES = 20  # in a row, after which an address is taken as dead
State = Delivery.State

# What is due first, with its address, in one statement. It is found before the rest, so that the limit holds.
_TAKE = """
WITH due AS MATERIALIZED (
  SELECT q.id FROM ews_delivery q WHERE q.state = 'queued' AND q.channel = %(channel)s AND q.next_attempt_at <= %(at)s
  ORDER BY q.lane, q.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
UPDATE ews_delivery d SET attempts = d.attempts + 1, next_attempt_at = %(lease)s
FROM due, ews_subscription s WHERE d.id = due.id AND s.id = d.subscription_id
RETURNING d.lane, d.id, d.warning_id, d.attempts, s.id, s.address, s.keys->>'p256dh', s.keys->>'auth', s.language = 'en',
  s.failures > 0, s.ended_at IS NOT NULL
"""
_Row = tuple[int, int, int, int, int, str, str | None, str | None, bool, bool, bool]


def send_due(channel: str) -> int:
    """Send what is due on the channel until nothing is; returns how many went out."""
    if channel not in ("push", "email") and channel not in gateways():
        return _record(channel)
    sent, looked = 0, time.monotonic()
    with Line(rate(channel)) as line:
        while True:
            room = min(AT_ONCE, max(50, int(rate(channel) * 10))) - line.on_the_way
            items = take(channel, room) if room > 0 else []
            if not items and not line.on_the_way:
                finish()
                return sent
            if channel == "push" and len(items) >= MANY:
                line.widen()
            line.send(items)
            answers = line.answers(0.25)
            sent += sum(one.state == "sent" for one in answers)
            settle(answers)
            if time.monotonic() - looked > 1:
                finish()
                looked = time.monotonic()


def take(channel: str, limit: int) -> list[Item]:
    """Take up to `limit` due messages for the time of the lease; what ran out meanwhile is let go. None: nothing is due."""
    while True:
        looked_at, items = _take(channel, limit)
        if items or not looked_at:
            return items


@transaction.atomic
def _take(channel: str, limit: int) -> tuple[int, list[Item]]:
    real, at = now(), moment.now()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"lease": real + LEASE, "channel": channel, "at": real, "limit": limit})
        rows: list[_Row] = sorted(cursor.fetchall())
    if not rows:
        return 0, []
    warnings = Warning.objects.in_bulk({row[2] for row in rows})
    alive = {pk for pk, one in warnings.items() if one.expires_at > at}
    late = [row[1] for row in rows if row[-1] or row[2] not in alive]
    if late:
        Delivery.objects.filter(pk__in=late).update(state=State.LAPSED)
    Dispatch.objects.filter(warning__in=warnings, channel=channel, begun_at=None).update(begun_at=at)
    words = {(pk, english): said(warnings[pk], english, at) for pk in alive for english in (False, True)}
    items = [_item(row, channel, words[row[2], row[8]]) for row in rows if row[2] in alive and not row[-1]]
    return len(rows), items


def settle(answers: Sequence[Answer]) -> None:
    """Write down what became of messages, all in one go."""
    if not answers:
        return
    real, at = now(), moment.now()
    settled = [_settled(one, real, at) for one in answers]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ews_delivery d SET state = n.state, receipt = n.receipt, next_attempt_at = n.next, sent_at = n.sent "
            "FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[]) "
            "AS n (id, state, receipt, next, sent) WHERE d.id = n.id AND d.state = 'queued'",
            list(map(list, zip(*settled, strict=True))),
        )
        _count_failures(answers)


def _settled(
    answer: Answer, real: dt.datetime, at: dt.datetime
) -> tuple[int, str, str, dt.datetime, dt.datetime | None]:
    state, item = answer.state, answer.item
    if state == "again":
        state = "queued" if item.attempts < reach.MOST_ATTEMPTS else "failed"
    wait = reach.pause(item.attempts, random.random(), answer.retry_after)  # noqa: S311 - spreads load, hides nothing
    receipt = answer.receipt.replace("\x00", "")
    return item.number, state, receipt, real + dt.timedelta(seconds=wait), at if state == "sent" else None


def _count_failures(answers: Sequence[Answer]) -> None:
    """An address that is gone ends its subscription; one that fails again and again does in the end."""
    numbers: dict[str, list[int]] = {}
    for one in answers:
        if one.state != "sent" or one.item.failed_before:
            numbers.setdefault(one.state, []).append(one.item.number)
    alive = Subscription.objects.filter(ended_at=None)
    dead = alive.none()
    if sent := numbers.get("sent"):
        alive.filter(deliveries__in=sent).update(failures=0)
    if failed := numbers.get("failed"):
        alive.filter(deliveries__in=failed).update(failures=F("failures") + 1)
        dead |= alive.filter(deliveries__in=failed, failures__gte=FAILURES)
    if gone := numbers.get("gone"):
        dead |= alive.filter(deliveries__in=gone)
    for pk in set(dead.values_list("pk", flat=True)):
        subscribing.end(pk)


def finish() -> int:
    """Lanes with nothing left in the queue are done; returns how many were not yet. Again is no fault."""
    waiting = Delivery.objects.filter(
        state=State.QUEUED, warning=OuterRef("warning"), channel=OuterRef("channel"), lane=OuterRef("lane")
    )
    begun = Dispatch.objects.filter(finished_at=None, begun_at__isnull=False)
    return begun.filter(~Exists(waiting)).update(finished_at=moment.now()) if begun.exists() else 0


def _record(channel: str) -> int:
    """A channel without a provider: the texts are kept, as they would have gone out."""
    count = 0
    while items := take(channel, 500):
        with transaction.atomic():
            Recorded.objects.bulk_create(
                Recorded(
                    channel=channel, address=one.address, at=now(),
                    text=f"{one.words.title}. {one.words.body} {one.words.url}",
                )
                for one in items
            )  # fmt: skip
            settle([Answer(one, "sent", "rekaman") for one in items])
        count += len(items)
    finish()
    return count


def said(warning: Warning, english: bool, at: dt.datetime) -> Words:
    """What the warning says in English or Indonesian, `at` the moment it goes out."""
    title = warning.headline_en if english else warning.headline_id
    body = (warning.instruction_en if english else warning.instruction_id)[:600]
    url, topic = f"{settings.PASTI_BASE_URL}/ews/peringatan/{warning.pk}/", f"ews-{warning.episode_id}"
    content = json.dumps({"title": title, "body": body, "url": url, "tag": topic}).encode()
    seconds = max(60, int((warning.expires_at - at).total_seconds()))
    return Words(title, body, url, topic, seconds, content, "Stop" if english else "Berhenti")


def _item(row: _Row, channel: str, words: Words) -> Item:
    _lane, number, _warning, attempts, subscription, address, p256dh, auth, _english, failed_before, _ended = row
    push = channel == "push"
    keys = {"p256dh": p256dh or "", "auth": auth or ""} if push else {}
    return Item(number, channel, address, keys, words, "" if push else _stop_url(subscription), attempts, failed_before)


def _stop_url(subscription: int) -> str:
    return f"{settings.PASTI_BASE_URL}/ews/langganan/berhenti/{subscribing.stop_token(subscription)}/"
