"""The life of a card after it was issued: suspended at once when lost, resumed by an officer, revoked for good."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pasti.identity.models import Card, CardStep, Credential
from pasti.identity.rules.status_list import INVALID, SUSPENDED, VALID
from pasti.identity.services import issuing_messages as messages
from pasti.identity.services import issuing_status as status
from pasti.identity.services.issuing_facts import PURPOSE
from pasti.kernel.accounts.queries import is_own
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.kernel.context import current_actor
from pasti.kernel.errors import NotFound, Refused

State, Step, Why = Card.State, CardStep.Step, Card.Why
VALUES = {State.VALID: VALID, State.SUSPENDED: SUSPENDED, State.REVOKED: INVALID}
STEPS = {State.VALID: Step.RESUMED, State.SUSPENDED: Step.SUSPENDED, State.REVOKED: Step.REVOKED}
ACTIONS = {Step.RESUMED: "identity.card.resumed", Step.SUSPENDED: "identity.card.suspended",
           Step.REVOKED: "identity.card.revoked", Step.ISSUED: "identity.card.issued"}  # fmt: skip


def report_loss(person_id: UUID, card_id: UUID | None = None) -> int:
    """A device is lost: suspend the person's valid cards (one when told which), within the scope. Returns how many.

    Twice is once.
    """
    held = Card.objects.filter(person_id=person_id, state=State.VALID)
    return sum(_move(one, State.SUSPENDED, Why.LOST) for one in (held.filter(pk=card_id) if card_id else held))


def suspend(card_id: UUID) -> Card:
    """Suspend one card as lost. Twice is once. Raises NotFound outside the scope."""
    _move(get(card_id), State.SUSPENDED, Why.LOST)
    return get(card_id)


def resume(card_id: UUID) -> Card:
    """A suspended card holds again: device and person were seen. Does nothing with another.

    Raises NotFound, Refused `diri-sendiri` for the officer's own card.
    """
    card = get(card_id)
    if is_own(card.person_id):
        raise Refused("diri-sendiri", _("Ini kartu Anda sendiri: petugas lain yang memberlakukannya kembali"))
    _move(card, State.VALID, "")
    return get(card_id)


def revoke(card_id: UUID, why: str) -> Card:
    """End a card for good. Twice is once. Raises NotFound outside the scope."""
    _move(get(card_id), State.REVOKED, why)
    return get(card_id)


def revoke_all(person_id: UUID, why: str, *, asked_at: dt.datetime | None = None, besides: str = "") -> int:
    """End all cards of a person of the scope, but for `besides`; returns how many. `asked_at`: when the cause was known."""
    held = Card.objects.filter(person_id=person_id).exclude(state=State.REVOKED).order_by("issued_at", "pk")
    return sum(_move(one, State.REVOKED, why, asked_at) for one in held if str(one.pk) != besides)


def get(card_id: UUID) -> Card:
    """One card of the scope. Raises NotFound."""
    found = Card.objects.filter(pk=card_id).first()
    if found is None:
        raise NotFound
    return found


def keep_step(card: Card, step: str, why: str = "", asked_at: dt.datetime | None = None) -> None:
    """Write down what happened, where the person reads it, and tell the person."""
    actor, moment = current_actor(), now()
    CardStep.objects.create(
        card=card, person_id=card.person_id, rt_code=card.rt_code, step=step, why=why, at=moment, asked_at=asked_at or moment,
        actor_id=actor.user_id, actor_name=actor.name, actor_unit=actor.unit,
    )  # fmt: skip
    record_change(card.person_id, ACTIONS[Step(step)], purpose=PURPOSE, object_type="card", object_id=card.pk,
                  object_label=card.device)  # fmt: skip
    messages.tell(card, step, why)


@transaction.atomic
def _move(card: Card, to: Card.State, why: str, asked_at: dt.datetime | None = None) -> bool:
    """One conditional statement decides: of two at once, one moves the card."""
    fits = {
        State.VALID: Q(state=State.SUSPENDED),
        State.SUSPENDED: Q(state=State.VALID),
        State.REVOKED: ~Q(state=State.REVOKED),
    }[to]
    stopped = None if to == State.VALID else now()
    if not Card.objects.filter(fits, pk=card.pk).update(state=to, why=why, stopped_at=stopped):
        return False
    copies = Credential.objects.filter(card=card).values_list("entry_id", flat=True)
    status.mark(list(copies), VALUES[to])
    keep_step(card, STEPS[to], why, asked_at)
    return True
