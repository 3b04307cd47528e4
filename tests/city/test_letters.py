"""A letter in a real browser: asked for on a phone, approved by RT and RW, signed by the kelurahan, downloaded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.city.axe import seen

pytestmark = [pytest.mark.browser, pytest.mark.platform]
SURAT = "/siap-pak-rt/surat/"


def ask(page: Page, purpose: str, *, whom: int = 0) -> str:
    """Ask for a statement of residence; returns the letter's address."""
    page.goto(f"{SURAT}minta/domisili/")
    page.check(f"[name=person] >> nth={whom}")
    page.fill("[name=isi_keperluan]", purpose)
    page.click("text=Kirim permintaan")
    expect(page.locator("main")).to_contain_text("Menunggu Ketua RT")
    return page.url


def press(page: Page, address: str, verdict: str = "approve") -> None:
    """Open a letter and press its large button."""
    page.goto(address)
    page.click(f".pasti-decide > button[value={verdict}]")
    page.wait_for_load_state("load")


def test_from_the_phone_to_the_signed_paper_without_javascript(visitor: Callable[..., Page]) -> None:
    resident = visitor("warga", java_script_enabled=False)
    resident.goto(SURAT)
    resident.fill("#q", "domisili")
    resident.press("#q", "Enter")
    resident.click("main a[href$='/jenis/domisili/']")
    expect(resident.locator("main")).to_contain_text("siap paling lambat")
    resident.click("text=Minta surat ini")
    resident.check("[name=person] >> nth=0")
    resident.click("text=Kirim permintaan")
    expect(resident.locator(".govuk-error-summary")).to_be_visible()
    resident.fill("[name=isi_keperluan]", "Membuka rekening bank")
    resident.click("text=Kirim permintaan")
    letter = resident.url
    expect(resident.locator("main")).to_contain_text("Sekarang pada Ketua RT")

    rt = visitor("ketua_rt", java_script_enabled=False)
    rt.goto(f"{SURAT}kerja/")
    card = rt.locator(".pasti-letter", has_text="Membuka rekening bank").first
    assert (card.locator("button[value=approve]").bounding_box() or {"height": 0})["height"] >= 44
    press(rt, letter)
    expect(rt.locator("[role=alert]")).to_contain_text("Menunggu Ketua RW")
    press(visitor("ketua_rw", java_script_enabled=False), letter)
    officer = visitor("kelurahan", wide=True)
    press(officer, letter)
    expect(officer.locator("button[value=approve]")).to_contain_text("Tanda tangani")
    press(officer, letter)
    for _ in range(60):
        resident.goto(letter)
        if resident.locator("text=Unduh surat").count():
            break
        resident.wait_for_timeout(500)
    with resident.expect_download() as coming:
        resident.click("text=Unduh surat")
    assert coming.value.path().read_bytes().startswith(b"%PDF")
    for _ in range(60):
        resident.goto("/kotak-masuk/")
        if resident.locator("text=Keterangan Domisili: sudah terbit").count():
            return
        resident.wait_for_timeout(500)
    pytest.fail("the resident is not told that the letter is there")


def test_two_who_press_at_once_and_what_was_typed_is_kept(visitor: Callable[..., Page]) -> None:
    letter = ask(visitor("warga"), "Sekolah anak", whom=1)
    one, other = visitor("ketua_rt"), visitor("ketua_rt")
    one.goto(letter)
    other.goto(letter)
    other.click(".pasti-decide summary")
    other.fill("[name=reason]", "Bawa kartu keluarga dahulu")
    one.click(".pasti-decide > button[value=approve]")
    expect(one.locator("[role=alert]")).to_contain_text("Menunggu Ketua RW")
    other.click("button[value=refuse]")
    expect(other.locator("[role=alert]")).to_contain_text("sudah disetujui oleh Ketua RT")
    expect(other.locator("[role=alert]")).to_contain_text("Bawa kartu keluarga dahulu")


def test_a_refusal_without_reason_is_asked_for_and_then_told(visitor: Callable[..., Page]) -> None:
    resident, rt = visitor("warga"), visitor("ketua_rt")
    letter = ask(resident, "Kerja")
    rt.goto(letter)
    rt.click(".pasti-decide summary")
    rt.click("button[value=refuse]")
    expect(rt.locator("#alasan-salah")).to_be_visible()
    assert seen(rt) == []
    rt.fill("[name=reason]", "Alamat Anda di RT lain")
    rt.click("button[value=refuse]")
    resident.goto(letter)
    expect(resident.locator("main")).to_contain_text("Ditolak")
    expect(resident.locator("main")).to_contain_text("Alamat Anda di RT lain")


def test_every_page_of_letters_is_accessible(visitor: Callable[..., Page]) -> None:
    resident, rt, officer = visitor("warga"), visitor("ketua_rt"), visitor("kelurahan")
    letter, found = ask(resident, "Axe"), []
    for page, paths in (
        (resident, ["", "?q=xyzzyqwv", "jenis/kartu-keluarga/", "minta/usaha/", "minta/keramaian/", "saya/", letter]),
        (rt, ["kerja/", "loket/?q=a&jenis=domisili", "buku/", "berhalangan/", letter]),
        (officer, ["kerja/", "buku/", "berhalangan/", letter]),
    ):
        for path in paths:
            page.goto(path if path.startswith("http") else SURAT + path)
            page.wait_for_load_state("load")
            found += seen(page)
    assert found == []
