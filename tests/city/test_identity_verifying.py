"""A counter checks cards: by code between two devices, and where there is no network."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from playwright.sync_api import Page, expect

from pasti.identity.rules import jws, oid4vp, sd_jwt
from pasti.identity.rules.jws import LocalKey
from tests.city.axe import seen
from tests.city.offline import kept
from tests.identity import cards
from tests.platform_process import Platform

pytestmark = [pytest.mark.browser, pytest.mark.platform]
IDX = 1_000_003
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
PERSON = {"nik": "9901010101900001", "name": "Siti Aminah", "birth_date": "1990-01-01", "sex": "perempuan",
          "kelurahan": "Rekaan", "rt": "001", "rw": "002", "birth_place": "Rekaan", "resident_status": "tetap",
          "age_over_18": True}  # fmt: skip


@pytest.fixture
def card(platform: Platform) -> str:
    """A card signed by the running platform's own key, with a place in its status list."""
    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("DELETE FROM identity_statusentry WHERE list_id = 1 AND idx = %s", [IDX])
        owner.execute("INSERT INTO identity_statusentry (list_id, idx, value) VALUES (1, %s, 0)", [IDX])
    urllib.request.urlopen(f"{platform.base}/.well-known/jwt-vc-issuer").close()  # the key is made on first use
    pem = max((Path(platform.folder) / "kunci" / "kartu").glob("*.key"), key=lambda one: int(one.stem)).read_bytes()
    private = load_pem_private_key(pem, None)
    key = LocalKey(jws.thumbprint(jws.jwk_of(private.public_key())), private)  # type: ignore[arg-type, union-attr]
    now = int(time.time())
    said = {"iss": platform.base, "iat": now - 60, "exp": now + 10**7, "vct": f"{platform.base}/id/vct/warga/1",
            "status": {"status_list": {"uri": f"{platform.base}/id/status/1", "idx": IDX}}}  # fmt: skip
    return sd_jwt.issue(said, PERSON, holder_jwk=cards.jwk(cards.HOLDER), key=key)


def shown(card: str, names: list[str], audience: str, nonce: str) -> str:
    return sd_jwt.present(card, names, audience=audience, nonce=nonce, iat=int(time.time()), key=cards.HOLDER)


def packed(text: str) -> str:
    """What a wallet shows to a desk without a network, written down once more."""
    tokens = [jws.unb64(one) for one in text.replace("~", ".").split(".")]
    raw = b"".join(len(one).to_bytes(2, "big") + one for one in tokens)
    squeeze = zlib.compressobj(9, wbits=-15)
    small = squeeze.compress(raw) + squeeze.flush()
    said = ""
    for at in range(0, len(small), 2):
        pair = small[at : at + 2]
        value = int.from_bytes(pair, "big")
        said += "".join(SIGNS[value // 45**n % 45] for n in range(3 if len(pair) == 2 else 2))
    return f"PASTI-JAWAB1:{said}"


def test_a_counter_sees_three_claims_and_seven_stay_hidden(
    visitor: Callable[..., Page], platform: Platform, card: str
) -> None:
    page = visitor("loket")
    page.goto("/id/meja/")
    assert seen(page) == []
    page.locator("section", has_text="Mendaftarkan pasien").get_by_role("button").click()
    link = str(page.locator("#kode").get_attribute("data-isi"))
    _client, address = oid4vp.parse_request_link(link)
    with urllib.request.urlopen(address) as answer:
        request = oid4vp.parse_signed_request(answer.read().decode())

    presented = shown(card, ["nik", "name", "birth_date"], str(request.client_id), request.nonce)
    form = {"vp_token": json.dumps({"warga": [presented]}), "state": request.state}
    urllib.request.urlopen(str(request.response_uri), urllib.parse.urlencode(form).encode()).close()

    expect(page.locator("[data-hasil=green]")).to_be_visible()
    assert page.locator("dl dd").all_inner_texts() == ["9901010101900001", "Siti Aminah", "1990-01-01"]
    assert "Rekaan" not in page.locator("main").inner_text()
    assert seen(page) == []
    page.get_by_role("button", name="Selesai dan hapus").click()
    expect(page.locator(".pasti-hits .pasti-tag").first).to_have_text("Sah")


def test_a_desk_without_a_network_decides_and_says_how_old_its_list_is(visitor: Callable[..., Page], card: str) -> None:
    page = visitor("loket")
    page.goto("/id/meja/luring/")
    expect(page.get_by_role("status")).to_have_text("Bekal diperbarui")
    kept(page)
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#umur")).to_contain_text("Daftar keadaan kartu berumur")
    assert seen(page) == []

    names = ["nik", "name", "birth_date", "kelurahan"]
    answer = answered(page, card, names)
    expect(page.locator("[data-hasil=green]")).to_be_focused()
    assert page.locator("dl dd").all_inner_texts() == ["9901010101900001", "Siti Aminah", "1990-01-01"]

    page.get_by_role("button", name="Periksa orang berikutnya").click()
    give(page, answer)
    expect(page.locator("[data-hasil=red]")).to_have_attribute("data-sebab", "nonce")

    # A day later nobody may rely on the list any more.
    page.get_by_role("button", name="Kembali").click()
    page.evaluate("(now) => { Date.now = () => now; }", (time.time() + 25 * 3600) * 1000)
    answered(page, card, names)
    expect(page.locator("[data-hasil=red]")).to_have_attribute("data-sebab", "list-expired")
    expect(page.locator("#umur")).to_contain_text("kedaluwarsa")


def answered(page: Page, card: str, names: list[str]) -> str:
    """Ask for a patient's registration and give the holder's answer; returns the answer."""
    page.get_by_role("button", name="Kode pertanyaan").first.click()
    question = str(page.locator("svg.pasti-qrcode").get_attribute("data-isi"))
    _prefix, desk_pass, nonce = question.split(":")
    told: dict[str, Any] = jws.parse(desk_pass).payload
    answer = packed(shown(card, names, told["sub"], nonce))
    give(page, answer)
    return answer


def give(page: Page, answer: str) -> None:
    page.get_by_role("button", name="Pindai jawaban").click()
    page.fill("[name=kode]", answer)
    page.get_by_role("button", name="Pakai").click()
