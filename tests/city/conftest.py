"""A real browser on a running platform."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.platform_process import ROOT, Platform

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PATIENCE = 60_000  # milliseconds: a busy machine is no fault of the page
expect.set_options(timeout=PATIENCE)
FRESH = 600  # seconds: a session older than that may be asked again who it is
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


def launch(tool: Playwright) -> Browser:
    """Debian's Chromium, without windows; its settings and crash reports stay in the checkout, not in the home folder.

    The build that has no windows at all takes half the processor's time of the one that only hides them.
    """
    home = str(ROOT / ".cache" / "browser")
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    env: dict[str, str | float | bool] = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home}
    return tool.chromium.launch(executable_path=program, args=FLAGS, env=env)


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """One running platform with 500 people for all browsers, kept in `.cache/platform` so that later runs start warm."""
    with Platform(ROOT / ".cache" / "platform") as running:
        yield running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for the tests of this folder; gone after them, for Django refuses to work beside its event loop."""
    with sync_playwright() as tool:
        running = launch(tool)
        yield running
        running.close()


@pytest.fixture(scope="session")
def signed_in() -> dict[str, Any]:
    """When each role signed in, and the cookies of its session: a one-time code opens one session, not two in half a minute."""
    return {}


@pytest.fixture
def visitor(browser: Browser, platform: Platform, signed_in: dict[str, Any]) -> Iterator[Callable[..., Page]]:
    """`visitor()` is a stranger's page; `visitor("perawat")` has signed in. Options go to the browser context."""
    opened: list[BrowserContext] = []

    def open_page(role: str = "", *, wide: bool = False, **options: object) -> Page:
        began, state = signed_in.get(role, (0.0, None))
        if time.monotonic() - began > FRESH:
            state = None
        context = browser.new_context(
            viewport=DESK if wide else PHONE, locale="id-ID",
            storage_state=state, **({"base_url": platform.base} | options),
        )  # fmt: skip
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        if role and state is None:
            sign_in(page, platform, role)
            signed_in[role] = time.monotonic(), context.storage_state()
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


@pytest.fixture
def clinic_today(platform: Platform) -> int:
    """A session of the child clinic that is open right now, whatever time the test runs at; nobody is in it."""
    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(
            "UPDATE purut_antrean SET state = 'cancelled' WHERE poli_id = 'ANA' AND state NOT IN ('done', 'cancelled', 'no_show')"
        )
        now = dt.datetime.now(dt.UTC)
        row = owner.execute(
            "UPDATE purut_sesi SET state = 'open', starts_at = %s, ends_at = %s, quota_online = quota_online + 50, "
            "quota_walkin = quota_walkin + 50, "
            "quota_nonjkn = quota_nonjkn + 50 WHERE id = (SELECT id FROM purut_sesi WHERE poli_id = 'ANA' AND date = %s "
            "ORDER BY id LIMIT 1) RETURNING id",
            [now + dt.timedelta(minutes=5), now + dt.timedelta(hours=5), _today()],
        ).fetchone()
    assert row is not None, "the city pack has a child clinic every day"
    return int(row[0])


def _today() -> dt.date:
    return dt.datetime.now(dt.timezone(dt.timedelta(hours=7))).date()
