"""A small hospital with two clinics, and the people around it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pasti.civil.rules import nik
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import assign, issue_token
from pasti.kernel.clock import now, today
from pasti.purut import pack
from pasti.purut.models import Antrean, Sesi
from pasti.purut.services import PatientWanted, admit, book, check_in
from tests.civil.conftest import town  # noqa: F401

HOUR = dt.timedelta(hours=1)
QUOTAS = {"quota_jkn": 10, "quota_nonjkn": 10, "quota_online": 10, "quota_walkin": 10}


def section(**booking: int) -> pack.Section:
    """What a hospital.yaml with two clinics says; each has one doctor who practises every day."""
    names = {"INT": ("Penyakit Dalam", "Internal Medicine", "A", ["dewasa", "demam", "maag"]),
             "ANA": ("Anak", "Paediatrics", "B", ["anak", "bayi", "demam", "batuk pilek"])}  # fmt: skip
    practice = {"days": [1, 2, 3, 4, 5, 6, 7], "start": "08:00", "end": "12:00", "minutes": 10, **QUOTAS}
    rules = {"horizon_days": 7, "closes_minutes_before_end": 60, "cancel_minutes_before_start": 0,
             "check_in_opens_minutes": 120, "max_calls": 3}  # fmt: skip
    return pack.Section.model_validate({
        "hospital": {"code": "RSR", "name": "RSUD Rekaan", "place": "99.01.01.1001", "agency": "RSR"},
        "booking": rules | booking, "payers": [], "priority": PRIORITY, "emergency": {},
        "clinics": [{"code": code, "name": {"id": name, "en": english}, "prefix": prefix, "symptoms": words}
                    for code, (name, english, prefix, words) in names.items()],
        "doctors": [{"code": f"D-{code}", "bpjs_code": at, "name": f"dr. Rekaan {code}", "clinic": code, "schedule": [practice]}
                    for at, code in enumerate(names)],
    })  # fmt: skip


def open_session(poli: str = "ANA", **changes: Any) -> Sesi:
    """Today's session of a clinic, made to be open right now, whatever time the test runs at."""
    found = Sesi.objects.get(poli_id=poli, date=today())
    wanted = {"starts_at": now() + HOUR / 12, "ends_at": now() + 5 * HOUR} | changes
    Sesi.objects.filter(pk=found.pk).update(**wanted)
    return Sesi.objects.select_related("poli").get(pk=found.pk)


def patient(serial: int = 1, name: str = "") -> PatientWanted:
    """A patient nobody has seen before, a different one for each serial."""
    number = nik.build("990101", dt.date(1980, 1, 1), nik.MALE, serial)
    return PatientWanted(number, name or f"Pasien {serial}", dt.date(1980, 1, 1), "L")


def booked(sesi: Sesi, serial: int = 1, **more: Any) -> Antrean:
    """A registration at the counter."""
    usual = {"patient": patient(serial), "payer": "umum", "channel": "loket"}
    return book(sesi_id=sesi.pk, **(usual | more))


def arrive(made: Antrean) -> Antrean:
    """Check in, and be admitted when new: the patient waits for the clinic."""
    check_in(made)
    if made.state == "admission":
        admit(made)
    return made


def arrived(sesi: Sesi, serial: int = 1, **more: Any) -> Antrean:
    """A registration of somebody who waits for the clinic."""
    return arrive(booked(sesi, serial, **more))


PRIORITY = {"ratio": 3, "classes": ["lansia"], "elderly_from_age": 60}


@pytest.fixture
def sesi(db: None) -> Sesi:
    """Today's session of the children's clinic, open right now."""
    pack.load(section())
    return open_session()


@pytest.fixture
def official(db: None) -> Callable[[str], User]:
    """`official("perawat")`: somebody who works at the hospital."""

    def make(role: str) -> User:
        user = User.objects.create_user(role, name=f"Petugas {role}", kind=User.Kind.OFFICIAL)
        assign(user, role, unit_code="RSR", unit_name="RSUD Rekaan", area_code="99.01")
        return user

    return make


@pytest.fixture
def mother(town: Any) -> User:  # noqa: F811
    """A resident with an account, a husband and a child on the family card."""
    return User.objects.create_user("siti", name="Siti Ni'mah", kind=User.Kind.CITIZEN, person_id=town.mother.pk)


@pytest.fixture
def browsing(client: Client) -> Callable[[User], Client]:
    """`browsing(user)`: a browser in which the user has signed in."""

    def sign_in(user: User) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return sign_in


def token(user: User) -> dict[str, Any]:
    """Headers with which a program speaks for `user`."""
    return {"headers": {"Authorization": f"Bearer {issue_token(user, scopes=['*'])}"}}
