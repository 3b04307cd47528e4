"""Moving a registration from state to state, with its stamp, its trace and its news."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.kernel.context import current_actor
from pasti.kernel.errors import Refused
from pasti.kernel.outbox.services import Event, emit
from pasti.kernel.statements import run
from pasti.purut.events import AntreanMoved
from pasti.purut.models import Antrean
from pasti.purut.rules import numbers
from pasti.purut.rules.states import State, states_before
from pasti.purut.services.wording import STATES

PURPOSE = "purut.care"
ALL = frozenset(State)
_STAMP = (
    "INSERT INTO purut_antreanstep (antrean_id, step, occurred_at, recorded_at, actor_id) VALUES (%s, %s, %s, %s, %s)"
)


def topic(poli_code: str) -> str:
    """The live topic of a clinic's board."""
    return f"purut.papan.{poli_code.lower()}"


def move(antrean: Antrean, then: State, *, sources: Collection[State] = ALL, **changes: Any) -> bool:
    """Go to `then` if the rules allow it from where the row stands now, and it stands in one of `sources`.

    False when it already stands there.

    The condition is in the update itself, so of two who press at once one moves it and the other learns the truth.
    Raises Refused `langkah-tidak-sah` when the state has gone elsewhere.
    """
    allowed = [state for state in states_before(then) if state in sources]
    moved = Antrean.objects.filter(pk=antrean.pk, state__in=allowed).update(state=then, **changes)
    if not moved:
        antrean.refresh_from_db()
        if antrean.state == then:
            return False
        words = {"label": label_of(antrean), "state": STATES[State(antrean.state)]}
        message = _("Antrean %(label)s sudah berubah: %(state)s") % words
        raise Refused("langkah-tidak-sah", message, state=antrean.state)
    for field, value in (changes | {"state": then}).items():
        setattr(antrean, field, value)
    stamp(antrean, then)
    return True


def stamp(antrean: Antrean, step: State) -> None:
    """Write the step's stamp and the audit row."""
    moment = now()
    run(_STAMP, [antrean.pk, str(step), moment, moment, current_actor().user_id])
    trace(antrean, step)


def trace(antrean: Antrean, step: State) -> None:
    """Write the audit row of a step that is stamped."""
    record_change(
        antrean.patient.person_id, f"purut.antrean.{step}", purpose=PURPOSE, object_type="antrean",
        object_id=antrean.code, object_label=label_of(antrean), changes={"state": str(step)},
    )  # fmt: skip


def label_of(antrean: Antrean) -> str:
    """The printed number."""
    return numbers.label(antrean.poli.prefix, antrean.number)


def tell(antrean: Antrean, event: Event, **live: Any) -> None:
    """Emit the event; boards of the clinic get the public part."""
    public = {"poli": antrean.poli_id, "nomor": label_of(antrean), "status": antrean.state, **live}
    emit(event, aggregate=f"purut.sesi:{antrean.sesi_id}", topic=topic(antrean.poli_id), live=public)


def news(antrean: Antrean, kind: str) -> None:
    """Tell the boards that the registration has moved on; `kind` is the word live pages get."""
    tell(antrean, AntreanMoved(antrean.code, label_of(antrean), antrean.poli_id, antrean.state), jenis=kind)
