"""Numbers of people, as a stranger and as an officer see them, on a phone and on a desk."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.city.axe import faults
from tests.platform_process import Platform

pytestmark = [pytest.mark.browser, pytest.mark.platform]
HOME = "/siap-pak-rt/statistik/"


@pytest.fixture
def kelurahan(platform: Platform) -> str:
    """The code of the kelurahan whose officer has a demo account."""
    found = _ask(platform, "SELECT a.area_code FROM accounts_assignment a JOIN accounts_user u ON u.id = a.user_id "
                           "WHERE u.username = %s", platform.accounts()["kelurahan"]["username"])  # fmt: skip
    return str(found)


def _ask(platform: Platform, question: str, *values: object) -> object:
    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True) as owner:
        row = owner.execute(question, values).fetchone()
    assert row is not None
    return row[0]


def test_the_pages_have_no_violation(visitor: Callable[..., Page], kelurahan: str) -> None:
    city = kelurahan[:5]
    stranger = visitor()
    pages = [HOME, f"{HOME}{kelurahan}/", f"{HOME}{city}/mutasi/", f"{HOME}{city}/tabel/",
             f"{HOME}{city}/tabel/?baris=marital_status&kolom=age", f"{HOME}{city}/mutasi/?bulan=x"]  # fmt: skip
    assert faults(stranger, pages) == []
    officer = visitor("kelurahan")
    assert faults(officer, [HOME, f"{HOME}{kelurahan}/", f"{HOME}{kelurahan}/kelengkapan/"]) == []


def test_everything_is_read_without_scripts(visitor: Callable[..., Page], kelurahan: str) -> None:
    page = visitor(java_script_enabled=False)
    page.goto(HOME)
    assert _people(page) > 0
    page.click("main tbody th a >> nth=0")
    expect(page.locator("h1")).to_contain_text("Penduduk")
    page.click("text=Mutasi bulanan")
    page.select_option("#bulan", index=3)
    page.click("text=Lihat >> nth=0")
    expect(page.locator("#lampid tbody tr")).to_have_count(7)
    page.click("text=Tabel silang")
    page.select_option("#baris", "religion")
    page.select_option("#kolom", "age")
    page.click("main form button[type=submit]")
    expect(page.locator("main h2").first).to_have_text("Agama menurut Kelompok umur")


def test_the_map_shows_each_kelurahan_of_the_list(visitor: Callable[..., Page]) -> None:
    page = visitor(wide=True)
    page.goto(HOME)
    expect(page.locator(".pasti-map path").first).to_be_visible()
    assert page.locator(".pasti-map path").count() == page.locator("main table tbody th a").count()


def test_a_death_counts_the_moment_the_kelurahan_confirms_it(
    visitor: Callable[..., Page], platform: Platform, kelurahan: str
) -> None:
    """Reported by the RT and confirmed at the desk; a stranger's page has one fewer at the next look."""
    stranger, head, officer = visitor(), visitor("ketua_rt"), visitor("kelurahan", wide=True)
    head.goto(f"/siap-pak-rt/lapor/baru/kematian/?orang={_somebody(platform)}")
    head.fill("[name=occurred_on]", f"{_today():%Y-%m-%d}")
    head.click("text=Kirim ke kelurahan")
    head.wait_for_url(re.compile(r"/lapor/[0-9a-f-]{36}/$"))
    stranger.goto(HOME)
    before = _people(stranger)
    officer.goto(head.url)
    officer.click("main section button:has-text('Sahkan')")
    expect(officer.locator(".pasti-timeline")).to_contain_text("Disahkan")
    stranger.reload()
    assert _people(stranger) == before - 1
    officer.goto(f"{HOME}{kelurahan}/mutasi/?bulan={_today():%Y-%m}")
    deaths = officer.locator("#lampid tbody tr", has_text="Mati").locator("td").last
    assert int(deaths.inner_text()) >= 1


def _people(page: Page) -> int:
    return int(page.locator(".pasti-figure").first.inner_text().replace(".", ""))


def _today() -> dt.date:
    return dt.datetime.now(dt.timezone(dt.timedelta(hours=7))).date()


def _somebody(platform: Platform) -> object:
    """A grown-up of the RT with a demo account, who has no account."""
    return _ask(platform, "SELECT p.id FROM accounts_assignment a JOIN accounts_user u ON u.id = a.user_id AND u.username = %s "
                "JOIN civil_person p ON p.rt_code = a.area_code AND p.status_dasar = 1 AND p.birth_date < '2000-01-01' "
                "WHERE p.id NOT IN (SELECT person_id FROM accounts_user WHERE person_id IS NOT NULL) ORDER BY p.id LIMIT 1",
                platform.accounts()["ketua_rt"]["username"])  # fmt: skip
