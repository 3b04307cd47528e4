"""The waiting list for programs: join, learn of the offer, take it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pasti.kernel.accounts.models import User
from pasti.purut import services
from pasti.purut.models import Antrean, Sesi, Tunggu

from .conftest import booked, patient, token

pytestmark = pytest.mark.django_db
Official = Callable[[str], User]


def post(user: User, path: str, body: dict[str, Any], key: str = "") -> Any:
    """A POST of the user's program."""
    headers = token(user)["headers"] | {"Idempotency-Key": key or uuid.uuid4().hex}
    return Client().post(f"/api/v1/purut/{path}", json.dumps(body), content_type="application/json", headers=headers)


def full(sesi: Sesi) -> Antrean:
    """Make the session full; returns who holds the only place."""
    Sesi.objects.filter(pk=sesi.pk).update(quota_online=1)
    return booked(sesi, 1, channel="web")


def test_a_resident_waits_and_takes_the_place_that_becomes_free(sesi: Sesi, mother: User) -> None:
    holder, key = full(sesi), uuid.uuid4().hex
    assert post(mother, "antrean", {"sesi_id": sesi.pk}).json()["type"] == "/masalah/kuota-habis"
    answers = [post(mother, f"sesi/{sesi.pk}/tunggu", {}, key) for _ in range(2)]
    assert [(one.status_code, one.json()) for one in answers] == [(201, answers[0].json())] * 2
    assert answers[0].json() == {"id": Tunggu.objects.get().pk, "sesi_id": sesi.pk, "state": "waiting"}
    services.cancel(holder)
    offered = Antrean.objects.get(state="held")
    taken = post(mother, f"antrean/{offered.code}/terima", {})
    assert (taken.status_code, taken.json()["state"], taken.json()["number"]) == (200, "booked", 2)
    assert post(mother, f"antrean/{offered.code}/terima", {}).json()["state"] == "booked", "twice is once"


def test_nobody_takes_another_ones_offer(sesi: Sesi, mother: User) -> None:
    holder = full(sesi)
    services.join(sesi_id=sesi.pk, patient=patient(2), payer="umum", channel="web")
    services.cancel(holder)
    offered = Antrean.objects.get(state="held")
    assert post(mother, f"antrean/{offered.code}/terima", {}).status_code == 404
    offered.refresh_from_db()
    assert offered.state == "held"


def test_only_the_counter_puts_strangers_on_a_list(sesi: Sesi, mother: User, official: Official) -> None:
    full(sesi)
    given = {"nik": patient(3).nik, "name": "Pasien 3", "birth_date": "1980-01-01", "sex": "L"}
    assert post(mother, f"sesi/{sesi.pk}/tunggu", {"patient": given}).status_code == 403
    assert post(official("loket"), f"sesi/{sesi.pk}/tunggu", {"patient": given}).status_code == 201


def test_while_there_are_places_nobody_waits(sesi: Sesi, mother: User) -> None:
    refused = post(mother, f"sesi/{sesi.pk}/tunggu", {})
    assert (refused.status_code, refused.json()["type"]) == (409, "/masalah/masih-ada-tempat")
    assert post(mother, "sesi/987654321/tunggu", {}).status_code == 404
