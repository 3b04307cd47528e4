"""Words of cards and activations."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from pasti.identity.models import Activation, Card, CardStep
from pasti.identity.services.issuing_messages import REASONS
from pasti.identity.web.issuing_forms import DOCUMENTS
from pasti.kernel.clock import now

State, Step = Card.State, CardStep.Step
STATES = {
    State.VALID: (gettext_noop("Berlaku"), "good"),
    State.SUSPENDED: (gettext_noop("Ditangguhkan"), "fair"),
    State.REVOKED: (gettext_noop("Dicabut"), "poor"),
}
EXPIRED = (gettext_noop("Habis masa berlakunya"), "poor")
STEPS = {
    Step.ISSUED: gettext_noop("Diterima di perangkat"),
    Step.SUSPENDED: gettext_noop("Ditangguhkan"),
    Step.RESUMED: gettext_noop("Berlaku lagi"),
    Step.REVOKED: gettext_noop("Dicabut"),
}


def state(card: Card) -> tuple[str, str]:
    """A card's state in words, and the colour of its tag."""
    known = EXPIRED if card.state != State.REVOKED and card.expires_at <= now() else STATES[State(card.state)]
    return _(known[0]), known[1]


def step(one: CardStep) -> str:
    """What happened to a card, and why, as the history says it."""
    said = _(STEPS[Step(one.step)])
    return f"{said}. {_(REASONS[Card.Why(one.why)])}" if one.why else f"{said}."


def document(one: Activation) -> str:
    """Which document was shown."""
    return str(dict(DOCUMENTS)[Activation.Document(one.document)]) + (
        f": {one.document_note}" if one.document_note else ""
    )


def stage(one: Activation) -> str:
    """Where an activation stands, as its page tells it apart: an offer that ran out is over."""
    over = one.state == Activation.State.OFFERED and one.expires_at is not None and one.expires_at <= now()
    return "over" if over else str(one.state)
