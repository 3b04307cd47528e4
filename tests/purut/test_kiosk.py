"""The kiosk in the hall: code, NIK with birth date, or card; each answer says enough and no more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client

from pasti.identity.models import PresentationRequest, Shown
from pasti.identity.pack import VerifiersSection, load_verifiers
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import assign
from pasti.kernel.clock import now, today
from pasti.purut import services
from pasti.purut.models import Sesi
from pasti.purut.web import kiosk, kiosk_device

from .conftest import booked, patient

pytestmark = pytest.mark.django_db
Browsing = Callable[[User], Client]
Official = Callable[[str], User]
START, BORN = "/purut/anjungan/", "01011980"
DESKS = Path(__file__).resolve().parents[2] / "cities" / "pasuruan" / "verifiers.yaml"


@pytest.fixture
def device(official: Official, browsing: Browsing) -> Client:
    """A kiosk set up by a clerk."""
    clerk = browsing(official("loket"))
    assert clerk.post("/purut/anjungan/pasang/").url == START
    assert clerk.get("/purut/loket/").status_code == 302, "the clerk is signed out of it"
    kiosk._tries._state.clear()
    return clerk


def said(device: Client, path: str = START, **sent: str) -> str:
    return device.post(path, sent).content.decode()


def test_a_patient_finds_the_number_by_code_by_its_qr_and_by_nik(sesi: Sesi, device: Client) -> None:
    made = booked(sesi, 1, patient=patient(1, "Nama Sangat Rahasia"))
    pages = [
        said(device, asked=made.code.lower()), said(device, asked=f"https://pasti.test/purut/antrean/{made.code}/"),
        said(device, asked=made.patient.nik, birth_date=BORN),
    ]  # fmt: skip
    for page in pages:
        assert "B-001" in page
        assert "N. S. R." in page
        assert "Rahasia" not in page
        assert made.patient.nik not in page


def test_a_nik_alone_shows_nothing_of_anybody(sesi: Sesi, device: Client) -> None:
    known, unknown = booked(sesi).patient.nik, patient(2).nik
    asked = [said(device, asked=nik).replace(nik, "NIK") for nik in (known, unknown)]
    wrong = [said(device, asked=known, birth_date="02011980"), said(device, asked=unknown, birth_date=BORN)]
    for pages in (asked, wrong):
        plain = [page.partition("csrfmiddlewaretoken")[0] for page in pages]
        assert plain[0] == plain[1]
        assert "B-001" not in pages[0]
    assert "Tanggal lahir" in asked[0]
    assert "Tidak ada antrean hari ini" in wrong[0]


def test_a_birth_date_that_is_none_is_said_at_the_field_and_the_nik_stays(sesi: Sesi, device: Client) -> None:
    nik = booked(sesi).patient.nik
    page = device.post(START, {"asked": nik, "birth_date": "31 Februari"})
    assert page.status_code == 422
    assert "delapan angka" in page.context["form"].errors["birth_date"][0]
    assert f'value="{nik}"' in page.content.decode()


def test_checking_in_prints_the_ticket_and_once_more_the_same(sesi: Sesi, device: Client) -> None:
    made = booked(sesi)
    path = f"{START}{made.code}/"
    first = said(device, path, priority="disabilitas")
    assert "B-001" in first
    assert "loket pendaftaran" in first, "a first visit goes by the counter"
    assert 'data-print="now"' in first
    made.refresh_from_db()
    assert (made.state, made.priority) == ("admission", "disabilitas")
    assert "sudah tercatat tadi" in said(device, path, priority="darurat")
    made.refresh_from_db()
    assert (made.priority, made.steps.count()) == ("disabilitas", 2)
    again = said(device, asked=made.code)
    assert "Cetak karcis lagi" in again
    assert "Saya sudah datang" not in again


def test_what_is_not_for_now_is_refused_with_the_reason(sesi: Sesi, device: Client) -> None:
    later = booked(Sesi.objects.get(poli="ANA", date=today() + dt.timedelta(days=1)))
    for path, sent in ((START, {"asked": later.code}), (f"{START}{later.code}/", {})):
        assert "Datanglah pada hari itu" in said(device, path, **sent)
    gone = booked(sesi, 2)
    services.cancel(gone)
    assert "sudah dibatalkan" in said(device, f"{START}{gone.code}/")
    called = booked(sesi, 3)
    services.check_in(called)
    services.admit(called)
    services.call_next(sesi.pk, "ruang 7")
    assert "silakan ke ruang 7" in said(device, asked=called.code)
    assert "tidak dikenal" in said(device, asked="zzzz-zzzz")
    assert device.post(f"{START}ZZZZZZZZ/").status_code == 404
    assert device.get(f"{START}{later.code}/").url == START


def test_too_many_tries_are_stopped(sesi: Sesi, device: Client) -> None:
    tries = [said(device, asked=f"{serial:016}", birth_date=BORN) for serial in range(22)]
    assert "Terlalu banyak percobaan" in tries[-1]


def test_elsewhere_than_on_a_kiosk_the_page_does_nothing(
    sesi: Sesi, official: Official, browsing: Browsing, client: Client
) -> None:
    made = booked(sesi)
    client.cookies[kiosk_device.COOKIE] = "1:forged"
    for browser in (client, browsing(official("loket"))):
        assert browser.get(START).status_code == 403
        assert browser.post(START, {"asked": made.patient.nik}).status_code == 403
        assert browser.post(f"{START}{made.code}/").status_code == 403
        assert browser.post(f"{START}kartu/").status_code == 403
    made.refresh_from_db()
    assert made.state == "booked"
    assert browsing(official("perawat")).post("/purut/anjungan/pasang/").status_code == 403


def test_the_pages_are_kept_by_no_browser(sesi: Sesi, device: Client) -> None:
    assert "no-store" in device.get(START)["Cache-Control"]
    assert "no-store" in device.post(START, {"asked": booked(sesi).code})["Cache-Control"]


@pytest.fixture
def card_desk(settings: Any, tmp_path: Path) -> User:
    """A clerk of the hospital whose desk may ask for cards."""
    settings.PASTI_DATA_DIR = tmp_path
    load_verifiers(VerifiersSection.model_validate(yaml.safe_load(DESKS.read_text())))
    clerk = User.objects.create_user("loket-kartu", name="Petugas", kind=User.Kind.OFFICIAL)
    assign(clerk, "loket", unit_code="RSUD", unit_name="RSUD", area_code="99.01")
    return clerk


def test_the_card_is_asked_for_the_nik_and_shows_its_holders_number_once(
    sesi: Sesi, card_desk: User, browsing: Browsing
) -> None:
    device = browsing(card_desk)
    device.post("/purut/anjungan/pasang/")
    assert "Pakai Kartu Warga Digital" in device.get(START).content.decode()
    made = booked(sesi)
    address = device.post(f"{START}kartu/").url
    asked = PresentationRequest.objects.get()
    assert (asked.claims, asked.asked_by) == (["nik"], card_desk.pk)
    assert "<svg" in device.get(address).content.decode()
    assert "X-Done" not in device.get(address, headers={"X-Poll": "1"})
    PresentationRequest.objects.update(state="passed", answered_at=now())
    Shown.objects.create(request=asked, claims={"nik": made.patient.nik}, until=now() + dt.timedelta(minutes=5))
    assert device.get(address, headers={"X-Poll": "1"})["X-Done"] == "1"
    assert "B-001" in device.get(address).content.decode()
    assert "B-001" not in device.get(address).content.decode(), "the next in line goes back and finds nothing"
    assert not Shown.objects.exists()


def test_a_kiosk_whose_clerk_has_left_asks_for_no_card(sesi: Sesi, card_desk: User, browsing: Browsing) -> None:
    device = browsing(card_desk)
    device.post("/purut/anjungan/pasang/")
    User.objects.filter(pk=card_desk.pk).update(is_active=False)
    assert "Kartu Warga" not in device.get(START).content.decode()
    assert device.post(f"{START}kartu/").url == START
    assert not PresentationRequest.objects.exists()
