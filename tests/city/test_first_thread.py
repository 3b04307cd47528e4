"""The whole thread: a resident books, a nurse calls, the board shows it, the indicator moves, the proof holds."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.platform_process import Platform

pytestmark = [pytest.mark.browser, pytest.mark.platform]


def _fraction(page: Page) -> tuple[int, int]:
    """Numerator and denominator as the indicator page shows them."""
    page.goto("/smart-city/indikator/IK-PURUT-DARING/")
    found = re.match(r"([\d.]+) / ([\d.]+)", page.locator("#pecahan").inner_text())
    assert found
    return int(found[1].replace(".", "")), int(found[2].replace(".", ""))


def admit(clerk: Page, code: str) -> None:
    """A first visit goes by the counter; the same resident's next one, in a later test, does not."""
    for act in ("mulai-daftar", "selesai-daftar"):
        clerk.goto("/purut/loket/")
        button = clerk.locator(f"form[action*='{code}/{act}'] button")
        if button.count():
            button.click()
            clerk.wait_for_load_state("load")


def test_from_booking_to_proof(visitor: Callable[..., Page], platform: Platform, clinic_today: int) -> None:
    planner = visitor("bappeda", wide=True)
    online_before, all_before = _fraction(planner)

    resident = visitor("warga")
    resident.goto("/")
    resident.fill("#cari", "anak")
    resident.press("#cari", "Enter")
    resident.click("main a[href='/purut/poli/ANA/']")
    resident.click(f"a[href='/purut/daftar/{clinic_today}/']")
    resident.check("[name=person] >> nth=0")
    resident.check("[name=payer][value=umum]")
    resident.click("text=Ambil nomor antrean")
    expect(resident.locator(".pasti-ticket__number")).to_be_visible()
    number = resident.locator(".pasti-ticket__number").inner_text()
    assert re.search(r"Perkiraan dipanggil \d\d\.\d\d–\d\d\.\d\d WIB", resident.locator(".pasti-ticket").inner_text())
    code = resident.url.rstrip("/").rsplit("/", 1)[1]

    board = visitor(wide=True)
    board.goto("/purut/papan/ANA/")
    expect(board.locator("[data-live-state]")).to_have_text("Langsung")
    assert number not in board.locator("#nomor").inner_text()

    nurse = visitor("perawat", wide=True)
    nurse.goto(f"/purut/perawat/{clinic_today}/")
    nurse.click(f"form[action*='{code}/datang'] button")
    admit(visitor("loket"), code)
    nurse.fill("#room", "ruang 3")
    nurse.click("text=Panggil berikutnya")
    expect(nurse.locator(".pasti-now strong")).to_have_text(number)

    expect(board.locator("#nomor")).to_have_text(number)  # without a reload
    assert "Silakan ke ruang 3" in (board.locator("html").get_attribute("data-spoken") or "")
    expect(resident.locator(".pasti-ticket")).to_contain_text("ruang 3")

    nurse.click(".pasti-now form[action$='/selesai/'] button")
    expect(nurse.locator(".pasti-now")).to_have_count(0)

    assert _fraction(planner) == (online_before + 1, all_before + 1)
    planner.click("text=Dari mana angka ini?")
    planner.click("text=Hitung ulang dan periksa")
    expect(planner.locator("[role=alert]")).to_contain_text("Terbukti")
    expect(planner.locator("main")).to_contain_text("purut_antrean")


def test_the_resident_is_told_and_sees_who_looked(visitor: Callable[..., Page], clinic_today: int) -> None:
    resident = visitor("warga", java_script_enabled=False)
    resident.goto(f"/purut/daftar/{clinic_today}/")
    resident.check("[name=person] >> nth=1")
    resident.check("[name=payer][value=umum]")
    resident.click("text=Ambil nomor antrean")
    number = resident.locator(".pasti-ticket__number").inner_text()
    code = resident.url.rstrip("/").rsplit("/", 1)[1]
    nurse = visitor("perawat", wide=True)
    nurse.goto(f"/purut/perawat/{clinic_today}/")
    nurse.click(f"form[action*='{code}/datang'] button")
    for _ in range(120):
        resident.goto("/kotak-masuk/")
        if resident.locator(f"text=Nomor antrean {number}").count():
            break
        resident.wait_for_timeout(500)
    expect(resident.locator("main")).to_contain_text(f"Nomor antrean {number}")
    resident.goto("/jejak-akses/")
    expect(resident.locator("main")).to_contain_text(
        "membuka daftar antrean yang memuat Anda: nama, tanggal lahir, nomor rekam medis"
    )


def test_without_javascript_the_plan_can_be_read(visitor: Callable[..., Page]) -> None:
    page = visitor(java_script_enabled=False)
    page.goto("/smart-city/rencana/")
    page.click("text=Meningkatnya pertumbuhan ekonomi")
    expect(page.locator("text=Pertumbuhan ekonomi").first).to_be_visible()


def test_a_form_that_is_refused_keeps_what_was_typed(visitor: Callable[..., Page], clinic_today: int) -> None:
    resident = visitor("warga")
    resident.goto(f"/purut/daftar/{clinic_today}/")
    resident.check("[name=payer][value=jkn]")
    resident.fill("[name=referral_no]", "12")
    resident.click("text=Ambil nomor antrean")
    expect(resident.locator(".govuk-error-summary")).to_contain_text("nomor rujukan")
    assert resident.input_value("[name=referral_no]") == "12"
    assert resident.is_checked("[name=payer][value=jkn]")


def test_the_language_switch_is_remembered(visitor: Callable[..., Page]) -> None:
    page = visitor()
    page.goto("/layanan/")
    page.click("text=English")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("City services")
    page.goto("/smart-city/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_auditor_needs_the_second_factor_and_proves_the_chain(visitor: Callable[..., Page]) -> None:
    auditor = visitor("auditor", wide=True)
    auditor.goto("/audit/")
    auditor.click("text=Periksa rantai")
    expect(auditor.locator("[role=alert]")).to_contain_text("Utuh")
