"""What happened in the register that others may care about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True)
class PersonBorn:
    """A child was entered."""

    name: ClassVar[str] = "civil.PersonBorn"
    person_id: UUID
    peristiwa_id: UUID
    occurred_on: dt.date


@dataclass(frozen=True)
class PersonDied:
    """A person died: credentials, loans and bookings end."""

    name: ClassVar[str] = "civil.PersonDied"
    person_id: UUID
    peristiwa_id: UUID
    occurred_on: dt.date


@dataclass(frozen=True)
class PersonMoved:
    """A person lives elsewhere now; `to_rt` is empty when outside the city."""

    name: ClassVar[str] = "civil.PersonMoved"
    person_id: UUID
    peristiwa_id: UUID
    occurred_on: dt.date
    from_rt: str
    to_rt: str


@dataclass(frozen=True)
class PersonChanged:
    """What is known of a person changed otherwise: marriage, divorce, missing, corrected data."""

    name: ClassVar[str] = "civil.PersonChanged"
    person_id: UUID
    peristiwa_id: UUID
    kind: str


@dataclass(frozen=True)
class PersonCorrected:
    """A file of people changed what is known of a person, or the change was taken back."""

    name: ClassVar[str] = "civil.PersonCorrected"
    person_id: UUID
    batch_id: UUID


@dataclass(frozen=True)
class PeristiwaReversed:
    """An event was an error and has been taken back."""

    name: ClassVar[str] = "civil.PeristiwaReversed"
    peristiwa_id: UUID
    reversed_id: UUID
    person_id: UUID | None


@dataclass(frozen=True)
class PersonMerged:
    """Two records were one person: what knows `merged_id` goes on with `person_id`."""

    name: ClassVar[str] = "civil.PersonMerged"
    person_id: UUID
    merged_id: UUID
    pair_id: int


@dataclass(frozen=True)
class PersonSeparated:
    """Merging these two was an error and has been taken back."""

    name: ClassVar[str] = "civil.PersonSeparated"
    first_id: UUID
    second_id: UUID
    pair_id: int


@dataclass(frozen=True)
class DukcapilMoved:
    """Disdukcapil has an event, or has issued its document."""

    name: ClassVar[str] = "civil.DukcapilMoved"
    peristiwa_id: UUID
    person_id: UUID | None
    kind: str
    state: str
    document: str
