"""The foundation's rows: a trivial page, the signed-in home, a one-row read; and the city's size."""

from __future__ import annotations

import http.cookiejar
import json
import re
import resource
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pyotp
from tests.platform_process import ROOT, Platform

from bench.harness import Row, milliseconds, paired
from bench.load import get, hammer
from bench.server import floor

REQUESTS = 1500
PAGES = (
    "/",
    "/layanan/",
    "/purut/",
    "/smart-city/",
    "/smart-city/rencana/",
    "/smart-city/matriks/",
    "/smart-city/indikator/",
    "/smart-city/indikator/IK-CIVIL-NIK/",
    "/smart-city/indikator/IK-PURUT-DARING/",
    "/purut/poli/ANA/",
    "/purut/papan/ANA/",
    "/kotak-masuk/",
    "/jejak-akses/",
)
FULL_CITY = 213_469


def rows(full_city: bool) -> Iterator[Row]:
    """All rows of this capability; with `full_city` also the growth from 2,000 to 213,469 people."""
    with Platform(ROOT / ".cache" / "bench", people=2000) as platform:
        with floor(platform, workers=2) as bare:
            yield from _reads(platform, bare)
        small = _pages(platform) if full_city else {}
    if full_city:
        yield from _growth(small)


def _reads(platform: Platform, bare: str) -> Iterator[Row]:
    page = paired(lambda: _rate(platform.base, "/bantuan/"), lambda: _rate(bare, "/page"))
    yield Row("trivial page, requests a second", *page, "/s", "bare ASGI program")
    cookie = sign_in(platform, "warga")
    home = paired(lambda: _rate(platform.base, "/", Cookie=cookie), lambda: _rate(bare, "/page"))
    yield Row("signed-in home, requests a second", *home, "/s", "bare ASGI program")
    code = json.load(urllib.request.urlopen(f"{platform.base}/api/v1/places?limit=1"))["items"][0]["code"]
    read = paired(lambda: _rate(platform.base, f"/api/v1/places/{code}"), lambda: _rate(bare, f"/row/{code}"))
    yield Row("one-row API read, requests a second", *read, "/s", "bare ASGI program, raw psycopg pool")


def _rate(base: str, path: str, **headers: str) -> float:
    outcome = hammer(base, get(path, **headers), total=REQUESTS)
    assert set(outcome.statuses) == {200}, (path, outcome.statuses)
    return outcome.rate


def sign_in(platform: Platform, role: str) -> str:
    """Sign in through the form as a person does; returns the Cookie header."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{platform.base}/masuk/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    account = platform.accounts()[role]
    form = {"csrfmiddlewaretoken": token[1], "login": account["username"], "password": account["password"]}
    answer = _send(browser, f"{platform.base}/masuk/", form)
    if secret := account.get("totp_secret"):
        form = {"csrfmiddlewaretoken": token[1], "code": pyotp.TOTP(secret).now()}
        answer = _send(browser, answer.url, form)
    assert "/keluar/" in answer.read().decode(), "could not sign in"
    cookies = "; ".join(f"{c.name}={c.value}" for c in jar)
    return cookies


def _send(browser: urllib.request.OpenerDirector, url: str, form: dict[str, str]) -> Any:
    return browser.open(urllib.request.Request(url, urllib.parse.urlencode(form).encode(), {"Referer": url}))


def _pages(platform: Platform) -> dict[str, float]:
    cookie = sign_in(platform, "warga")

    def fetch(path: str) -> bytes:
        request = urllib.request.Request(platform.base + path, headers={"Cookie": cookie})
        return bytes(urllib.request.urlopen(request).read())

    return {path: milliseconds(lambda p=path: fetch(p), times=30) for path in PAGES}  # type: ignore[misc]


def _growth(small: dict[str, float]) -> Iterator[Row]:
    """Each page with the full city beside the same page with 2,000 people; and what building the city took."""
    with Platform(ROOT / ".cache" / "bench-full", people=FULL_CITY) as platform:
        for path, duration in _pages(platform).items():
            yield Row(f"{path} with 213,469 people", duration, small[path], "ms", "same page, 2,000 people")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process of the run: {peak:.0f} MB")
