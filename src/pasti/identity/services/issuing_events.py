"""What the register tells of people whose cards no longer say the truth: those cards end, by themselves and for good."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.conf import settings

from pasti.identity.models import Card
from pasti.identity.services.issuing_cards import Why, revoke_all
from pasti.identity.services.issuing_facts import PURPOSE, told
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.outbox.models import StoredEvent


def person_died(event: StoredEvent) -> None:
    """Nobody holds the card of the dead."""
    _end(UUID(event.payload["person_id"]), Why.DIED, event.occurred_at)


def person_moved(event: StoredEvent) -> None:
    """Who left the city is no resident; who moved within it lives elsewhere than the card says."""
    why = Why.CHANGED if event.payload["to_rt"] else Why.MOVED
    _end(UUID(event.payload["person_id"]), why, event.occurred_at)


def person_changed(event: StoredEvent) -> None:
    """NIK, name or other data on the card may be another now."""
    _recheck(UUID(event.payload["person_id"]), event.occurred_at)


def person_merged(event: StoredEvent) -> None:
    """The record that was given up has no cards; the other one may have taken over its NIK."""
    _end(UUID(event.payload["merged_id"]), Why.MERGED, event.occurred_at)
    _recheck(UUID(event.payload["person_id"]), event.occurred_at)


def event_reversed(event: StoredEvent) -> None:
    """An event was taken back: the register may say otherwise than when the card was issued. A revoked one stays so."""
    if event.payload["person_id"]:
        _recheck(UUID(event.payload["person_id"]), event.occurred_at)


def _end(person_id: UUID, why: str, asked_at: dt.datetime) -> None:
    with scoped(everyone(settings.PASTI_CITY.get("code", ""), PURPOSE)):
        revoke_all(person_id, why, asked_at=asked_at)


def _recheck(person_id: UUID, asked_at: dt.datetime) -> None:
    """Compare what the cards say with what the register says; end those that differ. Reads only of who holds a card."""
    with scoped(everyone(settings.PASTI_CITY.get("code", ""), PURPOSE)):
        held = Card.objects.filter(person_id=person_id).exclude(state=Card.State.REVOKED)
        digests = set(held.values_list("facts_digest", flat=True))
        if not digests:
            return
        now = told(person_id)
        if now is None or digests != {now.digest}:
            revoke_all(person_id, Why.CHANGED, asked_at=asked_at)
