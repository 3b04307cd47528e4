"""Sending what is queued on a channel: taken with a lease, handed to the line, settled as the answers come.

A message is marked before it goes and settled after the answer. Who is killed between the two leaves messages whose fate
nobody knows; when the lease is over they are sent again. So a message is never lost, and sent twice only then: at most
what was on its way. Gateways see the same `Idempotency-Key`, mail servers the same `Message-ID`, and a browser replaces
the message of the same topic, so even then people read it once; of a provider that heeds no key they may read it twice.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from pasti.ews.models import Delivery, Dispatch, Subscription, Warning
from pasti.ews.queries import moment
from pasti.ews.rules import reach
from pasti.ews.services.reach import subscribing
from pasti.ews.services.reach.channels import Answer, Item, gateways, rate
from pasti.ews.services.reach.line import Line
from pasti.kernel.clock import now
from pasti.kernel.notify.models import Recorded

LEASE = dt.timedelta(seconds=60)  # longer than the line's own timeout and the seconds of its bucket
AT_ONCE = 2000
FAILURES = 20  # in a row, after which an address is taken as dead
State = Delivery.State

_TAKE = """
UPDATE ews_delivery d SET attempts = attempts + 1, next_attempt_at = %(lease)s
WHERE d.id IN (
  SELECT q.id FROM ews_delivery q WHERE q.state = 'queued' AND q.channel = %(channel)s AND q.next_attempt_at <= %(at)s
  ORDER BY q.lane, q.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING d.id, d.warning_id, d.subscription_id, d.attempts
"""


def send_due(channel: str) -> int:
    """Send what is due on the channel until nothing is; returns how many went out."""
    if channel not in ("push", "email") and channel not in gateways():
        return _record(channel)
    sent = 0
    with Line(rate(channel)) as line:
        while True:
            room = min(AT_ONCE, max(50, int(rate(channel) * 10))) - line.on_the_way
            items = take(channel, room) if room > 0 else []
            if not items and not line.on_the_way:
                return sent
            line.send(items)
            answers = line.answers(0.25)
            sent += sum(one.state == "sent" for one in answers)
            settle(answers)


@transaction.atomic
def take(channel: str, limit: int) -> list[Item]:
    """Take up to `limit` due messages for the time of the lease; what ran out meanwhile is let go."""
    real, at = now(), moment.now()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"lease": real + LEASE, "channel": channel, "at": real, "limit": limit})
        rows = sorted(cursor.fetchall())
    if not rows:
        return []
    warnings = Warning.objects.in_bulk({row[1] for row in rows})
    addresses = Subscription.objects.in_bulk({row[2] for row in rows})
    dead = {pk for pk, one in warnings.items() if one.expires_at <= at}
    late = [row[0] for row in rows if row[1] in dead or addresses[row[2]].ended_at]
    Delivery.objects.filter(pk__in=late).update(state=State.LAPSED)
    Dispatch.objects.filter(warning__in=warnings, channel=channel, begun_at=None).update(begun_at=at)
    gone = set(late)
    return [_item(row, warnings[row[1]], addresses[row[2]], at) for row in rows if row[0] not in gone]


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
    _finish(at)


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
    by_state: dict[str, list[int]] = {}
    for one in answers:
        by_state.setdefault(one.state, []).append(one.item.number)
    for state in ("gone", "failed", "sent"):
        numbers = by_state.get(state)
        if not numbers:
            continue
        mine = Subscription.objects.filter(deliveries__in=numbers, ended_at=None)
        if state == "sent":
            mine.filter(failures__gt=0).update(failures=0)
            continue
        if state == "failed":
            mine.update(failures=F("failures") + 1)
        dead = mine if state == "gone" else mine.filter(failures__gte=FAILURES)
        for pk in list(dead.values_list("pk", flat=True)):
            subscribing.end(pk)


def _finish(at: dt.datetime) -> None:
    """Lanes with nothing left in the queue are done."""
    waiting = Delivery.objects.filter(state=State.QUEUED, warning=F("warning"))
    for one in Dispatch.objects.filter(finished_at=None, begun_at__isnull=False):
        if not waiting.filter(warning=one.warning_id, channel=one.channel, lane=one.lane).exists():
            Dispatch.objects.filter(pk=one.pk, finished_at=None).update(finished_at=at)


def _record(channel: str) -> int:
    """A channel without a provider: the texts are kept, as they would have gone out."""
    count = 0
    while items := take(channel, 500):
        with transaction.atomic():
            Recorded.objects.bulk_create(
                Recorded(channel=channel, address=one.address, text=f"{one.title}. {one.body} {one.url}", at=now())
                for one in items
            )
            settle([Answer(one, "sent", "rekaman") for one in items])
        count += len(items)
    return count


def _item(row: tuple[int, int, int, int], warning: Warning, to: Subscription, at: dt.datetime) -> Item:
    english = to.language == "en"
    base = settings.PASTI_BASE_URL
    return Item(
        number=row[0], channel=to.channel, address=to.address, keys=to.keys,
        title=warning.headline_en if english else warning.headline_id,
        body=(warning.instruction_en if english else warning.instruction_id)[:600],
        url=f"{base}/ews/peringatan/{warning.pk}/", stop_url=f"{base}/ews/langganan/berhenti/{subscribing.stop_token(to.pk)}/",
        topic=f"ews-{warning.episode_id}", seconds=max(60, int((warning.expires_at - at).total_seconds())), attempts=row[3],
    )  # fmt: skip
