"""A resident uses the rights over the own data, on a phone; who looked is told within seconds."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.city.axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.platform]
HAK = "/siap-pak-rt/hak-saya/"


def test_a_correction_is_asked_answered_and_traced(visitor: Callable[..., Page]) -> None:
    resident = visitor("warga", java_script_enabled=False)
    resident.goto(HAK)
    resident.click("a[href$='/perbaikan/birth_place/']")
    recorded = resident.locator("main").inner_text()  # on a kept platform what the last run wished for
    wanted = "Malang" if "Bangil" in recorded else "Bangil"
    resident.fill("[name=wanted]", wanted)
    resident.fill("[name=text]", "sesuai akta kelahiran")
    resident.click("text=Kirim permintaan")
    expect(resident.locator("main")).to_contain_text("menunggu jawaban")
    expect(resident.locator("main")).to_contain_text("dijawab dalam 71 jam lagi")

    officer = visitor("kelurahan")
    officer.goto("/siap-pak-rt/hak/")
    officer.click("main .pasti-hits a >> nth=0")
    expect(officer.locator("main")).to_contain_text(wanted)
    officer.click("text=Perbaiki di register")
    expect(officer.locator("main")).to_contain_text("Jawaban terkirim")

    resident.goto(HAK)
    expect(resident.locator("dl").first).to_contain_text(wanted)
    resident.goto("/jejak-akses/?oleh=lain")
    first = resident.locator(".pasti-timeline li")
    expect(first.first).to_contain_text("Petugas kelurahan")
    expect(resident.locator(".pasti-timeline")).to_contain_text("membaca permintaan Anda")
    expect(resident.locator(".pasti-timeline")).to_contain_text("mengubah data kependudukan Anda")


@pytest.mark.parametrize(("label", "kind"), [("Unduh PDF", "pdf"), ("Unduh JSON", "json")])
def test_the_copy_of_my_data_is_downloaded(visitor: Callable[..., Page], label: str, kind: str) -> None:
    resident = visitor("warga")
    resident.goto(HAK)
    with resident.expect_download() as waiting:
        resident.click(f"text={label}")
    path = waiting.value.path()
    assert waiting.value.suggested_filename == f"data-saya.{kind}"
    if kind == "pdf":
        assert path.read_bytes().startswith(b"%PDF-")
    else:
        parts = json.loads(path.read_text())["bagian"]
        assert {"civil", "jejak", "akun"} <= {part["kode"] for part in parts}


def test_the_pages_have_no_violation(visitor: Callable[..., Page]) -> None:
    resident = visitor("warga")
    assert faults(resident, [HAK, f"{HAK}perbaikan/religion/", f"{HAK}perbaikan/other/"]) == []
    assert faults(visitor("kelurahan"), ["/siap-pak-rt/hak/", "/siap-pak-rt/hak/?lihat=selesai"]) == []
    warden = visitor("auditor")
    assert faults(warden, ["/siap-pak-rt/kegagalan/", "/siap-pak-rt/kegagalan/baru/"]) == []


def test_a_breach_is_entered_and_the_people_are_told(visitor: Callable[..., Page]) -> None:
    officer = visitor("kelurahan")
    for part in ("nur", "ari", "sit", "eko", "mad", "sri"):  # some of them live in every kelurahan
        officer.goto(f"/meja-akun/?q={part}")
    warden = visitor("auditor", wide=True)
    warden.goto("/siap-pak-rt/kegagalan/baru/")
    warden.fill("[name=title]", "Akun petugas dipakai orang lain")
    warden.fill("[name=data_kinds]", "nama, NIK, tanggal lahir")
    for name, value in (
        ("started_at", "2026-01-01T00:00"),
        ("ended_at", "2036-01-01T00:00"),
        ("discovered_at", "2026-11-01T08:00"),
    ):
        warden.fill(f"[name={name}]", value)
    warden.fill("[name=cause]", "Kata sandi dibagikan")
    warden.fill("[name=handling]", "Kata sandi diganti, akses ditutup")
    warden.click("main button[type=submit]")
    expect(warden.locator("h1")).to_have_text("Akun petugas dipakai orang lain")
    warden.fill("[name=username]", "kelurahan")
    warden.click("text=Tambahkan")
    expect(warden.locator("main")).to_contain_text("orang ditambahkan")
    assert faults(warden, [warden.url]) == []
    warden.click("text=Beri tahu semua orang")
    for _ in range(60):
        warden.reload()
        if warden.locator("text=Beri tahu semua orang").count() == 0:
            break
        warden.wait_for_timeout(500)
    expect(warden.locator("text=Beri tahu semua orang")).to_have_count(0)
    with warden.expect_download() as waiting:
        warden.click("text=Surat mulai nomor 1 >> nth=0")
    assert waiting.value.path().read_bytes().startswith(b"%PDF-")
