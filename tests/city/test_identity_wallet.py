"""A resident's wallet and the city's desks: what is shown, what stays hidden, without a network, and after a death."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Page, expect

from pasti.identity.rules import jws
from tests.city.axe import seen
from tests.city.offline import kept
from tests.city.test_identity_issuing import begun, grown_up, scanned
from tests.platform_process import ROOT, Platform, clean

__all__ = ["grown_up"]
pytestmark = [pytest.mark.browser, pytest.mark.platform]
Visitor = Callable[..., Page]


@pytest.fixture
def telephone(visitor: Visitor, grown_up: Any) -> Page:
    """A resident's browser with a card from the counter; it shows the card."""
    officer, page = visitor("kelurahan", wide=True), visitor()
    begun(officer, grown_up[0])
    page.goto(scanned(officer))
    officer.click("text=Lanjut ke kode transaksi")
    page.fill("[name=tx_code]", re.sub(r"\D", "", officer.locator(".pasti-tx [aria-hidden]").text_content() or ""))
    page.get_by_role("button", name="Terima kartu", exact=True).click()
    expect(page.locator("[data-keadaan=valid]")).to_contain_text(grown_up[1])
    return page


def photographed(page: Page, code: Any) -> None:
    """The wallet reads a picture of a code on another screen."""
    page.get_by_role("button", name="Tunjukkan kartu").click()
    page.set_input_files("input[type=file]", {"name": "kode.png", "mimeType": "image/png", "buffer": code.screenshot()})


def ask(desk: Page) -> Any:
    desk.goto("/id/meja/")
    desk.locator("section", has_text="Mendaftarkan pasien").get_by_role("button").click()
    return desk.locator("#kode svg")


def send(page: Page) -> None:
    """The holder lets the three required claims go; the sex, which may stay hidden, nobody has ticked for them."""
    expect(page.locator("[name=klaim][value=sex]")).not_to_be_checked()
    expect(page.locator("#tersembunyi")).to_have_text("14 data lain tidak dikirim")
    page.get_by_role("button", name="Kirim yang dicentang").click()


def test_a_desk_sees_three_claims_and_after_a_death_red(
    visitor: Visitor, platform: Platform, telephone: Page, grown_up: Any
) -> None:  # fmt: skip
    desk = visitor("loket", wide=True)
    photographed(telephone, ask(desk))
    expect(telephone.locator("#dompet")).to_contain_text("UU 17/2023")
    found = {"asked": seen(telephone)}
    send(telephone)
    expect(desk.locator("[data-hasil=green]")).to_be_visible()
    told = desk.locator("dl dd").all_inner_texts()
    assert len(told) == 3
    assert told[1] == grown_up[1]
    hidden = ("Tempat lahir", "Jenis kelamin", "Jalan", "RT", "RW", "Kelurahan", "Status penduduk")
    assert [label for label in desk.locator("dl dt").all_inner_texts() if label.startswith(hidden)] == []
    telephone.get_by_role("button", name="Kembali").click()
    expect(telephone.locator("[data-sisa='4']")).to_be_visible()
    telephone.get_by_role("button", name="Kuitansi").click()
    expect(telephone.locator("#kuitansi li")).to_contain_text("14 data lain tidak dikirim")
    found["receipts"] = seen(telephone)
    telephone.get_by_role("button", name="Kembali").click()

    code = ask(desk)
    died(platform, grown_up[0])
    photographed(telephone, code)
    send(telephone)
    expect(desk.locator("[data-hasil=red]")).to_contain_text("dicabut")
    expect(telephone.locator("[role=alert]")).to_contain_text("tidak menerima")
    telephone.reload()
    expect(telephone.locator("[data-keadaan=revoked]")).to_contain_text("sudah dihapus dari perangkat ini")
    found["revoked"] = seen(telephone)
    assert {page: fault for page, fault in found.items() if fault} == {}
    assert telephone.evaluate(STORE).count("key false") == 1, "its copies and their keys are gone"


def test_two_browsers_without_a_network(visitor: Visitor, telephone: Page, grown_up: Any) -> None:
    desk = visitor("loket")
    desk.goto("/id/meja/luring/")
    expect(desk.get_by_role("status")).to_have_text("Bekal diperbarui")
    for page in (desk, telephone):
        kept(page)
        page.context.set_offline(True)
        page.reload()
    expect(desk.locator("#umur")).to_contain_text("Daftar keadaan kartu berumur")
    said(telephone, forged("kota"))
    expect(telephone.locator("[role=alert]")).to_contain_text("Buka dompet sekali dengan jaringan")
    telephone.get_by_role("button", name="Kembali").click()
    desk.get_by_role("button", name="Kode pertanyaan").first.click()
    photographed(telephone, desk.locator("svg.pasti-qrcode"))
    send(telephone)
    answer = telephone.locator("svg.pasti-qrcode")
    expect(answer).to_be_visible()
    desk.get_by_role("button", name="Pindai jawaban").click()
    desk.fill("[name=kode]", str(answer.get_attribute("data-isi")))
    desk.get_by_role("button", name="Pakai").click()
    expect(desk.locator("[data-hasil=green]")).to_be_visible()
    assert desk.locator("dl dd").all_inner_texts()[1] == grown_up[1]
    expect(desk.locator("#umur")).to_contain_text("Daftar keadaan kartu berumur")
    store = telephone.evaluate(STORE)
    assert "key false" in store, "keys cannot be taken out"
    assert grown_up[1] not in store, "what lies in the store cannot be read"

    telephone.context.set_offline(False)
    telephone.reload()
    said(telephone, forged("kota"))
    expect(telephone.locator("[role=alert]")).to_contain_text("Permintaan ini tidak sah")
    expect(telephone.locator("[name=klaim]")).to_have_count(0)


def said(page: Page, text: str) -> None:
    """The wallet is given the text of a code."""
    page.get_by_role("button", name="Tunjukkan kartu").click()
    page.fill("[name=kode]", text)
    page.get_by_role("button", name="Pakai").click()


def forged(kid: str) -> str:
    """The question of a desk that somebody made up, signed by a key of theirs."""
    told = {"sub": "pasti-desk:palsu/utama", "exp": int(time.time()) + 900, "name": "Loket palsu", "agency": "RSUD",
            "purpose": "Hadiah", "legal_basis": "", "claims": ["nik", "name"], "required": ["nik"]}  # fmt: skip
    key = jws.LocalKey(kid, ec.generate_private_key(ec.SECP256R1()))
    return f"PASTI-TANYA1:{jws.sign({'typ': 'pasti-desk+jwt'}, told, key)}:{'A' * 22}"


def died(platform: Platform, person: Any) -> None:
    """The civil register learns of a death; returns when the card is revoked by it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.platform.counter", str(platform.folder)], capture_output=True, text=True, cwd=ROOT,
        env=clean(), input=json.dumps({"do": "record_death", "person": str(person)}),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1500:]
    assert json.loads(done.stdout)["seconds"] < 5, "what the city promises to everyone who checks a card"


STORE = """async () => {
  const base = await new Promise((done) => { const r = indexedDB.open("pasti-dompet"); r.onsuccess = () => done(r.result); });
  const said = [];
  const plain = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new TextDecoder("latin1").decode(value)
    : value instanceof CryptoKey ? `key ${value.extractable}`
    : value && typeof value === "object" ? Object.entries(value).map(([k, v]) => `${k}=${plain(v)}`).join(";") : String(value);
  for (const store of base.objectStoreNames)
    said.push(...await new Promise((done) => {
      const r = base.transaction(store).objectStore(store).getAll();
      r.onsuccess = () => done(r.result.map(plain));
    }));
  base.close();
  return said.join(" ");
}"""
