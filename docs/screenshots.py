"""Takes the pictures of the README from the running program: `make screenshots`."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from tests.city.conftest import DESK, PHONE, launch, sign_in  # noqa: E402
from tests.city.test_first_thread import admit  # noqa: E402
from tests.platform_process import Platform  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"


def main() -> None:
    """Walk the thread once and keep a picture of each screen."""
    PICTURES.mkdir(exist_ok=True)
    with Platform(ROOT / ".cache" / "pictures", people=2000) as platform, sync_playwright() as tool:
        browser = launch(tool)
        _walk(browser, platform, _session_of_today(platform))
        browser.close()


def _walk(browser: Browser, platform: Platform, session: int) -> None:
    resident, nurse = _page(browser, platform, "warga", PHONE), _page(browser, platform, "perawat", DESK)
    board, planner = _page(browser, platform, "", DESK), _page(browser, platform, "bappeda", DESK)
    clerk, codes = _page(browser, platform, "loket", DESK), []
    for person in (0, 1):
        resident.goto(f"/purut/daftar/{session}/")
        resident.check(f"[name=person] >> nth={person}")
        resident.click("text=Ambil nomor antrean")
        resident.wait_for_selector(".pasti-ticket__number")
        codes.append(resident.url.rstrip("/").rsplit("/", 1)[1])
    nurse.goto(f"/purut/perawat/{session}/")
    for code in codes:
        nurse.click(f"form[action*='{code}/datang'] button")
        admit(clerk, code)
    nurse.click("text=Panggil berikutnya")
    _keep(resident, "booking-360", resident.url)
    _keep(resident, "home-360", "/")
    _keep(nurse, "nurse-1280", f"/purut/perawat/{session}/")
    _keep(board, "board-1280", "/purut/papan/ANA/")
    _keep(planner, "matrix-1280", "/smart-city/matriks/")
    _keep(planner, "indicator-1280", "/smart-city/indikator/IK-PURUT-DARING/")
    planner.click("text=Dari mana angka ini?")
    planner.click("text=Hitung ulang dan periksa")
    _keep(planner, "provenance-1280", "")


def _page(browser: Browser, platform: Platform, role: str, size: dict[str, int]) -> Page:
    page = browser.new_context(viewport=size, base_url=platform.base, locale="id-ID").new_page()  # type: ignore[arg-type]
    if role:
        sign_in(page, platform, role)
    return page


def _keep(page: Page, name: str, path: str) -> None:
    if path:
        page.goto(path)
    page.wait_for_timeout(700)
    page.screenshot(path=PICTURES / f"{name}.png")


def _session_of_today(platform: Platform) -> int:
    """The child clinic of today, moved to now so that the pictures can be taken at any hour; emptied."""
    now = dt.datetime.now(dt.UTC)
    today = dt.datetime.now(dt.timezone(dt.timedelta(hours=7))).date()
    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(
            "UPDATE purut_antrean SET state = 'cancelled' WHERE poli_id = 'ANA' AND state NOT IN ('done', 'cancelled', 'no_show')"
        )
        row = owner.execute(
            "UPDATE purut_sesi SET state = 'open', quota_online = quota_online + 50, quota_nonjkn = quota_nonjkn + 50, "
            "starts_at = %s, ends_at = %s WHERE id = (SELECT id FROM purut_sesi WHERE poli_id = 'ANA' "
            "AND date = %s ORDER BY id LIMIT 1) RETURNING id",
            [now + dt.timedelta(minutes=10), now + dt.timedelta(hours=5), today],
        ).fetchone()
    assert row is not None
    return int(row[0])


main()
