"""A card activated at the counter on two browsers: the officer's screen and the resident's telephone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.city.axe import seen
from tests.platform_process import Platform

pytestmark = [pytest.mark.browser, pytest.mark.platform]


@pytest.fixture
def grown_up(platform: Platform) -> Any:
    """Somebody of the officer's kelurahan, old enough for a card; one of an earlier run was long ago.

    A test may let the person die: when nobody else is left, one of those lives again.
    """
    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True) as owner:
        area = owner.execute(
            "SELECT a.area_code FROM accounts_assignment a JOIN accounts_user u ON u.id = a.user_id "
            "WHERE u.username = 'kelurahan' AND a.role = 'kelurahan'"
        ).fetchone()
        found = owner.execute(
            "SELECT id, name FROM civil_person p WHERE rt_code LIKE %s AND status_dasar IN (1, 2) AND nik IS NOT NULL "
            "AND birth_date < '2000-01-01' AND NOT EXISTS (SELECT 1 FROM accounts_user u WHERE u.person_id = p.id) "
            "ORDER BY status_dasar, (SELECT max(seen_at) FROM identity_activation a WHERE a.person_id = p.id) NULLS FIRST, id "
            "LIMIT 1",
            [f"{area[0]}.%" if area else ""],
        ).fetchone()
        for again in (
            "UPDATE identity_activation SET seen_at = seen_at - interval '60 days', issued_at = issued_at - interval '60 days' "
            "WHERE person_id = %s",
            "UPDATE civil_membership SET ends = NULL WHERE id = (SELECT m.id FROM civil_membership m JOIN civil_person p "
            "ON p.id = m.person_id WHERE p.id = %s AND p.status_dasar = 2 ORDER BY m.starts DESC, m.id DESC LIMIT 1)",
            "UPDATE civil_person SET status_dasar = 1 WHERE id = %s AND status_dasar = 2",
        ):
            owner.execute(again, [found[0] if found else None])
    assert found is not None
    return found


def begun(counter: Page, person_id: Any) -> None:
    """The officer has seen the person."""
    counter.goto(f"/id/aktivasi/orang/{person_id}/")
    counter.check("[name=document][value=ktp_el]")
    counter.check("[name=face]")
    counter.click("text=Tampilkan kode QR")
    expect(counter.locator(".pasti-offer svg").first).to_be_visible()


def scanned(counter: Page) -> str:
    """What the telephone's camera reads from the officer's screen."""
    link = counter.locator(".pasti-hash").text_content() or ""
    return f"/id/dompet/?{link.partition('?')[2]}"


def test_a_card_goes_from_the_counter_to_a_telephone(
    visitor: Callable[..., Page], grown_up: Any, platform: Platform
) -> None:
    counter, telephone = visitor("kelurahan", wide=True), visitor()
    begun(counter, grown_up[0])
    found = {"QR": seen(counter)}
    telephone.goto(scanned(counter))
    counter.click("text=Lanjut ke kode transaksi")
    digits = re.sub(r"\D", "", counter.locator(".pasti-tx [aria-hidden]").text_content() or "")
    found["kode"] = seen(counter)
    telephone.fill("[name=tx_code]", digits)
    telephone.get_by_role("button", name="Terima kartu", exact=True).click()
    expect(telephone.locator("[data-keadaan=valid]")).to_contain_text(grown_up[1])
    expect(counter.locator("main")).to_contain_text("Kartu sudah diterima")  # by itself

    counter.goto(f"/id/aktivasi/orang/{grown_up[0]}/")
    found["orang"] = seen(counter)
    counter.click("text=Hilang: tangguhkan sekarang")
    expect(counter.locator("main")).to_contain_text("Ditangguhkan")
    telephone.reload()
    expect(telephone.locator("[data-keadaan=suspended]")).to_be_visible()
    assert {page: fault for page, fault in found.items() if fault} == {}


def test_the_counter_works_without_javascript_on_a_small_screen(
    visitor: Callable[..., Page], grown_up: Any, platform: Platform
) -> None:
    counter = visitor("kelurahan", java_script_enabled=False)
    begun(counter, grown_up[0])
    page = counter.url
    counter.click("text=Lihat apakah kartu sudah diterima")
    expect(counter.locator(".pasti-offer svg").first).to_be_visible()
    counter.click("text=Batalkan")
    expect(counter.locator("main")).to_contain_text("Dibatalkan")
    looked = visitor("kelurahan")
    wrong = {}
    for path in ("/id/aktivasi/", "/id/aktivasi/?q=siti", page, f"/id/aktivasi/orang/{grown_up[0]}/"):
        looked.goto(path)
        wrong[path] = seen(looked)
    own = visitor("warga")
    own.goto("/id/")
    wrong["own"] = seen(own)
    assert {path: fault for path, fault in wrong.items() if fault} == {}
