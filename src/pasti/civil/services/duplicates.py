"""Records that may be one person: finding the pairs, deciding once, merging so that both histories stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from pasti.civil import events
from pasti.civil.models import DuplicatePair, DuplicateRun, Membership, Person, PersonVersion
from pasti.civil.rules import peristiwa as states
from pasti.civil.rules.duplicates import Record, likeness
from pasti.civil.services.changes import Changes, take_back
from pasti.kernel import clock
from pasti.kernel.audit.services import record_change
from pasti.kernel.context import current_actor
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.outbox.services import emit

PURPOSE = "civil.ganda"
AT_ONCE = 250_000  # people whose pairs are asked for at a time: a city reads itself once
STEP = 20_000  # pairs judged at a time
OVERLAP = dt.timedelta(minutes=10)  # changes that were not yet committed when the last run looked
State = DuplicatePair.State
Row = TypeVar("Row")
_FIELDS = ("name", "birth_date", "sex", "nik", "mother_name", "mother_nik")


def find_new() -> DuplicateRun:
    """Look for pairs among the people entered or changed since the last run, within the scope in force.

    Pairs that are known, decided or not, are left as they are.
    """
    last = DuplicateRun.objects.aggregate(at=Max("seen_until"))["at"]
    began = clock.now()
    changed = PersonVersion.objects.order_by("person_id").values_list("person_id", flat=True).distinct()
    if last is not None:
        changed = changed.filter(recorded_at__gt=last - OVERLAP)
    people, pairs = list(changed), 0
    for ids in _steps(people, AT_ONCE):
        pairs += sum(_keep(some) for some in _steps(_lookalikes(ids), STEP))
    return DuplicateRun.objects.create(
        seen_until=began, people=len(people), pairs=pairs, finished_at=clock.now()
    )  # fmt: skip


def _steps(rows: list[Row], size: int) -> Iterator[list[Row]]:
    return (rows[at : at + size] for at in range(0, len(rows), size))


def _lookalikes(ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT first, second FROM civil_lookalikes(%s)", [list(ids)])
        return list(cursor.fetchall())


def _keep(pairs: Sequence[tuple[UUID, UUID]]) -> int:
    """Judge pairs by the rules and keep those that are alike enough; returns how many are new."""
    known = _records({one for pair in pairs for one in pair})
    found = []
    for first, second in pairs:
        if first in known and second in known:
            (one, one_rt), (other, other_rt) = known[first], known[second]
            alike = likeness(one, other)
            if alike.is_enough:
                place = common_place(one_rt, other_rt)
                found.append(DuplicatePair(first_id=first, second_id=second, signs=list(alike.signs), score=alike.score,
                                           rt_code=place, recorded_at=clock.now()))  # fmt: skip
    before = DuplicatePair.objects.count()
    DuplicatePair.objects.bulk_create(found, ignore_conflicts=True)
    return DuplicatePair.objects.count() - before


def _records(ids: Iterable[UUID]) -> dict[UUID, tuple[Record, str]]:
    rows = Person.objects.filter(pk__in=list(ids)).exclude(status_dasar=states.VOID)
    return {
        pk: (Record(name, born, sex, nik or "", mother, mother_nik), rt)
        for pk, rt, name, born, sex, nik, mother, mother_nik in rows.values_list("pk", "rt_code", *_FIELDS)
    }


def common_place(one: str, other: str) -> str:
    """The code of the smallest place that holds both."""
    parts = []
    for left, right in zip(one.split("."), other.split("."), strict=False):
        if left != right:
            break
        parts.append(left)
    return ".".join(parts)


@transaction.atomic
def keep_apart(pair_id: int, reason: str) -> DuplicatePair:
    """These are two people. Decided once; the same decision again is the first one's.

    Raises NotFound, Refused `alasan-kosong`, `sudah-diputus`.
    """
    pair = _decided(pair_id, State.DIFFERENT, reason)
    _told(pair, "civil.duplicate.different", {"state": ["open", "different"], "reason": ["", pair.reason]})
    return pair


@transaction.atomic
def merge(pair_id: int, keep: UUID, reason: str) -> DuplicatePair:
    """These are one person: `keep` goes on, the other record becomes void and leads to it; both histories stay.

    The one that goes on takes the NIK and the place on the card when it has none itself. Raises NotFound, Refused
    `alasan-kosong`, `sudah-diputus`, `kepala-keluarga` when the other is the head of a card with others on it.
    """
    pair = _decided(pair_id, State.MERGED, reason)
    lost_id = pair.second_id if keep == pair.first_id else pair.first_id
    people = {one.pk: one for one in Person.objects.select_for_update().filter(pk__in=[pair.first_id, pair.second_id])}
    if keep not in people or lost_id not in people or keep == lost_id:
        raise NotFound
    if people[keep].status_dasar == states.VOID or people[lost_id].status_dasar == states.VOID:
        raise Refused("sudah-digabung", _("Salah satu catatan ini sudah dibatalkan atau digabung"))
    changes = Changes(PURPOSE, clock.today())
    _into_one(changes, people[keep], people[lost_id])
    DuplicatePair.objects.filter(pk=pair.pk).update(effects=changes.effects)
    _told(pair, "civil.duplicate.merged", {"merged_into": [str(lost_id), str(keep)], "reason": ["", pair.reason]})
    emit(events.PersonMerged(keep, lost_id, pair.pk), aggregate=f"civil.person:{keep}")
    return pair


def _into_one(changes: Changes, kept: Person, lost: Person) -> None:
    """Void the lost record; what only it had, the kept one takes over."""
    card = Membership.objects.filter(person=lost, ends__isnull=True).select_related("family").first()
    has_card = Membership.objects.filter(person=kept, ends__isnull=True).exists()
    if card is not None:
        others = Membership.objects.filter(family=card.family_id, ends__isnull=True).exclude(person=lost)
        if card.relation == Membership.HEAD and has_card and others.exists():
            raise Refused("kepala-keluarga", _("Catatan yang dihapus adalah kepala KK yang masih ada anggotanya: "
                                               "tetapkan dulu kepala yang baru"), field="keep")  # fmt: skip
        changes.leave(lost.pk, clock.today())
    changes.set(lost.pk, status_dasar=states.VOID, merged_into_id=kept.pk)
    if kept.nik is None and lost.nik is not None:
        changes.set(kept.pk, nik=lost.nik)
    if card is not None and not has_card:
        changes.join(card.family, kept.pk, card.relation, clock.today())
    elif card is not None:
        changes.close(card.family, clock.today())


@transaction.atomic
def separate(pair_id: int, reason: str) -> DuplicatePair:
    """Take a decision back: two merged records are again as they were, and the pair is open.

    Raises NotFound, Refused `alasan-kosong`, `belum-diputus`, `sudah-berubah` when others changed them since.
    """
    if not reason.strip():
        raise Refused("alasan-kosong", _("Tulis alasannya"), field="reason", status=422)
    pair = DuplicatePair.objects.select_for_update().filter(pk=pair_id).first()
    if pair is None:
        raise NotFound
    if pair.state == State.OPEN:
        raise Refused("belum-diputus", _("Pasangan ini belum diputuskan"))
    take_back(pair.effects, PURPOSE)
    was, pair.state, pair.effects, pair.reason = pair.state, State.OPEN, [], ""
    pair.save(update_fields=["state", "effects", "reason"])
    _told(pair, "civil.duplicate.reopened", {"state": [was, "open"], "reason": ["", reason.strip()[:300]]})
    if was == State.MERGED:
        emit(events.PersonSeparated(pair.first_id, pair.second_id, pair.pk), aggregate=f"civil.person:{pair.first_id}")
    return pair


def _decided(pair_id: int, state: DuplicatePair.State, reason: str) -> DuplicatePair:
    """Move an open pair to `state`: of two officers at once, one does."""
    if not reason.strip():
        raise Refused("alasan-kosong", _("Tulis alasannya"), field="reason", status=422)
    actor = current_actor()
    moved = DuplicatePair.objects.filter(pk=pair_id, state=State.OPEN).update(
        state=state, reason=reason.strip()[:300], decided_by=actor.user_id, decided_name=actor.name,
        decided_at=clock.now(),
    )  # fmt: skip
    pair = DuplicatePair.objects.filter(pk=pair_id).first()
    if pair is None:
        raise NotFound
    if not moved:
        raise Refused("sudah-diputus", _("Pasangan ini sudah diputuskan oleh %(name)s") % {"name": pair.decided_name})
    return pair


def _told(pair: DuplicatePair, action: str, changes: dict[str, list[str]]) -> None:
    for person in (pair.first_id, pair.second_id):
        record_change(person, action, purpose=PURPOSE, object_type="duplicate", object_id=pair.pk, changes=changes)
