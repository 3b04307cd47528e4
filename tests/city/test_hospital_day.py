"""A day at the hospital through everybody's browser: booking, leave, arriving, the counter and its paper."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from pasti.civil.rules import nik
from pasti.kernel.ui.templatetags.pasti_ui import qr
from tests.city.axe import faults, seen
from tests.city.hospital import as_kiosk, people_wait, run_job, tomorrow_too
from tests.platform_process import Platform

pytestmark = [pytest.mark.browser, pytest.mark.platform]
Visitor = Callable[..., Page]


def book(resident: Page, sesi: int, at: int = 0) -> str:
    """Take a number for the `at`-th person on the form; returns the code."""
    resident.goto(f"/purut/daftar/{sesi}/")
    resident.check(f"[name=person] >> nth={at}")
    resident.check("[name=payer][value=umum]")
    resident.click("text=Ambil nomor antrean")
    expect(resident.locator(".pasti-ticket__number")).to_be_visible()
    return resident.url.rstrip("/").rsplit("/", 1)[1]


def test_a_parent_books_on_a_phone_for_self_and_child(visitor: Visitor, clinic_today: int) -> None:
    resident = visitor("warga")
    resident.goto("/purut/poli/ANA/")
    resident.click(f"a[href='/purut/daftar/{clinic_today}/']")
    people = resident.locator(".govuk-radios__item:has([name=person])").all_inner_texts()
    assert "(saya)" in people[0]
    own, child = book(resident, clinic_today), book(resident, clinic_today, len(people) - 1)
    expect(resident.locator("main")).to_contain_text("1 orang di depan Anda")
    resident.go_back()
    resident.check(f"[name=person] >> nth={len(people) - 1}")
    with resident.expect_navigation():
        resident.dblclick("text=Ambil nomor antrean")
    expect(resident.locator("main")).to_contain_text(re.compile(f"sudah terdaftar|{child}"))
    resident.goto("/purut/antrean/")
    for code in (own, child):
        expect(resident.locator(f"a[href='/purut/antrean/{code}/']")).to_have_count(1)
    assert resident.locator("main .pasti-hits li", has_text="Terdaftar").count() == 2


def test_leave_is_answered_in_one_tap_and_the_new_day_is_reminded_of(
    visitor: Visitor, platform: Platform, clinic_today: int
) -> None:
    tomorrow_too(platform, clinic_today)
    resident, clerk = visitor("warga"), visitor("loket", wide=True)
    reason = f"Dokter cuti, {book(resident, clinic_today)}"  # told apart from an earlier run's
    clerk.goto("/purut/jadwal/")
    clerk.click(f"a[href='/purut/jadwal/{clinic_today}/']")
    clerk.check("[name=act][value=cancel]")
    clerk.click("text=Ubah dan beri tahu pasien")
    expect(clerk.locator("#id_reason_error")).to_be_visible()
    assert clerk.is_checked("[name=act][value=cancel]")
    clerk.fill("[name=reason]", reason)
    clerk.click("text=Ubah dan beri tahu pasien")
    expect(clerk.locator("main")).to_contain_text("1 pasien ditawari tempat lain")

    message = told(resident, "Tempat pengganti", reason)
    message.get_by_role("button").click()
    expect(resident.locator("h1")).to_have_text("Tempat untuk Anda")
    assert seen(resident) == []
    resident.click("text=Terima tempat ini")
    expect(resident.locator(".pasti-ticket")).to_contain_text("Terdaftar")
    code = resident.url.rstrip("/").rsplit("/", 1)[1]
    run_job(platform, "purut.remind_tomorrow")
    told(resident, "Besok Anda punya antrean", code)


def told(resident: Page, *words: str) -> Locator:
    """The message with these words, once it has come."""
    found = resident.locator(".pasti-message")
    for word in words:
        found = found.filter(has_text=word)
    for _ in range(120):
        resident.goto("/kotak-masuk/")
        if found.count():
            return found.first
        resident.wait_for_timeout(250)
    raise AssertionError(f"no message with {words}:\n{resident.locator('main').inner_text()}")


def test_a_patient_arrives_by_the_code_of_the_phone_and_the_kiosk_is_free_again(
    visitor: Visitor, platform: Platform, clinic_today: int
) -> None:
    resident, kiosk = visitor("warga"), as_kiosk(visitor(), platform)
    code = book(resident, clinic_today)
    drawn = re.search(r' d="([^"]+)"', qr(resident.url, "x"))
    assert drawn
    assert drawn[1] in resident.content(), "the code on the phone says the page's address"

    def scan(text: str) -> None:  # a scanner types what it reads, and Enter, wherever the page has its eyes
        kiosk.keyboard.type(text)
        kiosk.keyboard.press("Enter")
        kiosk.wait_for_load_state("load")

    kiosk.goto("/purut/anjungan/")
    kiosk.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    scan("ABCD-1234")
    expect(kiosk.locator(".govuk-error-summary")).to_contain_text("tidak dikenal")
    assert kiosk.input_value("[name=asked]") == "ABCD-1234"
    scan(resident.url)
    expect(kiosk.locator("h1")).to_have_text("Antrean Anda hari ini")
    assert seen(kiosk) == []
    kiosk.click("text=Saya sudah datang")
    expect(kiosk.locator("main")).to_contain_text(code)
    assert seen(kiosk) == []
    expect(resident.locator(".pasti-ticket")).not_to_contain_text("Terdaftar")
    kiosk.go_back()  # to what answered a form: the page of the form comes, not that there is no network
    expect(kiosk.locator("[name=asked]")).to_be_visible()

    kiosk.clock.install()
    kiosk.goto("/purut/anjungan/")
    scan(resident.url)
    kiosk.click("text=Cetak karcis lagi")
    expect(kiosk.locator("h1")).to_contain_text("sudah tercatat tadi")
    kiosk.clock.run_for(21_000)
    expect(kiosk.locator("[name=asked]")).to_be_focused()
    assert kiosk.input_value("[name=asked]") == ""


def test_a_nik_at_the_kiosk_needs_the_birth_date(visitor: Visitor, platform: Platform, clinic_today: int) -> None:
    kiosk = as_kiosk(visitor(), platform)
    kiosk.goto("/purut/anjungan/")
    assert faults(kiosk, [kiosk.url]) == []
    kiosk.keyboard.type("3575011708900001")
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator("h1")).to_have_text("Tanggal lahir pemilik NIK")
    assert seen(kiosk) == []
    kiosk.keyboard.type("besok")
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator("#id_birth_date_error")).to_contain_text("delapan angka")
    kiosk.keyboard.type("17081990")
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator("h1")).to_have_text("Tidak ada antrean hari ini untuk itu.")
    assert seen(kiosk) == []
    kiosk.click("text=Kembali ke awal")
    kiosk.click("text=Pakai Kartu Warga Digital")
    expect(kiosk.locator(".pasti-kiosk__qr svg")).to_be_visible()
    assert seen(kiosk) == []


def test_a_clerk_registers_by_keyboard_alone_and_the_ticket_fits_its_paper(visitor: Visitor, clinic_today: int) -> None:
    clerk = visitor("loket", wide=True)
    clerk.add_init_script("window.print = () => (window.printed = (window.printed || 0) + 1)")
    clerk.goto("/purut/loket/")
    sessions = clerk.locator("[name=sesi_id] option").evaluate_all("all => all.map(one => one.value)")
    steps = sessions.index(str(clinic_today)) - sessions.index(clerk.input_value("[name=sesi_id]"))
    for _ in range(abs(steps)):
        clerk.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
    number = nik.build("357502", dt.date(1990, 1, 1), nik.MALE, 8801)
    for typed in ("", number, "Tamu Papan Ketik", "01011990"):
        clerk.keyboard.type(typed)
        clerk.keyboard.press("Tab")
    clerk.keyboard.press("Tab")  # past the calendar's button
    clerk.keyboard.press("Space")
    clerk.keyboard.press("Enter")
    clerk.wait_for_url("**/karcis/**")
    expect(clerk.locator(".pasti-ticket__number")).to_be_visible()
    assert clerk.evaluate("window.printed") == 1
    fits(clerk)
    clerk.reload()
    assert not clerk.evaluate("window.printed"), "a page loaded again prints nothing"
    clerk.keyboard.press("Enter")
    clerk.wait_for_url("**/purut/loket/")
    assert clerk.input_value("[name=sesi_id]") == str(clinic_today), "the next in line often goes there too"


def fits(ticket: Page) -> None:
    """One page of 58 and of 80 mm with number, clinic, time and code on it, and nothing beyond its edges."""
    said = [
        ticket.locator(part).inner_text()
        for part in (".pasti-ticket__number", ".pasti-ticket__poli", ".pasti-ticket__code")
    ]
    ticket.emulate_media(media="print")
    for width, points in ((58, 164), (80, 227)):
        ticket.set_viewport_size({"width": round(width * 96 / 25.4), "height": 600})
        beyond = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > innerWidth)"
        assert (
            ticket.locator(".pasti-ticket, .pasti-ticket *").evaluate_all(f"{beyond}.map(one => one.outerHTML)") == []
        )
        pages = PdfReader(io.BytesIO(ticket.pdf(width=f"{width}mm", height="110mm"))).pages
        assert len(pages) == 1
        assert abs(pages[0].mediabox.width - points) < 2
        text = re.sub(r"\s+", " ", pages[0].extract_text())
        for part in (*said, "WIB"):
            assert part in text
        assert "Cetak" not in text
    ticket.emulate_media(media="screen")


def test_two_nurses_who_press_at_once_never_call_the_same_patient(
    visitor: Visitor, platform: Platform, clinic_today: int
) -> None:
    first, second, *_ = people_wait(platform, clinic_today, 3)
    nurses = [visitor("perawat", wide=True), visitor("perawat", wide=True)]
    for nurse in nurses:
        nurse.goto(f"/purut/perawat/{clinic_today}/")
    for nurse in nurses:
        nurse.evaluate("setTimeout(() => document.querySelector('form[action$=\"/panggil/\"] button').click())")
    for nurse in nurses:
        nurse.wait_for_selector(".pasti-now")
        nurse.goto(f"/purut/perawat/{clinic_today}/")
        shown = nurse.locator(".pasti-now strong").all_inner_texts()
        assert shown == [f"B-{first:03}", f"B-{second:03}"]
        assert nurse.locator("tr:has-text('(2×)')").count() == 0
