"""What `/api/v1/purut/` takes and gives."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from ninja import Field, Schema

Kind = Literal["", "racikan", "non_racikan"]


class PoliShown(Schema):
    """A clinic, by its BPJS code."""

    code: str
    name: str
    name_en: str
    words: list[str]


class SesiShown(Schema):
    """A session with what is left for one who books online."""

    id: int
    poli: str
    dokter: str
    date: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    open: bool
    left: int
    left_jkn: int
    left_nonjkn: int


class PoliPage(Schema):
    """One page of clinics."""

    items: list[PoliShown]
    next: str | None


class SesiPage(Schema):
    """One page of sessions."""

    items: list[SesiShown]
    next: str | None


class SesiWanted(Schema):
    """Which sessions: of one day, of one clinic."""

    date: dt.date | None = None
    poli: str = ""
    limit: int = 50
    cursor: str | None = None


class PatientGiven(Schema):
    """A patient who is not the caller: for the counter and for partner programs."""

    nik: str = Field(description="16 digits")
    name: str = Field(min_length=2, max_length=120, pattern=r"^[^\x00-\x1f]+$")
    birth_date: dt.date
    sex: Literal["L", "P"]
    phone: str = Field("", max_length=20, pattern=r"^[0-9+ -]*$")


class PlaceWanted(Schema):
    """Who is to be registered and who pays. Without `person_id` and `patient` it is the caller."""

    payer: Literal["umum", "jkn"] = "umum"
    visit_kind: int = Field(1, ge=1, le=4, description="1 referral, 2 internal, 3 control, 4 between hospitals")
    referral_no: str = Field("", max_length=30, pattern=r"^[A-Za-z0-9]*$")
    person_id: UUID | None = None
    patient: PatientGiven | None = None


class BookingWanted(PlaceWanted):
    """A registration."""

    sesi_id: int = Field(ge=1, le=2**63 - 1)


class AntreanShown(Schema):
    """A registration: its code, number, state and the time it can expect. No patient data."""

    code: str
    number: int
    label: str
    state: str
    poli: str
    sesi_id: int
    date: dt.date
    payer: str
    window_begins: dt.datetime
    window_ends: dt.datetime
    ahead: int = Field(description="how many are called before, by the order of calling; 0 once called")
    room: str
    resep: Kind = Field(description="the prescription that follows the visit; empty without")


class VisitEnded(Schema):
    """How the visit ends: with a prescription of one kind, or without."""

    resep: Kind = Field("", description="empty: no prescription")


class Room(Schema):
    """Where the patient is called to."""

    room: str = Field("", max_length=60, pattern=r"^[^\x00-\x1f]*$")
