"""Every page: accessible at 360 and 1280 px, within the budget, under a strict policy."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from tests.platform_process import Platform

pytestmark = [pytest.mark.browser, pytest.mark.platform]

PUBLIC = [
    "/", "/cari/?q=anak", "/layanan/", "/layanan/purut-pendaftaran/", "/masuk/", "/masuk/daftar/", "/bantuan/", "/privasi/",
    "/aksesibilitas/", "/purut/", "/purut/poli/ANA/", "/purut/papan/", "/purut/papan/ANA/", "/smart-city/",
    "/smart-city/rencana/", "/smart-city/matriks/", "/smart-city/indikator/", "/smart-city/indikator/IK-PURUT-DARING/",
    "/smart-city/indikator/IM-PERTUMBUHAN/", "/wilayah/", "/gaya/", "/gaya/?name=", "/tidak-ada/",
]  # fmt: skip
OWN = {
    "warga": ["/", "/kotak-masuk/", "/jejak-akses/", "/akun-saya/", "/purut/antrean/", "/akun/2fa/", "/akun/password/change/",
              "/berkas/"],
    "perawat": ["/staf/", "/purut/perawat/"],
    "loket": ["/purut/loket/"],
    "bappeda": ["/smart-city/nilai/", "/staf/"],
    "kelurahan": ["/meja-akun/?q=si"],
    "auditor": ["/audit/", "/operasi/"],
}  # fmt: skip
TAGS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
KB = 1024


@pytest.mark.parametrize("wide", [False, True], ids=["360", "1280"])
def test_public_pages_have_no_violation(visitor: Callable[..., Page], wide: bool) -> None:
    page = visitor(wide=wide)
    assert _faults(page, PUBLIC) == []


@pytest.mark.parametrize("wide", [False, True], ids=["360", "1280"])
@pytest.mark.parametrize("role", OWN)
def test_pages_of_a_role_have_no_violation(visitor: Callable[..., Page], role: str, wide: bool) -> None:
    page = visitor(role, wide=wide)
    assert _faults(page, OWN[role]) == []


@pytest.mark.parametrize("wide", [False, True], ids=["360", "1280"])
def test_pages_of_a_visit_have_no_violation(visitor: Callable[..., Page], clinic_today: int, wide: bool) -> None:
    resident, nurse = visitor("warga", wide=wide), visitor("perawat", wide=wide)
    form = f"/purut/daftar/{clinic_today}/"
    assert _faults(resident, [form, "/smart-city/indikator/IK-PURUT-DARING/"]) == []
    resident.click("text=Dari mana angka ini?")
    provenance = resident.url
    resident.goto(form)
    resident.check("[name=person] >> nth=0")
    resident.check("[name=payer][value=umum]")
    resident.click("text=Ambil nomor antrean")
    resident.wait_for_selector(".pasti-ticket__number")
    ticket = resident.url
    assert _faults(nurse, [f"/purut/perawat/{clinic_today}/"]) == []
    nurse.click(f"form[action*='{ticket.rstrip('/').rsplit('/', 1)[1]}/datang'] button")
    nurse.click("text=Panggil berikutnya")
    nurse.wait_for_selector(".pasti-now")
    assert _faults(nurse, [nurse.url, "/purut/papan/ANA/"]) == []
    assert _faults(resident, [ticket, provenance]) == []


def _faults(page: Page, paths: list[str]) -> list[str]:
    faults = []
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("load")
        for found in Axe().run(page, options=TAGS).response["violations"]:
            faults.append(f"{path}: {found['id']}: {found['nodes'][0]['html'][:120]}")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append(f"{path}: wider than the screen")
    return faults


def test_the_home_page_keeps_its_budget(visitor: Callable[..., Page]) -> None:
    page, answers = visitor(), []
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    sizes = {
        r.url: len(gzip.compress(r.body(), 9)) for r in answers if not r.url.endswith((".svg", ".webmanifest", "sw.js"))
    }
    assert len([r for r in answers if _counts(r)]) <= 8, [r.url for r in answers]
    assert sum(sizes.values()) <= 60 * KB, sizes


def _counts(response: Response) -> bool:
    return "/luring/" not in response.url and not response.url.endswith("sw.js")


def test_no_page_breaks_its_own_security_policy(visitor: Callable[..., Page]) -> None:
    page, said = visitor(), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    for path in [*PUBLIC[:-1], "/api/v1/docs"]:
        page.goto(path)
        page.wait_for_load_state("load")
    assert [text for text in said if "Content Security Policy" in text or "Refused" in text] == []


def test_headers_of_a_page(platform: Platform, visitor: Callable[..., Page]) -> None:
    answer = visitor().goto("/")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers, "a stranger's home page sets no cookie and can be cached"
