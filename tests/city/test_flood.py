"""An officer drills a flood from proposal to all-clear, without scripts, and looks back on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.city.axe import faults, seen

pytestmark = [pytest.mark.browser, pytest.mark.platform]


def test_a_drill_from_proposal_to_review_has_no_violation(visitor: Callable[..., Page]) -> None:
    officer = visitor("bpbd")
    officer.goto("/ews/latihan/")
    officer.fill("[name=name]", "Latihan Petung")
    officer.select_option("[name=river]", "petung")
    officer.fill("[name=planned_at]", "2030-12-01T19:00")
    officer.click("main form button:has-text('Rencanakan')")
    officer.click("text=Mulai latihan")
    expect(officer.locator("main")).to_contain_text("Latihan dimulai.")
    drill = officer.url
    officer.click("main form:has(input[value='2']) button")
    assert seen(officer) == []

    stranger = visitor()
    stranger.goto("/ews/lapor/")
    stranger.check("[name=depth_cm][value='40']")
    stranger.fill("[name=words]", "Jl. Jawa depan musala")
    stranger.select_option("[name=place_code]", index=1)
    stranger.fill("[name=phone]", "081234567890")
    stranger.check("[name=latihan]")
    stranger.click("text=Kirim laporan")
    expect(stranger.locator("h1")).to_contain_text("Terima kasih")

    desk = visitor("bpbd")
    desk.goto("/ews/jaga/")
    expect(desk.locator(".pasti-ask").first).to_contain_text("LATIHAN")
    assert seen(desk) == []
    desk.locator(".pasti-ask:has-text('LATIHAN')").first.locator("button:has-text('Ubah dulu')").click()
    assert seen(desk) == []
    desk.click("text=Simpan dan terbitkan")
    expect(desk.locator("main")).to_contain_text("Peringatan terbit.")
    desk.locator(".pasti-alert:has-text('LATIHAN') h3 a").first.click()
    assert seen(desk) == []
    expect(desk.locator("h1")).to_contain_text("LATIHAN")

    desk.goto("/ews/jaga/laporan/")
    desk.click(".pasti-hits a >> nth=0")
    assert seen(desk) == []
    desk.click("text=Benar tergenang")
    desk.goto("/ews/jaga/")
    desk.locator(".pasti-alert:has-text('LATIHAN')").first.locator("button:has-text('Nyatakan aman')").click()
    expect(desk.locator("main")).to_contain_text("Aman dinyatakan")

    officer.goto(drill)
    officer.click("text=Akhiri latihan")
    expect(officer.locator("main")).to_contain_text("ya")
    officer.click("text=Kronologi")
    assert faults(officer, [officer.url]) == []
