"""Moving a letter from one step to the next: one conditional update, one row that stays, one audit row, one event."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import F

from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now, start_of_day, today
from pasti.kernel.context import current_actor
from pasti.kernel.outbox.services import emit
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.events import LetterMoved
from pasti.siap_pak_rt.models import Letter, LetterStep
from pasti.siap_pak_rt.queries import letters_access as access
from pasti.siap_pak_rt.queries.letters_access import PURPOSE, Authority
from pasti.siap_pak_rt.rules import working_days
from pasti.siap_pak_rt.rules.letter_states import LEVEL_OF, State

HORIZON = dt.timedelta(days=400)  # how far ahead holidays can matter


def move(
    letter: Letter, then: State, verdict: str, *, level: str = "", by: Authority | None = None, reason: str = "",
    client_id: str | None = None, **changes: Any,
) -> bool:  # fmt: skip
    """Take the letter from the version in hand to `then`. False when somebody moved it on before: nothing is written."""
    before, started, due = letter.state, letter.step_started_at, letter.step_due_at
    changes |= {"state": str(then)} | (clock(letter, then) if then in LEVEL_OF else {})
    row = Letter.objects.filter(pk=letter.pk, version=letter.version, state=before)
    if not row.update(version=F("version") + 1, **changes):
        return False
    letter.version += 1
    for name, value in changes.items():
        setattr(letter, name, value)
    stamp(
        letter, verdict, level=level, by=by, before=before, reason=reason, client_id=client_id, started=started, due=due
    )
    return True


def stamp(
    letter: Letter, verdict: str, *, level: str = "", by: Authority | None = None, before: str = "", reason: str = "",
    client_id: str | None = None, started: dt.datetime | None = None, due: dt.datetime | None = None,
) -> None:  # fmt: skip
    """Write the step that led to where the letter stands now, its trace for the resident, and its news."""
    actor, moment = current_actor(), now()
    LetterStep.objects.create(
        letter=letter, subject_id=letter.subject_id, rt_code=letter.rt_code, version=letter.version, verdict=verdict,
        level=level, state_before=before, state_after=letter.state, reason=reason, actor_id=actor.user_id,
        actor_name=actor.name, actor_role=by.role if by else actor.role, actor_unit=by.unit_name if by else actor.unit,
        deputy_for=by.for_whom if by else "", client_id=client_id, started_at=started, due_at=due, occurred_at=moment,
        recorded_at=moment,
    )  # fmt: skip
    record_change(
        letter.subject_id, f"siap_pak_rt.letter.{verdict}", purpose=PURPOSE, object_type="letter", object_id=letter.pk,
        object_label=letter.kind.name, changes={"state": letter.state},
    )  # fmt: skip
    tell(letter, verdict)


def tell(letter: Letter, verdict: str) -> None:
    """The news of a step."""
    event = LetterMoved(letter.pk, letter.kind_id, letter.rt_code, verdict, letter.state, letter.version)
    emit(event, aggregate=f"siap_pak_rt.letter:{letter.pk}")


def clock(letter: Letter, then: State) -> dict[str, Any]:
    """The clock of the step that begins now. Meeting the RT and signing go on with the time already running."""
    level = LEVEL_OF[then]
    if LEVEL_OF.get(State(letter.state)) == level:
        return {}
    return begins(level, letter.days[letter.route.index(level)], letter.rt_code, letter.subject_id)


def begins(level: str, days: int, rt_code: str, subject_id: UUID) -> dict[str, Any]:
    """The clock of a step that begins now at `level`.

    Where nobody there can decide (the office is vacant, or all who hold it are family of the resident) the level above
    may act from the start.
    """
    moment, able = now(), (head for head in access.holders(level, rt_code) if subject_id not in access.own_people(head))
    return {"step_started_at": moment, "step_due_at": due_after(days), "escalated_at": None if any(able) else moment}


def due_after(days: int) -> dt.datetime:
    """The end of the `days`-th working day from today, in the city's time."""
    return start_of_day(promised_day(days) + working_days.DAY)


def promised_day(days: int) -> dt.date:
    """The `days`-th working day from today."""
    return working_days.add(today(), days, places.holidays(today(), today() + HORIZON))
