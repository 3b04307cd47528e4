"""The city pack's hospital (`hospital.yaml`): its shape, and loading it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pasti.kernel.places.services import Counts, put, total
from pasti.purut.models import Dokter, Hospital, Jadwal, Poli
from pasti.purut.services.sessions import QUOTAS, ensure_sessions


class Strict(BaseModel):
    """Unknown keys are mistakes: a misspelt quota must not pass as no quota."""

    model_config = ConfigDict(extra="forbid")


class Names(Strict):
    """A name in both languages."""

    id: str = Field(min_length=2, max_length=80)
    en: str = Field(min_length=2, max_length=80)


class HospitalFacts(Strict):
    """Who the hospital is and where."""

    code: str
    name: str
    nickname: str = ""
    motto: str = ""
    place: str
    agency: str
    source: str = ""


class BookingRules(Strict):
    """How far ahead and how late one may register; minutes and days."""

    horizon_days: int = Field(ge=1, le=90)
    closes_minutes_before_end: int = Field(ge=0, le=600)
    cancel_minutes_before_start: int = Field(ge=0, le=1440)
    check_in_opens_minutes: int = Field(ge=0, le=600)
    max_calls: int = Field(ge=1, le=9)
    leave_when_ahead: int = Field(5, ge=1, le=50)
    status: str = ""


class Priority(Strict):
    """Who is called first, and how often: of every 1 + `ratio` calls one goes to these, when there is one."""

    ratio: int = Field(ge=1, le=20)
    classes: list[Literal["lansia", "disabilitas", "hamil"]]
    elderly_from_age: int = Field(ge=50, le=100)
    status: str = ""


class Clinic(Strict):
    """A clinic with its BPJS code and the words people use for it."""

    code: str = Field(pattern=r"^[A-Z0-9]{2,10}$")
    name: Names
    prefix: str = Field(pattern=r"^[A-Z]{1,3}$")
    symptoms: list[str]
    source: str = ""
    status: str = ""


class Practice(Strict):
    """One line of a weekly schedule; it holds on every day named."""

    days: list[int] = Field(min_length=1)
    start: str = Field(pattern=r"^\d\d:\d\d$")
    end: str = Field(pattern=r"^\d\d:\d\d$")
    minutes: int = Field(ge=1, le=240)
    quota_jkn: int = Field(ge=0, le=1000)
    quota_nonjkn: int = Field(ge=0, le=1000)
    quota_online: int = Field(ge=0, le=1000)
    quota_walkin: int = Field(ge=0, le=1000)

    @model_validator(mode="after")
    def _adds_up(self) -> Practice:
        if self.quota_jkn + self.quota_nonjkn != self.quota_online + self.quota_walkin:
            raise ValueError("quota_jkn + quota_nonjkn harus sama dengan quota_online + quota_walkin (must be equal)")
        if not set(self.days) <= set(range(1, 8)):
            raise ValueError("days 1 (Senin) sampai 7 (Minggu)")
        if self.end <= self.start:
            raise ValueError("end harus sesudah start (must be after start)")
        return self


class Doctor(Strict):
    """A doctor and the weekly practice. The code is the id by which other programs know the doctor."""

    code: str = Field(pattern=r"^[A-Za-z0-9.-]{1,20}$")
    bpjs_code: int
    name: str
    clinic: str
    fictional: bool = False
    status: str = ""
    source: str = ""
    schedule: list[Practice]


class Section(Strict):
    """The whole file."""

    hospital: HospitalFacts
    booking: BookingRules
    payers: list[dict[str, Any]]
    priority: Priority
    emergency: dict[str, Any]
    clinics: list[Clinic] = Field(min_length=1)
    doctors: list[Doctor]
    status: Literal["usulan"] | None = None


def load(section: Section) -> Counts:
    """Keep hospital, clinics, doctors and schedules, and open the sessions of the booking horizon."""
    counts = total(
        put(Hospital, [_hospital(section)]), put(Poli, map(_poli, section.clinics)),
        put(Dokter, map(_dokter, section.doctors)), put(Jadwal, _jadwal(section.doctors)),
    )  # fmt: skip
    ensure_sessions()
    return counts


def _hospital(section: Section) -> dict[str, Any]:
    kept = ("horizon_days", "closes_minutes_before_end", "check_in_opens_minutes", "max_calls",
            "cancel_minutes_before_start", "leave_when_ahead")  # fmt: skip
    first = {"priority_ratio": section.priority.ratio, "elderly_from_age": section.priority.elderly_from_age,
             "priority_classes": list(section.priority.classes)}  # fmt: skip
    facts = section.hospital
    return {"code": facts.code, "name": facts.name, "place_code": facts.place, **first} | {
        k: getattr(section.booking, k) for k in kept
    }


def _poli(one: Clinic) -> dict[str, Any]:
    return {"code": one.code, "name": one.name.id, "name_en": one.name.en, "prefix": one.prefix, "words": one.symptoms}


def _dokter(one: Doctor) -> dict[str, Any]:
    return {"code": one.code, "bpjs_code": one.bpjs_code, "name": one.name, "poli_id": one.clinic,
            "fictional": one.fictional}  # fmt: skip


def _jadwal(doctors: list[Doctor]) -> Iterator[dict[str, Any]]:
    for doctor in doctors:
        for line in doctor.schedule:
            for day in line.days:
                yield {
                    "code": f"{doctor.code}-{day}-{line.start.replace(':', '')}", "dokter_id": doctor.code, "weekday": day,
                    "starts": dt.time.fromisoformat(line.start), "ends": dt.time.fromisoformat(line.end),
                    "minutes": line.minutes, "active": True, **{name: getattr(line, name) for name in QUOTAS},
                }  # fmt: skip
