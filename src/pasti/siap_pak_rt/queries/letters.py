"""Every read of letters: what can be asked for, one letter, what waits for whom, the book of those issued."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractMonth

from pasti.civil import queries as register
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_read, record_reads
from pasti.kernel.clock import city_zone, now, today
from pasti.kernel.errors import NotFound
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.models import Attachment, Letter, LetterKind, LetterStep, Paper
from pasti.siap_pak_rt.queries.letters_access import PURPOSE, Authority, own_people
from pasti.siap_pak_rt.rules import letter_search, working_days
from pasti.siap_pak_rt.rules.letter_states import LEVEL_OF, OPEN, State, level_above

LISTED = ("name", "rt_code")
ENDED = (State.ISSUED, State.REVOKED)
_STATES = {level: sorted(s for s, at in LEVEL_OF.items() if at == level) for level in ("rt", "rw", "kelurahan")}
_BELOW = {level_above(level): level for level in ("rt", "rw")}


@dataclass(frozen=True)
class Left:
    """The time a step has left, in working days; `late` when the promise has passed."""

    days: int
    late: bool


def kinds(words: str = "") -> list[LetterKind]:
    """The kinds one can ask for, in the pack's order; with `words` those that fit, the best first."""
    rows = list(LetterKind.objects.filter(offered=True))
    return [one for one, _score in ranked(rows, words)] if words.strip() else rows


def ranked(rows: Sequence[LetterKind], words: str) -> list[tuple[LetterKind, float]]:
    """Kinds with how well they fit the words, the best first."""
    scored = [(one, letter_search.score(words, [one.name, one.name_en, *one.words])) for one in rows]
    return sorted(((one, s) for one, s in scored if s >= letter_search.GOOD), key=lambda pair: -pair[1])


def kind(code: str) -> LetterKind:
    """A kind one can ask for. Raises NotFound."""
    found = LetterKind.objects.filter(pk=code, offered=True).first()
    if found is None:
        raise NotFound
    return found


def family_of(user: User) -> list[tuple[UUID, str]]:
    """Whom a resident may ask for: oneself first, then the others alive on the family card."""
    if user.person_id is None:
        return []
    home = register.household(user.person_id, purpose=PURPOSE)
    living = {m.person.pk: m.person.name for m in home.members if m.person.status_dasar == 1} if home else {}
    others = [(pk, name) for pk, name in living.items() if pk != user.person_id]
    return [(user.person_id, living.get(user.person_id, user.name)), *others]


def letter(letter_id: UUID) -> Letter:
    """One letter within the scope; the resident sees that it was opened. Raises NotFound."""
    found = Letter.objects.select_related("kind").filter(pk=letter_id).first()
    if found is None:
        raise NotFound
    record_read(found.subject_id, "siap_pak_rt.letter.read", purpose=PURPOSE, fields=LISTED, object_type="letter",
                object_id=found.pk, object_label=found.kind.name)  # fmt: skip
    return found


def steps_of(one: Letter) -> list[LetterStep]:
    """What happened to a letter, oldest first."""
    return list(LetterStep.objects.filter(letter=one).order_by("id"))


def mine(user: User) -> QuerySet[Letter]:
    """Letters of the user, the own family, and those the user asked for others, to be paged newest first."""
    about = Q(subject_id__in=own_people(user)) | Q(asked_by=user.pk)
    return Letter.objects.select_related("kind").filter(about)


def within(area: str, *, state: str = "", kind_code: str = "") -> QuerySet[Letter]:
    """Letters of the scope in the place `area` (any when empty), to be paged."""
    rows = Letter.objects.select_related("kind")
    rows = rows.filter(Q(rt_code=area) | Q(rt_code__startswith=f"{area}.")) if area else rows
    rows = rows.filter(state=state) if state else rows
    return rows.filter(kind_id=kind_code) if kind_code else rows


def pending(held: Sequence[Authority], *, kind_code: str = "", late: bool = False) -> QuerySet[Letter]:
    """What those who hold these authorities can decide now, to be paged by the time it is due."""
    mine_now = Q(pk__in=[])
    for one in held:
        at = Q(rt_code=one.area) | Q(rt_code__startswith=f"{one.area}.")
        mine_now |= at & Q(state__in=_STATES[one.level])
        if below := _BELOW.get(one.level):
            mine_now |= at & Q(state__in=_STATES[below], escalated_at__isnull=False)
    rows = Letter.objects.select_related("kind").filter(mine_now)
    rows = rows.filter(kind_id=kind_code) if kind_code else rows
    return rows.filter(step_due_at__lte=now()) if late else rows


def listed(rows: list[Letter]) -> list[Letter]:
    """Record that these letters were seen in a list, in one statement; returns them."""
    record_reads(dict.fromkeys(row.subject_id for row in rows), "siap_pak_rt.letters.listed", purpose=PURPOSE,
                 fields=LISTED, object_type="letter")  # fmt: skip
    return rows


def book(unit_code: str, year: int) -> QuerySet[Letter]:
    """The letters a unit issued in a year, revoked ones included, to be paged by serial."""
    return Letter.objects.select_related("kind").filter(unit_code=unit_code, year=year, state__in=ENDED)


def by_month(unit_code: str, year: int) -> list[tuple[int, int]]:
    """How many letters a unit issued in each month of a year."""
    rows = book(unit_code, year).annotate(month=ExtractMonth("issued_at", tzinfo=city_zone()))
    counted = dict(rows.values_list("month").annotate(n=Count("id")).order_by("month"))
    return [(month, counted.get(month, 0)) for month in range(1, 13)]


def time_left(rows: Sequence[Letter]) -> dict[UUID, Left]:
    """The time each open letter's step has left; one query for all."""
    due = {row.pk: _last_day(row) for row in rows if row.state in OPEN}
    if not due:
        return {}
    day = today()
    free = places.holidays(min(day, *due.values()), max(day, *due.values()))
    return {pk: Left(working_days.between(day, last, free), last < day) for pk, last in due.items()}


def _last_day(row: Letter) -> dt.date:
    return (row.step_due_at - dt.timedelta(seconds=1)).astimezone(city_zone()).date()


def exported(unit_code: str, year: int) -> list[Letter]:
    """The whole book of a unit and year by serial, recorded as downloaded for everyone in it."""
    rows = list(book(unit_code, year).order_by("serial"))
    record_reads(dict.fromkeys(row.subject_id for row in rows), "siap_pak_rt.letters.exported", purpose=PURPOSE,
                 fields=LISTED, object_type="letter")  # fmt: skip
    return rows


def proof_counts(ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many proofs each of these letters has."""
    names = {f"letter:{pk}": pk for pk in ids}
    rows = Attachment.objects.filter(claimed_to__in=names).values_list("claimed_to").annotate(n=Count("id"))
    return {names[name]: count for name, count in rows}


def paper_of(one: Letter) -> Paper | None:
    """The paper of an issued letter."""
    return Paper.objects.filter(pk=one.paper_id).first() if one.paper_id else None
