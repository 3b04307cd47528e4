"""A river with gauges upstream and in the city, places it floods, shelters, and the officers who watch it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from pasti import citypack
from pasti.ews.models import Gauge, Policy, RiskArea, River, Shelter
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import assign
from pasti.kernel.clock import now
from tests.telemetry.conftest import stream

PACK = Path(__file__).parents[1] / "citypack" / "packs" / "kota-rekaan"
RT = "99.01.01.1001.001.001"
KELURAHAN = "99.01.01.1001"
STAGES = [
    {"stage": 0, "name": {"id": "Normal", "en": "Normal"}, "siaga": 4},
    {"stage": 1, "name": {"id": "Waspada", "en": "Advisory"}, "siaga": 3, "lamp": "yellow", "auto_issue_minutes": 20},
    {"stage": 2, "name": {"id": "Siaga", "en": "Watch"}, "siaga": 2, "lamp": "yellow", "auto_issue_minutes": 10},
    {"stage": 3, "name": {"id": "Awas", "en": "Warning"}, "siaga": 1, "lamp": "red", "auto_issue_minutes": 5,
     "second_approval": True, "escalate_minutes": 2},
]  # fmt: skip
POLICY = {
    "stages": STAGES, "streets": {"near_metres": 250, "within_minutes": 60, "reporters": 3, "stage_from_cm": [10, 30, 70]},
    "sender": {"id": "ews@rekaan.example", "name": "BPBD Rekaan", "contact": "112", "agency": "BPBD"},
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What a rule finds."""

    stage: int
    key: str = ""
    at: dt.datetime = field(default_factory=now)
    rule: str = "level"
    lowers: bool = False
    sentence_id: str = "Tinggi air 214 cm, di atas batas 200 cm."
    sentence_en: str = "Water level 214 cm, above the limit of 200 cm."
    evidence: dict[str, Any] = field(default_factory=lambda: {"level_cm": 214})


def found(stage: int, **more: Any) -> Found:
    """A finding of a stage; the key follows the stage unless it is given."""
    more.setdefault("key", f"{'turun' if more.get('lowers') else 'alat'}/{stage}")
    return Found(stage, **more)


def set_up() -> Gauge:
    """The river with its two gauges; returns the one in the city."""
    citypack.load(PACK)
    moment = now()
    Policy.objects.update_or_create(code="city", defaults={"content": POLICY, "changed_at": moment})
    river, _ = River.objects.get_or_create(code="rekaan", defaults={"name": "Sungai Rekaan", "changed_at": moment})
    limits = {"stages_cm": [150, 200, 250], "interval_seconds": 60}
    gauges = [
        Gauge.objects.get_or_create(
            code=code, defaults={"river": river, "kind": "level", "name": name, "lon": 112.9, "lat": -7.65, "rules": limits,
                                 "datastream_id": stream(code=f"ews.{code}").pk, "place_code": place, "changed_at": moment},
        )[0]
        for code, name, place in (("rekaan-hulu", "Hulu", ""), ("rekaan-kota", "Jembatan Kota", KELURAHAN))
    ]  # fmt: skip
    for place, stage in ((RT, 1), (KELURAHAN, 2)):
        RiskArea.objects.get_or_create(river=river, place_code=place, from_stage=stage)
    Shelter.objects.get_or_create(
        code="balai", defaults={"kind": "shelter", "name": "Balai Rekaan", "lon": 112.9, "lat": -7.65, "changed_at": moment,
                                "place_code": KELURAHAN, "capacity": 100},
    )  # fmt: skip
    return gauges[1]


@pytest.fixture
def gauge(db: None) -> Gauge:
    """The gauge in the city."""
    return set_up()


def make_official(name: str, role: str = "bpbd") -> User:
    """Somebody who works at the disaster agency."""
    user = User.objects.create_user(name, name=f"Petugas {name}", kind=User.Kind.OFFICIAL)
    assign(user, role, unit_code="BPBD", unit_name="BPBD Rekaan")
    return user


@pytest.fixture
def official(db: None) -> Callable[..., User]:
    """`official("sari")`, `official("kepala", "bpbd_kepala")`."""
    return make_official


@pytest.fixture
def browsing() -> Callable[[User], Client]:
    """`browsing(user)`: a browser in which the user has signed in."""

    def sign_in(user: User) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return sign_in


@pytest.fixture
def sari(gauge: Gauge, official: Callable[..., User]) -> User:
    return official("sari")


@pytest.fixture
def desk(sari: User, browsing: Callable[[User], Client]) -> Client:
    return browsing(sari)
