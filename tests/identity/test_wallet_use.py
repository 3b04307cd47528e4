"""Counters take a card instead of typing: what was shown stands in the form, for whoever asked, and nowhere else."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import yaml
from django.test import Client

from pasti.identity.models import PresentationRequest, Shown
from pasti.identity.pack import VerifiersSection, load_verifiers
from pasti.kernel.clock import now
from tests.identity.test_verifying import staff

pytestmark = pytest.mark.django_db
PACK = Path(__file__).resolve().parents[2] / "cities" / "pasuruan" / "verifiers.yaml"
SHOWN = {"nik": "9901014101900001", "name": "Ibu Kartu", "birth_date": "1990-01-01", "sex": "perempuan"}


@pytest.fixture
def loket(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Client:
    settings.PASTI_CITY = {"code": "99.01", "name": "Kota Rekaan"}
    settings.PASTI_DATA_DIR = tmp_path_factory.getbasetemp() / "kunci-meja"
    load_verifiers(VerifiersSection.model_validate(yaml.safe_load(PACK.read_text())))
    client = Client()
    client.force_login(staff("loket", "RSUD"))
    return client


def asked(client: Client, back: str) -> str:
    """Press the button of the form; returns where it leads."""
    answer = client.post("/id/meja/", {"tujuan": "rsud-loket/pendaftaran", "kembali": back})
    assert answer.status_code == 302, answer.content.decode()[:500]
    return str(answer["Location"])


def show(address: str) -> UUID:
    """The holder answers."""
    one = UUID(urlsplit(address).path.strip("/").rpartition("/")[2])
    PresentationRequest.objects.filter(pk=one).update(state="passed", answered_at=now())
    Shown.objects.create(request_id=one, claims=SHOWN, until=now() + dt.timedelta(minutes=5))
    return one


def test_the_hospitals_form_is_filled_with_what_was_shown(loket: Client) -> None:
    assert "Isi dari Kartu Warga Digital" in loket.get("/purut/loket/").content.decode()
    address = asked(loket, "/purut/loket/")
    one = show(address)
    assert f'href="/purut/loket/?kartu={one}"' in loket.get(address).content.decode()
    form = loket.get(f"/purut/loket/?kartu={one}").context["form"]
    assert form.initial == {**SHOWN, "sex": "P"}


def test_what_another_desk_was_shown_fills_no_form(loket: Client) -> None:
    one, other = show(asked(loket, "/purut/loket/")), Client()
    neighbour = staff("loket", "RSUD2")
    other.force_login(neighbour)
    for text in (str(one), "bukan-nomor", ""):
        assert other.get("/purut/loket/", {"kartu": text}).context["form"].initial == {}


@pytest.mark.parametrize("back", ["https://lain.example/", "//lain.example/", "javascript:alert(1)"])
def test_no_other_site_gets_the_way_back(loket: Client, back: str) -> None:
    assert "kembali" not in parse_qs(urlsplit(asked(loket, back)).query)
