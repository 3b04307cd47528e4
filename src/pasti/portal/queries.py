"""What the front door shows, gathered from what the systems publish."""

from __future__ import annotations

import datetime as dt
import itertools
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.roles import ROLES
from pasti.kernel.audit.models import Entry
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.clock import now
from pasti.kernel.context import ANONYMOUS
from pasti.kernel.publish.registry import registry
from pasti.kernel.publish.types import Hit, LifeEvent, Notice, Service, Task
from pasti.portal.rules import search as rules

log = logging.getLogger(__name__)
GOOD = 0.5
NOTICED_FOR = 5.0  # seconds
FAR = dt.timedelta(days=3650)


@dataclass(frozen=True)
class Card:
    """A service in the reader's language."""

    service: Service
    name: str
    purpose: str


@dataclass(frozen=True)
class Trace:
    """One row of Jejak Akses in words."""

    at: dt.datetime
    who: str
    role: str
    did: str
    why: str
    basis: str
    fields: str
    own: bool
    times: int = 1


def english() -> bool:
    """Whether the reader reads English."""
    return (translation.get_language() or "").startswith("en")


def local(thing: Any, name: str) -> Any:
    """`thing.name_id` or `thing.name_en`."""
    return getattr(thing, f"{name}_en" if english() else f"{name}_id")


def card(service: Service) -> Card:
    """A service as a card."""
    return Card(service, local(service, "name"), local(service, "purpose"))


def services(*, life_event: str = "", dimension: str = "") -> list[Card]:
    """Services, all or of one life event or dimension."""
    rows = registry().services.values()
    return [
        card(s) for s in rows
        if (not life_event or life_event in s.life_events) and (not dimension or dimension in s.dimensions)
    ]  # fmt: skip


def life_events() -> list[tuple[LifeEvent, str, int]]:
    """Life events with at least one service, with their names and counts."""
    rows = registry().services.values()
    counted = [
        (e, local(e, "name"), sum(e.code in s.life_events for s in rows)) for e in registry().life_events.values()
    ]
    return [row for row in counted if row[2]]


def search(query: str, user: Any, limit: int = 8) -> list[tuple[str, list[Hit]]]:
    """Hits by source, the best source first. A source that fails is left out, not the whole search."""
    groups = []
    for source in registry().searches:
        try:
            hits = source.search(query, user, limit)
        except Exception:
            log.exception("search source %s failed", source.code)
            continue
        if hits:
            groups.append((local(source, "name"), hits))
    return sorted(groups, key=lambda group: -max(hit.score for hit in group[1]))


def find_services(query: str, user: Any, limit: int) -> list[Hit]:
    """Services that fit the words."""
    scored = []
    for one in registry().services.values():
        events = [e for e in registry().life_events.values() if e.code in one.life_events]
        words = [
            one.name_id,
            one.name_en,
            one.purpose_id,
            *one.words,
            *(w for e in events for w in (e.name_id, *e.words)),
        ]
        scored.append((rules.score(query, words), one))
    best = sorted((pair for pair in scored if pair[0] >= GOOD), key=lambda pair: -pair[0])
    return [
        Hit(local(s, "name"), local(s, "purpose"), f"/layanan/{s.code}/", _("Layanan"), score)
        for score, s in best[:limit]
    ]


_noticed: dict[str, tuple[float, list[Notice]]] = {}


def notices() -> list[Notice]:
    """What everybody should see now, by language; looked at again after some seconds, so a busy home asks nobody."""
    language, moment = translation.get_language() or "", time.monotonic()
    known = _noticed.get(language)
    if known is None or moment - known[0] > NOTICED_FOR:
        known = _noticed[language] = (moment, _notices())
    return known[1]


def _notices() -> list[Notice]:
    found: list[Notice] = []
    for source in registry().notices:
        try:
            found += source.notices()
        except Exception:
            log.exception("notice source %s failed", source.code)
    return found


def tasks(user: User, *, staff: bool) -> list[Task]:
    """What waits for the user, soonest first; a system that fails is left out."""
    found: list[Task] = []
    for source in registry().tasks:
        try:
            found += [task for task in source.tasks(user) if task.staff == staff]
        except Exception:
            log.exception("task source %s failed", source.code)
    return sorted(found, key=lambda task: task.due or now() + FAR)


def trail(user: User, *, others_only: bool) -> QuerySet[Entry]:
    """The audit rows about the user's own person, newest first, to be paged."""
    assert user.person_id is not None
    rows = trail_of(user.person_id)
    return rows.exclude(actor_id=user.pk) if others_only else rows


def told(entries: Iterable[Entry], user: User) -> list[Trace]:
    """Audit rows in words; the same act of the same person again and again is one line with its count."""
    groups = itertools.groupby(entries, key=lambda e: (e.actor_id, e.actor_role, e.action, e.purpose, tuple(e.fields)))
    rows = [list(group) for _key, group in groups]
    return [replace(in_words(group[0], user), times=len(group)) for group in rows]


def in_words(entry: Entry, user: User) -> Trace:
    """One audit row as its subject reads it."""
    action = registry().actions.get(entry.action)
    purpose = registry().purposes.get(entry.purpose)
    role = ROLES.get(entry.actor_role)
    did = (action.text_en if english() else action.text_id) if action else _("membuka data Anda")
    own = entry.actor_id == user.pk
    nobody = entry.actor_role == ANONYMOUS.role
    unnamed = {ANONYMOUS.role: "", "client": _("aplikasi")}.get(entry.actor_role, entry.actor_role)
    shown = (role.name_en if english() else role.name_id) if role else unnamed
    who = _("Seseorang") if nobody else entry.actor_name
    return Trace(
        entry.at, _("Anda sendiri") if own else who, " – ".join(filter(None, [shown, entry.actor_unit])), did,
        local(purpose, "name") if purpose else entry.purpose, purpose.legal_basis if purpose else "",
        ", ".join(FIELDS.get(name, name) for name in entry.fields), own,
    )  # fmt: skip


class _Fields(dict[str, str]):
    """Names of fields in words."""

    def get(self, name: str, default: Any = None) -> Any:
        """The word for a field, in the language of the moment."""
        return {
            "name": _("nama"), "nik": "NIK", "sex": _("jenis kelamin"), "birth_date": _("tanggal lahir"),
            "birth_place": _("tempat lahir"), "rt_code": _("alamat RT"), "religion": _("agama"), "education": _("pendidikan"),
            "occupation": _("pekerjaan"), "marital_status": _("status kawin"), "blood_type": _("golongan darah"),
            "citizenship": _("kewarganegaraan"), "relation": _("hubungan keluarga"), "norm": _("nomor rekam medis"),
            "state": _("keadaan antrean"), "role": _("peran"), "unit": _("unit"), "ends": _("akhir peran"),
            "residency": _("status tinggal"), "gender": _("jenis kelamin"), "birthdate": _("tanggal lahir"),
            "address": _("alamat"), "email": _("alamat surel"), "phone_number": _("nomor telepon"), "kelurahan": _("kelurahan"),
            "rt": "RT", "rw": "RW", "age_over_17": _("sudah 17 tahun atau belum"), "age_over_21": _("sudah 21 tahun atau belum"),
        }.get(name, default)  # fmt: skip


FIELDS = _Fields()
