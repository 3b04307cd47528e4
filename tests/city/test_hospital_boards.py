"""What the waiting room sees and hears, and what the manager reads afterwards."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.city.axe import faults
from tests.city.hospital import owner, people_wait
from tests.platform_process import Platform

pytestmark = [pytest.mark.browser, pytest.mark.platform]
Visitor = Callable[..., Page]
# A television with a voice: what it says is written down, for a test machine has no loudspeaker.
WITH_VOICE = """window.said = []; Object.defineProperty(window, 'speechSynthesis', {value: {
  getVoices: () => [], speak: words => { said.push(words.text); setTimeout(() => words.onend(), 5); }}});"""
WITHOUT_VOICE = """Object.defineProperty(window, 'speechSynthesis', {value: undefined}); window.tones = 0;
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };"""


def board(visitor: Visitor, script: str) -> Page:
    """A board in the waiting room with its sound turned on, following."""
    page = visitor(wide=True)
    page.add_init_script(script)
    page.goto("/purut/papan/ANA/")
    expect(page.locator("[data-live-state]")).to_have_text("Langsung")
    page.click("text=Nyalakan suara")
    return page


def until(page: Page, said: str) -> None:
    """Wait for an expression to be true; the page's own policy forbids Playwright's way of doing so."""
    for _ in range(300):
        if page.evaluate(said):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{said}: {page.evaluate('[window.said, window.tones]')}")


def test_boards_call_out_loud_and_catch_up_after_a_cut(visitor: Visitor, platform: Platform, clinic_today: int) -> None:
    numbers = [f"B-{number:03}" for number in people_wait(platform, clinic_today, 4)]
    speaking, silent = board(visitor, WITH_VOICE), board(visitor, WITHOUT_VOICE)
    nurse = visitor("perawat", wide=True)
    nurse.goto(f"/purut/perawat/{clinic_today}/")
    nurse.fill("#room", "ruang 5")
    nurse.click("text=Panggil berikutnya")
    for page in (speaking, silent):
        expect(page.locator("#nomor")).to_have_text(numbers[0])
    until(speaking, "said.length == 1")
    digits = " ".join(["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"][int(one)]
                      for one in numbers[0][2:])  # fmt: skip
    assert speaking.evaluate("said[0]") == f"Nomor antrean B, {digits}. Silakan ke ruang 5."
    until(silent, "tones >= 4")  # the trial when the sound was turned on, and the call: two tones each

    speaking.context.set_offline(True)
    killed = platform.kill("live")
    expect(speaking.locator("[data-live-state]")).to_contain_text("terputus")
    for _ in range(2):
        nurse.click("text=Panggil berikutnya")
        nurse.wait_for_load_state("load")
    platform.wait_back("live", killed)
    expect(silent.locator("#nomor")).to_have_text(numbers[2])
    assert speaking.locator("#nomor").inner_text() == numbers[0], "nothing reaches a television without a line"
    speaking.context.set_offline(False)
    expect(speaking.locator("#nomor")).to_have_text(numbers[2])
    expect(speaking.locator("[data-live-state]")).to_have_text("Langsung")
    until(speaking, "said.length == 3")
    nurse.click("text=Panggil berikutnya")
    expect(speaking.locator("#nomor")).to_have_text(numbers[3])  # and on it goes


def test_every_chart_of_the_manager_is_a_table_and_a_file_with_the_same_numbers(
    visitor: Visitor, platform: Platform, clinic_today: int
) -> None:
    people_wait(platform, clinic_today, 3, minutes=7)
    people_wait(platform, clinic_today, 2, minutes=21)
    with owner(platform) as database:
        database.execute(
            "INSERT INTO purut_antreanstep (antrean_id, step, occurred_at, recorded_at) SELECT id, 'called', now(), now() "
            "FROM purut_antrean WHERE sesi_id = %s AND state = 'checked_in'",
            [clinic_today],
        )
    manager = visitor("manajer_rs", wide=True)
    assert faults(manager, ["/purut/manajer/"]) == []
    for title, file in (("Menurut jam datang", "jam"), ("Menurut poli", "poli")):
        chart = manager.locator(f"figure:has([aria-label='Median tunggu {title[0].lower()}{title[1:]}'])")
        drawn = [re.match(r"(.+): ([\d.,]+) menit", one) for one in chart.locator("rect title").all_text_contents()]
        drawn_numbers = {found[1]: _number(found[2]) for found in drawn if found}
        beside = {
            str(row.locator("th").text_content()): _number(str(row.locator("td").text_content()))
            for row in chart.locator("tbody tr").all()
        }
        table = manager.locator(f"div[aria-label='{title}'] tbody tr")
        listed = {
            str(row.locator("th").text_content()): _number(str(row.locator("td").nth(1).text_content()))
            for row in table.all()
        }
        link = manager.locator(f"a[href*='tabel={file}&']").get_attribute("href")
        answer = manager.request.get(f"/purut/manajer/{link}")
        rows = csv.DictReader(answer.text().splitlines())
        saved = {str(next(iter(row.values()))): float(row["median_menit"]) for row in rows}
        assert drawn_numbers
        assert drawn_numbers == beside == _coded(listed) == _coded(saved)


def _coded(rows: dict[str, float]) -> dict[str, float]:
    """Rows by what stands under their bar: of "Poli Anak (ANA)" the code."""
    return {name.rpartition("(")[2].rstrip(")"): value for name, value in rows.items()}


def _number(text: str) -> float:
    """A number as Indonesian writes it."""
    return float(text.replace(".", "").replace(",", "."))
