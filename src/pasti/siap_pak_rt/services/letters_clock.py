"""The clock of letters: reminders, escalation, and letters whose resident is gone. Each once, however often it runs."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.clock import city_zone, now, today
from pasti.kernel.outbox.models import StoredEvent
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.models import Letter
from pasti.siap_pak_rt.queries.letters_access import PURPOSE
from pasti.siap_pak_rt.rules import working_days
from pasti.siap_pak_rt.rules.letter_states import LEVEL_OF, OPEN, State
from pasti.siap_pak_rt.services.letters_steps import HORIZON, move, stamp

BATCH = 500
DIED = gettext_noop("Pemilik surat tercatat meninggal dunia")
MOVED_AWAY = gettext_noop("Pemilik surat tercatat pindah ke luar kota")
MOVED_WITHIN = gettext_noop("Pemilik surat tercatat pindah ke RT lain; minta lagi kepada RT yang baru")


def watch() -> int:
    """Remind who lets a letter wait beyond its promise; a working day later let the level above act. Returns how many."""
    moment, done = now(), 0
    with scoped(everyone(settings.PASTI_CITY.get("code", ""), PURPOSE)):
        late = Letter.objects.select_related("kind").filter(state__in=sorted(OPEN), step_due_at__lte=moment)
        for one in late.order_by("step_due_at", "id")[:BATCH]:
            done += _once(one, "remind")
            if one.escalated_at is None and _long_late(one):
                done += _escalate(one)
    return done


def _escalate(one: Letter) -> bool:
    """The row's condition and the step's uniqueness make it once, also when two workers meet."""
    with transaction.atomic():
        unmoved = Letter.objects.filter(pk=one.pk, version=one.version, escalated_at=None)
        if not unmoved.update(escalated_at=now()):
            return False
        return _once(one, "escalate")


def _once(one: Letter, what: str) -> bool:
    with suppress(IntegrityError), transaction.atomic():
        stamp(one, what, level=LEVEL_OF[State(one.state)], before=one.state, started=one.step_started_at,
              due=one.step_due_at)  # fmt: skip
        return True
    return False


def _long_late(one: Letter) -> bool:
    """Whether a whole working day has passed since the promise, in the city's days."""
    due = one.step_due_at.astimezone(city_zone()).date()
    return working_days.between(due, today(), places.holidays(due, due + HORIZON)) >= 1


def person_died(event: StoredEvent) -> None:
    """The open letters of who died are closed."""
    close_of(UUID(event.payload["person_id"]), DIED)


def person_moved(event: StoredEvent) -> None:
    """The open letters of who lives elsewhere now are closed: another RT knows the person from here on."""
    close_of(UUID(event.payload["person_id"]), MOVED_WITHIN if event.payload["to_rt"] else MOVED_AWAY)


def close_of(person_id: UUID, reason: str) -> int:
    """Close every open letter of a person; returns how many. Those issued stay."""
    closed = 0
    with scoped(everyone(settings.PASTI_CITY.get("code", ""), PURPOSE)), transaction.atomic():
        rows = Letter.objects.select_for_update(of=("self",)).select_related("kind")
        for one in rows.filter(subject_id=person_id, state__in=sorted(OPEN)).order_by("pk"):
            closed += move(one, State.CLOSED, "close", reason=reason)
    return closed
