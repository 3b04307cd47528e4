"""Messages to BPJS Kesehatan: written from the stamps of each visit, sent one after another, each until it is taken."""

from __future__ import annotations

import datetime as dt
import logging
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext_noop

from pasti.kernel.audit.services import record_read
from pasti.kernel.clock import now
from pasti.kernel.outbox.models import StoredEvent
from pasti.kernel.outbox.waking import wake_after_commit
from pasti.purut.models import Antrean, AntreanStep, BpjsMessage
from pasti.purut.rules import bpjs_tasks
from pasti.purut.rules.states import State
from pasti.purut.services import bpjs_bodies, bpjs_client

log = logging.getLogger(__name__)
PURPOSE = "purut.bpjs"
PAUSES = (60, 120, 300, 600, 1800)  # seconds before the next attempt, by attempts made; the last one ever after
LOOK_BACK = dt.timedelta(hours=26)
NO_CODE = gettext_noop("Dokter ini belum punya kode BPJS")


class Outcome(Enum):
    """What became of one attempt."""

    NOTHING_DUE = 0
    SETTLED = 1
    POSTPONED = 2
    UNANSWERED = 3


def heard(event: StoredEvent) -> None:
    """Something happened to a registration: write what BPJS is to learn of it."""
    if settings.PASTI_BPJS_URL and fill(Antrean.objects.filter(code=event.payload["code"])):
        from pasti.purut.jobs.bpjs import send  # the job calls this module

        wake_after_commit(send)


def fill_recent() -> int:
    """Write what no event told of: the night's absences, and all of today when sending was just switched on."""
    if not settings.PASTI_BPJS_URL:
        return 0
    recent = AntreanStep.objects.filter(antrean=OuterRef("pk"), recorded_at__gte=now() - LOOK_BACK)
    return fill(Antrean.objects.filter(Exists(recent)))


def fill(registrations: Any) -> int:
    """Write the messages of these registrations that are not written yet; returns how many were wanted.

    What a message says is decided by the stamps alone, and each exists once, so doing it again adds nothing.
    """
    stamps = AntreanStep.objects.order_by("id")
    rows = registrations.prefetch_related(Prefetch("steps", stamps), "bpjs_messages").order_by("id")
    wanted = [one for antrean in rows.iterator(chunk_size=500) for one in _missing(antrean)]
    BpjsMessage.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=1000)
    return len(wanted)


def _missing(antrean: Antrean) -> list[BpjsMessage]:
    steps = list(antrean.steps.all())
    made_by_bpjs = antrean.channel == "mjkn"
    by = {step.step: step.actor_id for step in steps}
    cancelled_by_bpjs = made_by_bpjs and by.get(State.CANCELLED) == antrean.booked_by
    known = {one.position for one in antrean.bpjs_messages.all()}
    moment = now()
    return [
        BpjsMessage(antrean=antrean, kind=one.kind, position=one.position, occurred_at=one.at, next_attempt_at=moment,
                    recorded_at=moment)
        for one in bpjs_tasks.messages(
            [(step.step, step.occurred_at) for step in steps], made_by_bpjs=made_by_bpjs,
            cancelled_by_bpjs=cancelled_by_bpjs,
        ) if one.position not in known
    ]  # fmt: skip


def send_due(limit: int = 500) -> int:
    """Send what is due, the first waiting message of each registration before its next; returns how many were settled.

    When BPJS does not answer, the rest waits for the next run: after an outage all goes out in its order.
    """
    settled = 0
    while settings.PASTI_BPJS_URL and settled < limit:
        outcome = _send_one()
        if outcome in (Outcome.NOTHING_DUE, Outcome.UNANSWERED):
            break
        settled += outcome == Outcome.SETTLED
    return settled


@transaction.atomic
def _send_one() -> Outcome:
    # The row stays locked while BPJS is asked: another worker sees it as still waiting and leaves its followers alone.
    earlier = BpjsMessage.objects.filter(
        antrean=OuterRef("antrean"), position__lt=OuterRef("position"), state=BpjsMessage.State.WAITING
    )
    due = BpjsMessage.objects.filter(state=BpjsMessage.State.WAITING, next_attempt_at__lte=now()).exclude(
        Exists(earlier)
    )
    message = due.order_by("id").select_for_update(skip_locked=True).first()
    if message is None:
        return Outcome.NOTHING_DUE
    try:
        body = bpjs_bodies.body_of(message)
    except LookupError:
        return _postpone(message, str(NO_CODE), Outcome.POSTPONED)
    try:
        answer = bpjs_client.post(f"antrean/{message.kind}", body)
    except bpjs_client.Unanswered as failure:
        log.warning("BPJS did not take message %s: %s", message.pk, failure)
        return _postpone(message, str(failure), Outcome.UNANSWERED)
    state = BpjsMessage.State.SENT if answer.taken else BpjsMessage.State.REFUSED
    BpjsMessage.objects.filter(pk=message.pk).update(
        state=state, answer=answer.words[:300], sent_at=now(), attempts=message.attempts + 1
    )
    _record(message)
    return Outcome.SETTLED


def _postpone(message: BpjsMessage, words: str, outcome: Outcome) -> Outcome:
    pause = PAUSES[min(message.attempts, len(PAUSES) - 1)]
    BpjsMessage.objects.filter(pk=message.pk).update(
        attempts=message.attempts + 1, answer=words[:300], next_attempt_at=now() + dt.timedelta(seconds=pause)
    )
    return outcome


def _record(message: BpjsMessage) -> None:
    """The patient reads in the trail what BPJS was told."""
    told = ("nik", "jkn_no", "phone", "norm") if message.kind == bpjs_tasks.ADD else ("state",)
    antrean = message.antrean
    record_read(antrean.patient.person_id, "purut.bpjs.sent", purpose=PURPOSE, fields=told, object_type="antrean",
                object_id=antrean.code)  # fmt: skip


@transaction.atomic
def send_again() -> int:
    """Let what BPJS refused be sent once more, after somebody put right why; returns how many."""
    refused = BpjsMessage.objects.filter(state=BpjsMessage.State.REFUSED)
    count = refused.update(state=BpjsMessage.State.WAITING, next_attempt_at=now())
    if count:
        from pasti.purut.jobs.bpjs import send

        wake_after_commit(send)
    return count
