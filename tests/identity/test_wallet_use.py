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
from tests.civil.conftest import RT
from tests.identity.test_verifying import staff

pytestmark = pytest.mark.django_db
PACK = Path(__file__).resolve().parents[2] / "cities" / "pasuruan" / "verifiers.yaml"
SHOWN = {"nik": "9901014101900001", "name": "Ibu Kartu", "birth_date": "1990-01-01", "sex": "perempuan"}


@pytest.fixture
def desks(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The desks of the city's pack."""
    settings.PASTI_CITY = {"code": "99.01", "name": "Kota Rekaan"}
    settings.PASTI_DATA_DIR = tmp_path_factory.getbasetemp() / "kunci-meja"
    load_verifiers(VerifiersSection.model_validate(yaml.safe_load(PACK.read_text())))


def at_work(role: str, unit: str, area: str = "") -> Client:
    client = Client()
    client.force_login(staff(role, unit, area))
    return client


@pytest.fixture
def loket(desks: None) -> Client:
    return at_work("loket", "RSUD")


def asked(client: Client, back: str, purpose: str = "rsud-loket/pendaftaran") -> str:
    """Press the button of the form; returns where it leads."""
    answer = client.post("/id/meja/", {"tujuan": purpose, "kembali": back})
    assert answer.status_code == 302, answer.content.decode()[:500]
    return str(answer["Location"])


def show(address: str, claims: dict[str, str] = SHOWN) -> UUID:
    """The holder answers."""
    one = UUID(urlsplit(address).path.strip("/").rpartition("/")[2])
    PresentationRequest.objects.filter(pk=one).update(state="passed", answered_at=now())
    Shown.objects.create(request_id=one, claims=claims, until=now() + dt.timedelta(minutes=5))
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


def test_an_rt_head_enters_a_guest_from_the_card(desks: None, town: Any) -> None:
    head, page = at_work("ketua_rt", "RT", RT), "/siap-pak-rt/tamu/baru/"
    assert "Isi dari Kartu Warga Digital" in head.get(page).content.decode()
    one = show(asked(head, page, "ketua-rt/tamu"), {"name": "Ibu Kartu", "kelurahan": "Kebonsari"})
    initial = head.get(page, {"kartu": one}).context["form"].initial
    assert (initial["name"], initial["origin"], initial["nik"]) == ("Ibu Kartu", "Kebonsari", None)


@pytest.mark.parametrize(("role", "unit", "area", "purpose"), [
    ("kelurahan", "KEL", "99.01.01.1001", "kelurahan/layanan"), ("ketua_rt", "RT", RT, "ketua-rt/surat"),
])  # fmt: skip
def test_the_counter_of_letters_finds_the_resident_of_the_card(
    desks: None, town: Any, role: str, unit: str, area: str, purpose: str
) -> None:
    counter, page = at_work(role, unit, area), "/siap-pak-rt/surat/loket/"
    one = show(asked(counter, page, purpose), {"nik": town.mother.nik, "name": town.mother.name})
    found = counter.get(page, {"kartu": one}).context["people"]
    assert [person.pk for person in found] == [town.mother.pk]
