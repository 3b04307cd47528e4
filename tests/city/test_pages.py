"""Every page: accessible at 360 and 1280 px, within the budget, under a strict policy."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import psycopg
import pyotp
import pytest
from django.urls import URLResolver, get_resolver, resolve
from playwright.sync_api import Page, Response

from pasti.portal.web.account_urls import AT_THE_DESK
from tests.city.axe import faults, seen
from tests.city.test_first_thread import admit
from tests.platform_process import Platform

pytestmark = [pytest.mark.browser, pytest.mark.platform]

PUBLIC = [
    "/", "/cari/?q=anak", "/layanan/", "/layanan/purut-pendaftaran/", "/masuk/", "/masuk/daftar/", "/bantuan/", "/privasi/",
    "/aksesibilitas/", "/purut/", "/purut/poli/ANA/", "/purut/papan/", "/purut/papan/ANA/", "/purut/anjungan/", "/smart-city/",
    "/smart-city/rencana/", "/smart-city/matriks/", "/smart-city/indikator/", "/smart-city/indikator/IK-PURUT-DARING/",
    "/smart-city/indikator/IM-PERTUMBUHAN/", "/wilayah/", "/wilayah/35.75.01/", "/gaya/", "/gaya/?name=", "/luring/",
    "/ews/", "/ews/?kelurahan=35.75.03.1001", "/ews/?tempat=35.75.03.1001.001.003", "/ews/sungai/petung/", "/ews/prakiraan/",
    "/ews/data/", "/ews/data/petung-bokwedi/",
    "/ews/peringatan/", "/ews/peta/", "/ews/lapor/", "/ews/lapor/terkirim/", "/ews/langganan/",
    "/ews/langganan/?tempat=35.75.03.1001.001.003", "/ews/langganan/terkirim/", "/ews/langganan/berhenti/tautan/",
    "/ews/langganan/setuju/tautan/", "/cari/?q=xyzzyqwv", "/akun/login/", "/akun/inactive/", "/tidak-ada/",
]  # fmt: skip
OWN = {
    "warga": ["/", "/kotak-masuk/", "/jejak-akses/", "/akun-saya/", "/purut/antrean/", "/akun/2fa/", "/akun/password/change/",
              "/berkas/", "/akun/2fa/totp/activate/", "/akun/2fa/webauthn/", "/akun/2fa/webauthn/add/",
              "/id/perangkat/", "/id/tingkat/?perlu=3", "/ews/rt/",
              "/akun/reauthenticate/", "/keluar/", "/akun/logout/"],
    "perawat": ["/staf/", "/purut/perawat/", "/purut/farmasi/"],
    "loket": ["/purut/loket/", "/purut/jadwal/", "/purut/bpjs/", "/purut/operasi/", "/purut/loket/cari/?code=tidak-ada",
              "/staf/"],
    "manajer_rs": ["/purut/manajer/"],
    "bpbd": ["/ews/jaga/", "/ews/jaga/catatan/", "/ews/jaga/laporan/", "/ews/jaga/alasan/tolak/0/", "/ews/jaga/instansi-lain/",
             "/ews/episode/", "/ews/latihan/", "/telemetri/", "/telemetri/?q=tidak-ada", "/telemetri/baru/",
             "/telemetri/ditolak/"],
    "bappeda": ["/smart-city/nilai/", "/staf/"],
    "kelurahan": ["/meja-akun/?q=si"],
    "auditor": ["/audit/", "/operasi/", "/akun/2fa/", "/akun/2fa/recovery-codes/generate/", "/akun/2fa/totp/deactivate/",
                "/akun/2fa/reauthenticate/"],
}  # fmt: skip
# Seen by a test that walks there: of a booking, a call, a computed value, a slip, a drill.
WALKED = {
    "purut:book", "purut:antrean", "purut:cancel", "purut:queue", "purut:ticket", "purut:offer", "purut:change",
    "telemetry:device", "telemetry:change", "telemetry:note", "telemetry:calibrate",
    "purut:kiosk_check_in", "purut:kiosk_card", "masterplan:provenance", "portal:make_account",
    "portal:renew_password", "mfa_authenticate", "mfa_view_recovery_codes", "mfa_edit_webauthn", "mfa_remove_webauthn",
    "mfa_reauthenticate_webauthn", "ews:warning", "ews:edit", "ews:street", "ews:episode", "ews:drill", "ews:rt_task", "ews:reached",
}  # fmt: skip
# Paths that show no page: what one does, and what a program reads.
NO_PAGES = {
    "set_language", "ui:language", "purut:call_next", "purut:act", "purut:transfer", "purut:priority",
    "telemetry:renew_key", "telemetry:set_state",
    "purut:leave", "purut:kiosk_set_up", "purut:kiosk_ask", "purut:operation_done", "masterplan:indicator_csv",
    "masterplan:approve", "places:outlines", "documents:download", "documents:remove", "documents:share",
    "portal:read_all", "portal:message", "portal:manifest", "portal:service_worker", "mfa_download_recovery_codes",
    "mfa_login_webauthn", "ews:forget", "ews:map_data", "ews:data_month", "ews:issue", "ews:write", "ews:approve",
    "ews:update", "ews:all_clear",
    "ews:take_over", "ews:log", "ews:hand_over", "ews:photo", "ews:answer", "ews:review", "ews:remark", "ews:close",
    "ews:drill_act", "cap_atom", "cap_rss", "cap_exercises", "cap_message", "cap_certificate",
}  # fmt: skip
FOUNDATION = ("purut", "telemetry", "ews", "masterplan", "places", "documents", "ui", "portal", "")
KB = 1024


def test_public_pages_have_no_violation(visitor: Callable[..., Page]) -> None:
    page = visitor()
    assert faults(page, PUBLIC) == []


@pytest.mark.parametrize("role", OWN)
def test_pages_of_a_role_have_no_violation(visitor: Callable[..., Page], role: str) -> None:
    page = visitor(role)
    assert faults(page, OWN[role]) == []


def test_pages_of_a_visit_have_no_violation(
    visitor: Callable[..., Page], signed_in: dict[str, Any], clinic_today: int
) -> None:
    resident, nurse = visitor("warga"), visitor("perawat")
    form = f"/purut/daftar/{clinic_today}/"
    assert faults(resident, [form, "/smart-city/indikator/IK-PURUT-DARING/"]) == []
    resident.click("text=Dari mana angka ini?")
    provenance = resident.url
    resident.goto(form)
    resident.check("[name=person] >> nth=0")
    resident.check("[name=payer][value=umum]")
    resident.click("text=Ambil nomor antrean")
    resident.wait_for_selector(".pasti-ticket__number")
    ticket = resident.url
    assert faults(nurse, [f"/purut/perawat/{clinic_today}/"]) == []
    code = ticket.rstrip("/").rsplit("/", 1)[1]
    clerk = visitor("loket")
    assert faults(clerk, [f"/purut/jadwal/{clinic_today}/", f"/purut/antrean/{code}/pilihan/"]) == []
    assert faults(resident, [f"{ticket}batal/"]) == []
    nurse.click(f"form[action*='{code}/datang'] button")
    admit(clerk, code)
    nurse.reload()
    nurse.click("text=Panggil berikutnya")
    nurse.wait_for_selector(".pasti-now")
    assert faults(nurse, [nurse.url, "/purut/papan/ANA/"]) == []
    assert faults(resident, [ticket, provenance]) == []
    clerk.goto("/purut/loket/")
    clerk.click("text=Pasang anjungan")
    signed_in.pop("loket")  # who sets a kiosk up is signed out there
    clerk.fill("[name=asked]", code)
    clerk.click("text=Cari antrean saya")
    clerk.wait_for_selector("text=Antrean Anda hari ini")  # called already: where to go, and nothing to press
    assert seen(clerk) == []


def test_papers_of_the_counters_have_no_violation(
    visitor: Callable[..., Page], platform: Platform, clinic_today: int
) -> None:
    counter, officer = visitor("loket"), visitor("kelurahan")
    counter.goto("/purut/loket/")
    counter.fill("[name=nik]", "3575020101909876")
    counter.fill("[name=name]", "Tamu Loket")
    counter.fill("[name=birth_date]", "1990-01-01")
    counter.check("[name=sex][value=L]")
    counter.select_option("[name=sesi_id]", str(clinic_today))
    counter.check("[name=payer][value=umum]")
    counter.click("text=Daftarkan dan cetak karcis")
    counter.wait_for_url("**/karcis/**")
    assert faults(counter, [counter.url]) == []
    desk = f"/meja-akun/?q={_someone_without_account(platform)}"
    for asked in ("Buat akun", "Kata sandi baru"):
        officer.goto(desk)
        officer.click(f"main form[action^='/meja-akun/'] button:has-text('{asked}')")
        officer.wait_for_selector("[data-print]", state="attached")
        assert seen(officer) == []


def _someone_without_account(platform: Platform) -> str:
    """The NIK of a resident of the officer's area; who got an account in an earlier run is let go first."""
    demo = [account["username"] for account in platform.accounts().values()]
    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(
            "UPDATE accounts_user SET person_id = NULL, username = id::text WHERE NOT username = ANY (%s)", [demo]
        )
        row = owner.execute(
            "SELECT p.nik FROM accounts_assignment a JOIN accounts_user u ON u.id = a.user_id AND u.username = %s "
            "JOIN civil_person p ON p.rt_code LIKE a.area_code || '%%' AND p.nik IS NOT NULL AND p.status_dasar = 1 "
            "WHERE p.id NOT IN (SELECT person_id FROM accounts_user WHERE person_id IS NOT NULL) ORDER BY p.id LIMIT 1",
            [platform.accounts()["kelurahan"]["username"]],
        ).fetchone()
    assert row is not None
    return str(row[0])


def test_pages_of_a_device_have_no_violation(visitor: Callable[..., Page]) -> None:
    officer = visitor("bpbd")
    officer.goto("/telemetri/baru/")
    code = f"uji-{pyotp.random_base32()[:8].lower()}"
    officer.fill("[name=code]", code)
    officer.fill("[name=name]", "Pengukur uji")
    stream = officer.locator("[name=stream_1] option").nth(1)
    if stream.count():  # a demo whose gauges are all taken has none to give
        officer.fill("[name=field_1]", "level")
        officer.select_option("[name=stream_1]", stream.get_attribute("value"))
    officer.click("main form[method=post] button[type=submit]")
    officer.wait_for_selector(".pasti-code")
    assert seen(officer) == []
    officer.goto(f"/telemetri/?q={code}")
    officer.click("main table a")
    page = officer.url
    assert faults(officer, [page, *(f"{page}{part}/" for part in ("ubah", "catatan", "kalibrasi"))]) == []


def test_the_second_factor_step_by_step_has_no_violation(visitor: Callable[..., Page], platform: Platform) -> None:
    account = platform.accounts()["admin"]
    page = visitor()
    page.goto("/masuk/")
    page.fill("[name=login]", account["username"])
    page.fill("[name=password]", account["password"])
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_selector("[name=code]")
    assert seen(page) == []
    page.fill("[name=code]", pyotp.TOTP(account["totp_secret"]).now())
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_selector("form[action='/keluar/']")
    page.goto("/akun/2fa/recovery-codes/generate/")
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_selector("pre")
    assert seen(page) == []


def test_no_page_is_forgotten() -> None:
    looked_at = {
        resolve(path.partition("?")[0]).view_name for path in [*PUBLIC[:-1], *chain.from_iterable(OWN.values())]
    }
    pages = {name for name in _named(get_resolver()) if name.rpartition(":")[0] in FOUNDATION}
    assert pages - looked_at - WALKED - NO_PAGES - set(AT_THE_DESK.values()) - {"account_email"} == set()


def _named(resolver: URLResolver, inside: str = "") -> Iterator[str]:
    """The names of all paths that answer to a person, `namespace:name`."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if not str(entry.pattern).startswith("api/"):
                yield from _named(entry, entry.namespace or inside)
        elif entry.name:
            yield f"{inside}:{entry.name}" if inside else entry.name


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
