"""A real browser on a running platform."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.platform_process import Platform

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as tool:
        running = tool.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def visitor(browser: Browser, platform: Platform) -> Iterator[Callable[..., Page]]:
    """`visitor()` is a stranger's page; `visitor("perawat")` has signed in. Options go to the browser context."""
    opened: list[BrowserContext] = []

    def open_page(role: str = "", *, wide: bool = False, **options: object) -> Page:
        context = browser.new_context(
            viewport=DESK if wide else PHONE, base_url=platform.base, locale="id-ID", **options
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        if role:
            sign_in(page, platform, role)
        return page

    yield open_page
    for context in opened:
        context.close()


def sign_in(page: Page, platform: Platform, role: str) -> None:
    """Sign in through the form; with the second factor where the role has one."""
    import pyotp

    account = platform.accounts()[role]
    page.goto("/masuk/")
    page.fill("[name=login]", account["username"])
    page.fill("[name=password]", account["password"])
    page.click("main form[method=post] button[type=submit]")
    if secret := account.get("totp_secret"):
        page.fill("[name=code]", pyotp.TOTP(secret).now())
        page.click("main form[method=post] button[type=submit]")
    page.wait_for_selector("form[action='/keluar/']")
