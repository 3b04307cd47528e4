"""Applications nobody here wrote sign people in: npm `openid-client` and PyPI `mozilla-django-oidc`, in a real browser."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page

from tests.city.axe import seen
from tests.city.conftest import sign_in
from tests.foreign_clients.node import HERE, Node
from tests.platform_process import Platform, clean, free_port

pytestmark = [pytest.mark.browser, pytest.mark.platform]


class Mitra:
    """The relying party on `openid-client`: it is told what to do and answers."""

    def __init__(self, node: Node, platform: Platform, client_id: str, secret: str, port: int):
        self.base = f"http://127.0.0.1:{port}"
        self.process = node.start("openid.mjs", platform.base, client_id, secret, str(port))

    def does(self, act: str, **given: Any) -> dict[str, Any]:
        """One act of the application; what its library says of a refusal is in `error`."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"act": act, **given}) + "\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline()))


def register(officer: Page, name: str, back: str, told: str, left: str = "") -> tuple[str, str]:
    """Register an application on the page for it; returns its name and secret for programs."""
    officer.goto("/id/klien/baru/")
    assert seen(officer) == []
    filled = {
        "name": name, "agency": "Dinas Mitra", "contact": "mitra@example.org", "purpose": "Mencoba masuk",
        "legal_basis": "Uji", "redirect_uris": back, "post_logout_redirect_uris": left, "backchannel_logout_uri": told,
    }  # fmt: skip
    for field, value in filled.items():
        officer.fill(f"[name={field}]", value)
    for claim in ("name", "nik", "gender", "birthdate"):
        officer.check(f"[name=approved_claims][value={claim}]")
    officer.check("[name=required_claims][value=name]")
    officer.click("main form[method=post] button[type=submit]")
    officer.wait_for_selector("text=hanya tampil sekali")
    assert seen(officer) == []
    secret, client_id = officer.locator("main code").all_inner_texts()[:2]
    return client_id, secret


@pytest.fixture
def mitra(visitor: Callable[..., Page], platform: Platform, foreign_node: Node) -> Iterator[Mitra]:
    base = f"http://127.0.0.1:{(port := free_port())}"
    known = register(visitor("dukcapil"), "Mitra", f"{base}/kembali", f"{base}/keluar", f"{base}/selesai")
    made = Mitra(foreign_node, platform, *known, port)
    yield made
    made.process.kill()
    made.process.wait()


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def site(visitor: Callable[..., Page], platform: Platform, tmp_path: Path, wait_until: Any) -> Iterator[str]:
    base = f"http://127.0.0.1:{(port := free_port())}"
    known = register(visitor("dukcapil"), "Situs Mozilla", f"{base}/oidc/callback/", f"{base}/keluar-balik")
    command = [sys.executable, str(HERE / "mozilla" / "site.py"), platform.base, *known, str(port), str(tmp_path)]
    process = subprocess.Popen(command, env=clean(), cwd=tmp_path)
    wait_until(lambda: listens(port))
    yield base
    process.kill()
    process.wait()


def come_back(page: Page, base: str) -> str:
    """The address the application was called back at, once the browser is there."""
    page.wait_for_url(f"{base}/**")
    return page.url


def test_two_foreign_applications_sign_a_resident_in_and_both_learn_of_the_logout(
    visitor: Callable[..., Page], platform: Platform, mitra: Mitra, site: str, wait_until: Any
) -> None:
    page = visitor()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(mitra.does("begin")["url"])
    account = platform.accounts()["warga"]
    page.fill("[name=login]", account["username"])
    page.fill("[name=password]", account["password"])
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_selector("text=Masuk ke Mitra")
    assert seen(page) == []
    page.check("text=NIK")
    page.click("text=Izinkan dan masuk")
    signed = mitra.does("finish", url=come_back(page, mitra.base))
    claims, info = signed["claims"], signed["info"]
    assert info.keys() == {"sub", "name", "nik"}  # sex and birth date were refused
    assert (claims["amr"], claims["acr"].rpartition(":")[0]) == (["pwd"], "urn:pasti:loa")

    page.goto(f"{site}/oidc/authenticate/")
    page.click("text=Izinkan dan masuk")
    come_back(page, site)
    there = page.request.get(f"{site}/saya").json()
    assert there["name"] == info["name"]
    assert there["sub"] != info["sub"]
    assert [text for text in said if "Content Security Policy" in text] == []

    page.goto("/id/aplikasi/")
    assert seen(page) == []
    assert {"Mitra", "Situs Mozilla"} <= set(page.locator("main h2").all_inner_texts())
    page.click("header form[action='/keluar/'] button")
    wait_until(lambda: claims["sid"] in mitra.does("told")["sids"], seconds=30)
    wait_until(lambda: page.request.get(f"{site}/saya").status == 401, seconds=30)
    assert mitra.does("refresh", token=signed["tokens"]["refresh_token"])["error"] == "invalid_grant"


def test_after_consenting_once_signing_in_leads_straight_back_and_out_again(
    visitor: Callable[..., Page], platform: Platform, mitra: Mitra
) -> None:
    page = visitor(java_script_enabled=False)
    sign_in(page, platform, "warga")
    for asked in (True, False):
        page.goto(mitra.does("begin")["url"])
        if asked:
            page.click("text=Izinkan dan masuk")
        signed = mitra.does("finish", url=come_back(page, mitra.base))
    page.goto("/")
    page.click("header form[action='/keluar/'] button")
    page.goto(mitra.does("begin")["url"])  # signing in, whose form may not lead away, then back without being asked
    account = platform.accounts()["warga"]
    page.fill("[name=login]", account["username"])
    page.fill("[name=password]", account["password"])
    page.click("main form[method=post] button[type=submit]")
    signed = mitra.does("finish", url=come_back(page, mitra.base))
    page.goto(mitra.does("leave", id_token=signed["tokens"]["id_token"])["url"])
    assert come_back(page, mitra.base).startswith(f"{mitra.base}/selesai")
    page.goto("/kotak-masuk/")
    assert "/masuk/" in page.url


def test_what_is_wrong_or_comes_twice_is_refused(
    visitor: Callable[..., Page], platform: Platform, mitra: Mitra
) -> None:
    page = visitor()
    sign_in(page, platform, "warga")
    page.goto(mitra.does("begin")["url"])
    page.click("text=Izinkan dan masuk")
    first = come_back(page, mitra.base)
    signed = mitra.does("finish", url=first)["tokens"]
    assert mitra.does("finish", url=first)["error"] == "invalid_grant"
    assert mitra.does("refresh", token=signed["refresh_token"])["error"] == "invalid_grant"  # the replay took it back

    page.goto(mitra.does("begin")["url"])
    assert mitra.does("finish", url=page.url, verifier="x" * 43)["error"] == "invalid_grant"

    page.goto(mitra.does("begin")["url"])
    old = mitra.does("finish", url=page.url)["tokens"]["refresh_token"]
    new = mitra.does("refresh", token=old)["tokens"]["refresh_token"]
    assert mitra.does("refresh", token=old)["error"] == "invalid_grant"
    assert mitra.does("refresh", token=new)["error"] == "invalid_grant"  # the family is gone

    page.goto(mitra.does("begin", without=["code_challenge", "code_challenge_method"])["url"])
    assert parse_qs(urlsplit(page.url).query)["error"] == ["invalid_request"]
    assert mitra.does("finish", url=page.url)["error"] == "invalid_request"

    for address in ("http://127.0.0.1:9/lain", "https://penipu.example/kembali"):
        asked = urlsplit(mitra.does("begin", change={"redirect_uri": address})["url"])
        refused = page.request.get(f"{platform.base}/o/authorize?{asked.query}", max_redirects=0)
        assert (refused.status, "location" in refused.headers) == (400, False), urlencode({"to": address})
    page.goto(f"{platform.base}/o/authorize?{asked.query}")
    assert seen(page) == []
