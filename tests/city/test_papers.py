"""A letter checked by somebody who received it, on a phone: by code, by its file, by what they know of the person."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.city.axe import seen
from tests.platform_process import ROOT, Platform, clean

pytestmark = [pytest.mark.browser, pytest.mark.platform]
# Issues two letters about the resident of the demo; the worker of the platform makes their files.
ISSUE = """
import json, django; django.setup()
from django.conf import settings
from pasti.civil import queries as register
from pasti.kernel.accounts.models import Assignment, User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.siap_pak_rt.services import papers
from tests.siap_pak_rt.papers_made import content
resident, unit = User.objects.get(username="warga"), Assignment.objects.get(user__username="kelurahan", role="kelurahan")
with scoped(everyone(settings.PASTI_CITY["code"], papers.PURPOSE)):
    one = register.person(resident.person_id, purpose=papers.PURPOSE)
    lines = (("Nama", one.name), ("NIK", one.nik))
    made = [papers.produce(papers.prepare(content(one.pk, issuer=unit.unit_name, issuer_code=unit.area_code, number=number,
            person_lines=lines)).pk) for number in ("470/1/UJI", "470/2/UJI")]
    papers.revoke(made[1].pk, "Keliru", "wrong")
    print(json.dumps({"codes": [p.code for p in made], "ids": [str(p.pk) for p in made], "nik": one.nik[-4:],
                      "name": one.name, "born": one.birth_date.isoformat(), "masked": made[0].masked_name}))
"""


@pytest.fixture(scope="module")
def letters(platform: Platform) -> dict[str, Any]:
    """One valid and one revoked letter about the demo's resident."""
    env = clean() | {
        "PASTI_DATA": str(platform.folder),
        "DJANGO_SETTINGS_MODULE": "pasti.settings",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run([sys.executable, "-c", ISSUE], env=env, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def downloaded(visitor: Callable[..., Page], letters: dict[str, Any], folder: Path) -> Path:
    """The file as the resident takes it from the own page."""
    page = visitor("warga")
    page.goto(f"/siap-pak-rt/kertas/{letters['ids'][0]}/rincian/")
    with page.expect_download() as download:
        page.click("text=Unduh PDF")
    place = folder / "surat.pdf"
    download.value.save_as(place)
    assert place.read_bytes().startswith(b"%PDF-")
    return place


def test_a_receiver_checks_a_letter_without_javascript(
    visitor: Callable[..., Page], letters: dict[str, Any], tmp_path: Path
) -> None:
    original = downloaded(visitor, letters, tmp_path)
    page = visitor(java_script_enabled=False)
    page.goto("/siap-pak-rt/verifikasi/")
    page.fill("[name=kode]", letters["codes"][0].lower())
    page.click("text=Periksa kode")
    expect(page.locator("main")).to_contain_text(letters["masked"])
    expect(page.locator("main")).not_to_contain_text(letters["name"])

    page.set_input_files("[name=berkas]", original)
    page.click("text=Bandingkan berkas")
    expect(page.locator(".pasti-verdict")).to_contain_text("Sah.")
    expect(page.locator("main")).to_contain_text(letters["name"])

    content = bytearray(original.read_bytes())
    content[len(content) // 2] ^= 1
    changed = tmp_path / "diubah.pdf"
    changed.write_bytes(content)
    page.goto(f"/siap-pak-rt/v/{letters['codes'][0]}/")
    page.set_input_files("[name=berkas]", changed)
    page.click("text=Bandingkan berkas")
    expect(page.locator(".pasti-verdict")).to_contain_text("Tidak sah.")
    expect(page.locator("main")).not_to_contain_text(letters["name"])

    page.fill("[name=nik_akhir]", letters["nik"])
    page.fill("[name=lahir]", letters["born"])
    page.click("text=Tampilkan isi")
    expect(page.locator("main")).to_contain_text(letters["name"])


def test_the_resident_sees_that_somebody_checked(visitor: Callable[..., Page], letters: dict[str, Any]) -> None:
    visitor().goto(f"/siap-pak-rt/v/{letters['codes'][0]}/")
    page = visitor("warga")
    page.goto("/jejak-akses/?oleh=lain")
    expect(page.locator("main")).to_contain_text("Seseorang memeriksa keaslian surat Anda dengan kodenya")
    page.goto(f"/siap-pak-rt/kertas/{letters['ids'][0]}/rincian/")
    expect(page.locator(".pasti-timeline")).to_contain_text("nama tersamar")


def test_a_revoked_letter_says_so(visitor: Callable[..., Page], letters: dict[str, Any]) -> None:
    page = visitor()
    page.goto(f"/siap-pak-rt/v/{letters['codes'][1]}/")
    expect(page.locator(".pasti-verdict")).to_contain_text("sudah dicabut dan tidak berlaku lagi")
    expect(page.locator(".pasti-verdict")).to_contain_text("isinya keliru")


def test_pages_of_papers_have_no_violation(visitor: Callable[..., Page], letters: dict[str, Any]) -> None:
    page, found = visitor(), {}
    for path in (
        "verifikasi/",
        "verifikasi/?kode=abc",
        f"v/{letters['codes'][0]}/",
        f"v/{letters['codes'][1]}/",
        f"v/{'0' * 28}/",
    ):
        page.goto(f"/siap-pak-rt/{path}")
        found[path] = seen(page)
    page.goto(f"/siap-pak-rt/v/{letters['codes'][0]}/")
    page.click("text=Tampilkan isi")
    found["empty facts"] = seen(page)
    page.fill("[name=nik_akhir]", letters["nik"])
    page.fill("[name=lahir]", letters["born"])
    page.click("text=Tampilkan isi")
    expect(page.locator("main")).to_contain_text(letters["name"])
    found["full text"] = seen(page)
    for role, path in [("warga", ""), ("warga", f"{letters['ids'][0]}/rincian/"), ("kelurahan", ""), ("kelurahan", "tanda-tangan/"),
                       ("kelurahan", f"{letters['ids'][0]}/cabut/")]:  # fmt: skip
        own = visitor(role)
        own.goto(f"/siap-pak-rt/kertas/{path}")
        found[f"{role} {path}"] = seen(own)
    assert {path: fault for path, fault in found.items() if fault} == {}
