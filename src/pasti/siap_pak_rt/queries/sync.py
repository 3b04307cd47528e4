"""What a device keeps of its RT: families with names, sex, birth dates and relations, open letters, open reports.

NIK, numbers of cards, religion and papers stay on the server: a phone can be lost.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from pasti.civil.queries import cards
from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.audit.services import record_reads
from pasti.siap_pak_rt.models import Laporan, Letter, SyncAction
from pasti.siap_pak_rt.queries.letters_words import state_words, what_happened
from pasti.siap_pak_rt.rules.letter_states import State

PURPOSE = "siap_pak_rt.luring"
FIELDS = ("name", "sex", "birth_date", "relation")
AT_RT = (State.AT_RT, State.MEET)
MOST = 400  # reports and letters kept on a device at once

Items = dict[str, dict[str, Any]]


def everything(rt_code: str) -> dict[str, Items]:
    """All a device may keep of one RT within the scope in force, by kind and id. Reads are recorded by `recorded`."""
    return {"families": families(rt_code), "letters": letters(rt_code), "reports": reports(rt_code)}


def families(rt_code: str) -> Items:
    """The RT's families by id, each with its `v`, the digest of what is shown of it."""
    return {str(one["id"]): _versioned(one) for one in cards.of_rt(rt_code)}


def family_now(family_id: UUID) -> dict[str, Any] | None:
    """One family as it is now; None when it is no longer there."""
    found = cards.one(family_id)
    return _versioned(found) if found else None


def letters(rt_code: str) -> Items:
    """Letters that wait for the RT head, by id; `v` is the version to be decided on."""
    rows = Letter.objects.filter(rt_code=rt_code, state__in=AT_RT).select_related("kind").order_by("step_due_at")
    return {str(one.pk): letter_shown(one) for one in rows[:MOST]}


def letter_shown(one: Letter) -> dict[str, Any]:
    """What a device shows of a letter."""
    return {
        "id": str(one.pk), "v": one.version, "kind": one.kind.name, "name": one.subject_name,
        "subject": str(one.subject_id), "state": one.state, "words": state_words(one.state),
        "due": one.step_due_at.isoformat(), "told": {name: str(value) for name, value in one.fields.items()},
    }  # fmt: skip


def letter_now(letter_id: UUID) -> dict[str, Any] | None:
    """A letter as it is now, with what happened to it last; None outside the scope."""
    one = Letter.objects.filter(pk=letter_id).select_related("kind").first()
    return letter_shown(one) | {"happened": what_happened(one)} if one else None


def reports(rt_code: str) -> Items:
    """Reports of the RT on which the kelurahan has not decided, or that came back, by id."""
    rows = Laporan.objects.filter(rt_code=rt_code, state__in=("submitted", "returned")).order_by("-sent_at")
    return {
        str(one.pk): {"id": str(one.pk), "v": one.version, "kind": one.kind, "state": one.state, "reason": one.reason,
                      "person": str(one.person_id or ""), "on": one.occurred_on.isoformat(),
                      "sent": one.sent_at.isoformat(), "by": one.reporter_name}
        for one in rows[:MOST]
    }  # fmt: skip


def records_of(person_id: UUID) -> list[dict[str, Any]]:
    """What was done about a person without a network and handed in later, for that person's own copy."""
    with scoped(Scope.of_person(person_id, PURPOSE)):
        rows = list(SyncAction.objects.filter(subject_id=person_id).order_by("id"))
    return [
        {"catatan": "kerja tanpa jaringan", "jenis": one.kind, "keadaan": one.state, "dibuat_pada": one.made_at,
         "diterima_pada": one.received_at}
        for one in rows
    ]  # fmt: skip


def recorded(sent: dict[str, Items]) -> None:
    """Record for everybody whose record goes to a device that it was read, in one statement."""
    people = {member["id"] for one in sent["families"].values() for member in one["members"]}
    people |= {one["subject"] for one in sent["letters"].values()}
    record_reads([UUID(one) for one in sorted(people)], "siap_pak_rt.sync.kept", purpose=PURPOSE, fields=FIELDS,
                 object_type="person")  # fmt: skip


def _versioned(family: dict[str, Any]) -> dict[str, Any]:
    plain = json.loads(json.dumps(family, default=str, sort_keys=True))
    return plain | {"v": hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:16]}
