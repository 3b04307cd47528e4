"""A flood evening, sixty times as fast as life: from the gauge in the hills to the phone, and back to calm."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.platform_process import ROOT, Platform, clean

pytestmark = [pytest.mark.browser, pytest.mark.platform]
AT_RISK = "35.75.04.1005.012.001"  # RT 001 RW 012 of Kebonsari, under water on 10 January 2022


@contextmanager
def played(platform: Platform, river: str, hours: float) -> Iterator[subprocess.Popen[bytes]]:
    """`pasti simulate rain`, ended at the latest with the test."""
    command = [sys.executable, "-m", "pasti", "simulate", "rain", "--river", river, "--hours", str(hours), "--speed", "60",
               "--data", str(platform.folder)]  # fmt: skip
    with (platform.folder / "rain.log").open("wb") as log:
        rain = subprocess.Popen(command, env=clean(), cwd=ROOT, stdout=log, stderr=log)
        try:
            yield rain
        finally:
            rain.terminate()
            rain.wait(30)


def issue(officer: Page, river: str) -> None:
    """One tap on the newest proposal; a higher one may take its place under the finger."""
    ask = officer.locator(f".pasti-ask:has-text('{river}') button:has-text('Terbitkan')").first
    ask.click()
    expect(officer.locator("main")).to_contain_text(re.compile("Peringatan terbit|Menunggu persetujuan|kedua"))


def all_clear(officer: Page, river: str) -> bool:
    """Declare the river safe, if a warning stands; the desk asks why while its gauges are still up."""
    officer.goto("/ews/jaga/")
    button = officer.locator(f".pasti-alert:has-text('{river}') button:has-text('Nyatakan aman')")
    if not button.count():
        return False
    button.first.click()
    officer.wait_for_load_state("load")
    reason = officer.locator("main [name=reason]")
    if reason.count():
        reason.first.fill("Air sudah surut menurut petugas di lapangan")
        officer.locator("main form[method=post] button[type=submit]").first.click()
    expect(officer.locator("main")).to_contain_text("Aman dinyatakan")
    return True


def asked_to_warn(head: Page) -> None:
    """The RT head finds the task once it was planned, and says how many houses were reached."""
    deadline = time.monotonic() + 60
    while "Gembong" not in head.locator("main").inner_text():
        assert time.monotonic() < deadline, "no task for the RT head"
        time.sleep(1)
        head.goto("/ews/rt/")
    head.locator("main article:has-text('Gembong') a").first.click()
    head.fill("[name=houses]", "42")
    head.click("main form[method=post] button[type=submit]")
    expect(head.locator("main")).to_contain_text("42")


def test_from_the_rain_in_the_hills_to_the_all_clear(visitor: Callable[..., Page], platform: Platform) -> None:
    officer, resident, head = visitor("bpbd", wide=True), visitor(), visitor("ketua_rt")
    head.goto("/ews/rt/")
    all_clear(officer, "Gembong")  # what an evening before may have left
    officer.goto("/ews/jaga/")
    resident.goto(f"/ews/?tempat={AT_RISK}")
    calm = resident.locator("main")
    expect(calm).to_contain_text("RT 01 RW 12")
    expect(calm).not_to_contain_text("terbit")

    with played(platform, "gembong", hours=3):
        expect(officer.locator(".pasti-ask:has-text('Gembong')").first).to_contain_text("Pos hujan Pasrepan")
        issue(officer, "Gembong")
        # Without a reload, on the page of somebody who lives there.
        expect(resident.locator("main")).to_contain_text("terbit")
        second = visitor(wide=True)
        second.goto("/ews/peringatan/")
        expect(second.locator("main")).to_contain_text("Sungai Gembong")

        officer.goto("/ews/jaga/")
        siaga = officer.locator(".pasti-ask:has-text('Gembong'):has-text('Siaga')").first
        expect(siaga.or_(officer.locator(".pasti-alert:has-text('SIAGA')").first)).to_be_visible()
        if siaga.is_visible():
            issue(officer, "Gembong")
        asked_to_warn(head)

    assert all_clear(officer, "Gembong")
    officer.goto("/ews/episode/")
    officer.locator("main a:has-text('Gembong')").first.click()
    expect(officer.locator("h1")).to_contain_text("Gembong")
    expect(officer.locator(".pasti-timeline")).to_contain_text(re.compile("[Tt]erbit"))
