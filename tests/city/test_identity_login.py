"""Signing up and in as people do it: with a passkey of the browser's own virtual authenticator, codes, and mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.city.axe import seen
from tests.city.conftest import sign_in
from tests.platform_process import Platform

pytestmark = [pytest.mark.browser, pytest.mark.platform]
PASSWORD = "sapi merah makan rumput"
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def owner(platform: Platform) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def cards(owner: psycopg.Connection[Any]) -> tuple[str, str, str]:
    """NIK, card number and birth date of a grown-up nobody has made an account for."""
    row = owner.execute(
        "SELECT p.nik, f.number, p.birth_date::text FROM civil_person p "
        "JOIN civil_membership m ON m.person_id = p.id AND m.ends IS NULL JOIN civil_family f ON f.id = m.family_id "
        "WHERE p.status_dasar = 1 AND p.nik IS NOT NULL AND p.birth_date < now() - interval '30 years' AND p.id NOT IN "
        "(SELECT person_id FROM accounts_user WHERE person_id IS NOT NULL UNION SELECT person_id FROM identity_signup) "
        "ORDER BY random() LIMIT 1"
    ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


@pytest.fixture
def at_home(visitor: Callable[..., Page], platform: Platform) -> Callable[[], Page]:
    """A browser at http://localhost, where passkeys work without a certificate, with an authenticator in it."""

    def open_page() -> Page:
        page = visitor(base_url=platform.base.replace("127.0.0.1", "localhost"))
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        return page

    return open_page


def sign_up_to_the_last_step(page: Page, cards: tuple[str, str, str], owner: Any, wait_until: Any) -> None:
    phone = f"0812{cards[0][-8:]}"
    page.goto("/masuk/daftar/")
    page.click("main a[href='/id/daftar/']")
    assert seen(page) == []
    for name, value in zip(("nik", "kk", "birth_date", "contact"), (*cards, phone), strict=True):
        page.fill(f"[name={name}]", value)
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_url("**/id/daftar/kode/")
    assert seen(page) == []
    sent: list[str] = []

    def arrived() -> bool:
        row = owner.execute(
            "SELECT text FROM notify_recorded WHERE address = %s ORDER BY id DESC", [f"+62{phone[1:]}"]
        ).fetchone()
        sent.extend(row or ())
        return bool(row)

    wait_until(arrived)
    page.fill("[name=code]", sent[0].split(": ")[1][:6])
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_url("**/id/daftar/kunci/")


def test_a_resident_makes_an_account_with_a_passkey_and_comes_back_with_it(
    at_home: Callable[[], Page], cards: tuple[str, str, str], owner: Any, wait_until: Any
) -> None:
    page = at_home()
    sign_up_to_the_last_step(page, cards, owner, wait_until)
    assert seen(page) == []
    page.click("form[data-passkey=create] button")
    page.wait_for_url("**/akun-saya/")
    page.click("form[action='/keluar/'] button")
    page.goto("/masuk/")
    assert seen(page) == []
    page.click("form[data-passkey=get] button")
    page.wait_for_selector("form[action='/keluar/']")
    page.goto("/akun/2fa/webauthn/")
    assert seen(page) == []
    assert page.locator("main .pasti-hits li").count() == 1
    page.goto("/id/perangkat/")
    assert seen(page) == []
    assert page.locator("text=perangkat ini").count() == 1


def test_a_door_shut_for_one_does_not_lock_the_office(
    visitor: Callable[..., Page], cards: tuple[str, str, str], platform: Platform
) -> None:
    page = visitor()
    for _try in range(6):
        page.goto("/masuk/")
        page.fill("[name=login]", cards[0])
        page.fill("[name=password]", "bukan kata sandinya")
        page.click("main form[method=post]:not([data-passkey]) button[type=submit]")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Terlalu banyak percobaan dari tempat ini")
    assert seen(page) == []
    sign_in(visitor(), platform, "warga")  # from the same address


def test_a_second_key_is_added_renamed_and_removed(
    at_home: Callable[[], Page], cards: tuple[str, str, str], owner: Any, wait_until: Any
) -> None:
    page = at_home()
    sign_up_to_the_last_step(page, cards, owner, wait_until)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    page.click("text=Buat akun dengan kata sandi")
    page.wait_for_url("**/akun-saya/")
    page.goto("/akun/2fa/webauthn/add/")
    assert seen(page) == []
    page.fill("[name=name]", "HP lama")
    page.click("form[data-passkey=create] button")
    page.wait_for_selector("main pre")
    recovery = page.inner_text("main pre").split()[0]
    page.goto("/akun/2fa/webauthn/")
    page.click("main a:has-text('Ganti nama')")
    assert seen(page) == []
    page.fill("[name=name]", "HP baru")
    page.click("main form[method=post] button[type=submit]")
    page.click("main a:has-text('Hapus')")
    assert seen(page) == []
    assert "HP baru" in page.inner_text("h1")

    elsewhere = at_home()  # another browser, without that key: password and recovery code
    elsewhere.goto("/masuk/")
    elsewhere.fill("[name=login]", cards[0])
    elsewhere.fill("[name=password]", PASSWORD)
    elsewhere.click("main form[method=post]:not([data-passkey]) button[type=submit]")
    elsewhere.wait_for_url("**/2fa/authenticate/**")
    assert seen(elsewhere) == []
    elsewhere.fill("[name=code]", recovery)
    elsewhere.click("main form[method=post]:not([data-passkey]) button[type=submit]")
    elsewhere.wait_for_selector("form[action='/keluar/']")
    elsewhere.goto("/id/perangkat/")
    assert elsewhere.locator("main .pasti-hits li").count() == 2
    elsewhere.click("text=Keluarkan semua perangkat lain")
    elsewhere.wait_for_selector("text=Semua perangkat lain dikeluarkan.")
    page.goto("/akun-saya/")
    assert "/masuk/" in page.url, "the first browser is out"
