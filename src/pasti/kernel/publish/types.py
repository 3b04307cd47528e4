"""The plain objects of a system's `published.py`. Frozen: a declaration is a fact, not a state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Service:
    """A public service, after CPSV-AP and the service standard of UU 25/2009 and PermenPANRB 15/2014."""

    code: str
    name_id: str
    name_en: str
    purpose_id: str
    purpose_en: str
    agency: str
    dimensions: tuple[str, ...]
    life_events: tuple[str, ...]
    audience_id: str
    audience_en: str
    requirements_id: tuple[str, ...]
    requirements_en: tuple[str, ...]
    promised_time_id: str
    promised_time_en: str
    cost_id: str
    cost_en: str
    entry_url: str
    quick_win: str = ""
    words: tuple[str, ...] = ()
    kept_promise_measure: str = ""
    sign_in: bool = True


@dataclass(frozen=True)
class LifeEvent:
    """Something that happens in a life and brings one to the city."""

    code: str
    name_id: str
    name_en: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measure:
    """A number computed from records.

    `sql` takes `%(start)s`, `%(end)s` (UTC, half-open), `%(area)s` (place code), `%(as_of)s` (UTC) and returns
    one row: numerator, denominator, value, row_count. `records_sql` takes the same and returns the contributing
    records as (id, digest) in a fixed order. `sample_sql` shows some of them, masked. All three count only what
    was recorded up to `as_of`, so that a number can be computed again as it was known then.

    `newest_sql` takes the same too and returns one moment: when the newest record that may count was recorded. It
    must be cheap (an index's end): it is what a page asks instead of counting a city again. Without it every look
    counts.
    """

    code: str
    version: int
    name_id: str
    name_en: str
    unit: str
    grain: str
    method_id: str
    method_en: str
    sql: str
    records_sql: str
    sample_sql: str
    rollup: str = "ratio"
    newest_sql: str = ""


@dataclass(frozen=True)
class Dataset:
    """Open data: a query without personal data, with the metadata of Satu Data Indonesia."""

    code: str
    title_id: str
    title_en: str
    description_id: str
    agency: str
    columns: tuple[str, ...]
    rows: Callable[[], Sequence[Sequence[Any]]]
    licence: str = "CC-BY-4.0"


@dataclass(frozen=True)
class Purpose:
    """Why personal data is read, with its legal basis (UU 27/2022, article 20)."""

    code: str
    name_id: str
    name_en: str
    legal_basis: str


@dataclass(frozen=True)
class Grant:
    """Who may do a thing: a permission and the roles that hold it."""

    permission: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class ActionName:
    """The words for an audited act, as the person concerned reads them in Jejak Akses."""

    code: str
    text_id: str
    text_en: str


@dataclass(frozen=True)
class Subscription:
    """A wish to hear of an event: `handler` is "dotted.path:function" taking a StoredEvent."""

    event: str
    handler: str
    name: str


@dataclass(frozen=True)
class Hit:
    """One thing found by a search."""

    title: str
    text: str
    url: str
    kind: str
    score: float = 1.0


@dataclass(frozen=True)
class SearchSource:
    """A system's answer to the one search box: `search(words, user or None, limit)`."""

    code: str
    name_id: str
    name_en: str
    search: Callable[[str, Any, int], list[Hit]]


@dataclass(frozen=True)
class Task:
    """Something dated that waits for a person, with one thing to do about it."""

    title: str
    text: str
    url: str
    action_label: str
    system: str
    due: dt.datetime | None = None
    # Whether it waits for the person as a citizen or as staff.
    staff: bool = False


@dataclass(frozen=True)
class TaskSource:
    """A system's list of what waits for `user`."""

    code: str
    tasks: Callable[[Any], list[Task]]


@dataclass(frozen=True)
class Notice:
    """Something everybody should see at the front door now."""

    title: str
    text: str
    url: str
    grave: bool = False


@dataclass(frozen=True)
class NoticeSource:
    """A system's list of what everybody should see now: asked every few seconds, so it must be cheap."""

    code: str
    notices: Callable[[], list[Notice]]


@dataclass(frozen=True)
class Room:
    """A page where officials work, offered on the staff home to those who hold `permission`."""

    code: str
    name_id: str
    name_en: str
    url: str
    permission: str


@dataclass(frozen=True)
class SubjectRecords:
    """All a system holds about one person, for that person's own copy (UU 27/2022 articles 7 and 32).

    `collect(person_id)` returns records of plain names and values (text, numbers, days, moments), none left out.
    """

    code: str
    name_id: str
    name_en: str
    collect: Callable[[UUID], list[dict[str, Any]]]


@dataclass
class Published:
    """All that one package declares, gathered by the registry."""

    services: list[Service] = field(default_factory=list)
    life_events: list[LifeEvent] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    datasets: list[Dataset] = field(default_factory=list)
    purposes: list[Purpose] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    actions: list[ActionName] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    searches: list[SearchSource] = field(default_factory=list)
    tasks: list[TaskSource] = field(default_factory=list)
    notices: list[NoticeSource] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    subject_records: list[SubjectRecords] = field(default_factory=list)
