"""What waits for an official: letters to decide; and all letters of a resident, for the own copy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from pasti.kernel.accounts.access import can
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.publish.types import Task
from pasti.siap_pak_rt.models import Letter
from pasti.siap_pak_rt.queries import letters
from pasti.siap_pak_rt.queries import letters_access as access
from pasti.siap_pak_rt.queries.letters_words import kind_name, state_words

SHOWN = 5
SYSTEM = "SIAP PAK RT"


def of(user: User) -> list[Task]:
    """Letters that wait for `user`, the most urgent five, without names: opening one is recorded, this list is not.

    Residents are told in the inbox; for them nothing is asked of the database.
    """
    if not can(user, access.DECIDE):
        return []
    with scoped(access.scope_for(user)):
        return _work(user)


def _work(user: User) -> list[Task]:
    own = access.own_people(user)
    rows = (
        letters.pending(access.authorities(user)).exclude(subject_id__in=own).order_by("step_due_at", "id")[: SHOWN + 1]
    )
    found = [
        Task(title=kind_name(one.kind), text=state_words(one.state), url=f"/siap-pak-rt/surat/{one.pk}/",
             action_label=_("Putuskan"), system=SYSTEM, due=one.step_due_at, staff=True)
        for one in rows
    ]  # fmt: skip
    if len(found) > SHOWN:
        more = Task(title=_("Surat lain menunggu Anda"), text="", url="/siap-pak-rt/surat/kerja/", action_label=_("Lihat semua"),
                    system=SYSTEM, due=found[SHOWN].due, staff=True)  # fmt: skip
        return [*found[:SHOWN], more]
    return found


def records_of(person_id: UUID) -> list[dict[str, Any]]:
    """Every letter about a person with what was typed and each step, for that person's own copy."""
    with scoped(everyone(settings.PASTI_CITY.get("code", ""), access.PURPOSE)):
        rows = Letter.objects.select_related("kind").filter(subject_id=person_id).order_by("recorded_at")
        return [_record(one) for one in rows.prefetch_related("steps")]


def _record(one: Letter) -> dict[str, Any]:
    steps = [
        f"{s.occurred_at:%Y-%m-%d %H:%M}Z {s.verdict} {s.actor_role}: {s.reason}".strip(": ") for s in one.steps.all()
    ]
    return {
        "jenis": one.kind.name, "nomor": one.number, "keadaan": one.state, "diminta": one.occurred_at, "terbit": one.issued_at,
        "dijanjikan": one.promised_on, **{f"isian {name}": value for name, value in one.fields.items()},
        "langkah": "; ".join(steps),
    }  # fmt: skip
