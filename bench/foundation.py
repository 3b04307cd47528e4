"""The foundation's rows: a trivial page, the signed-in home, a one-row read, a booking; and the city's size."""

from __future__ import annotations

import http.cookiejar
import json
import re
import resource
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pyotp
from tests.platform_process import ROOT, Platform

from bench.harness import Row, milliseconds, paired
from bench.load import get, hammer
from bench.server import floor

REQUESTS = 1500
BOOKINGS = 600
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
        yield _booking(platform)
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


def _booking(platform: Platform) -> Row:
    """Bookings a second through HTTP to commit, on one contended session, beside the same two statements raw."""
    token = platform.token("loket")
    ours, raw = paired(lambda: _book_over_http(platform, token), lambda: _book_raw(platform))
    return Row("bookings a second, one session", ours, raw, "/s", "raw psycopg, same two statements")


def _session(platform: Platform) -> int:
    """An open session of a coming day with room for every booking of a run."""
    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True) as owner:
        row = owner.execute(
            "UPDATE purut_sesi SET quota_nonjkn = 10000, quota_online = 10000 WHERE id = (SELECT id FROM purut_sesi "
            "WHERE state = 'open' AND date > current_date + 1 ORDER BY used_nonjkn, id LIMIT 1) RETURNING id"
        ).fetchone()
    assert row
    return int(row[0])


def _book_over_http(platform: Platform, token: str) -> float:
    session, run = _session(platform), uuid.uuid4().int
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    # A birthday for each run, so that every patient is new: the dearest case.
    born = f"{1 + run % 28:02}{1 + run // 28 % 12:02}{run // 336 % 90:02}"

    def request(number: int) -> tuple[str, str, bytes, dict[str, str]]:
        person = {"nik": f"357502{born}{1 + number:04}", "name": f"Pasien {number}", "birth_date": "1990-01-01",
                  "sex": "L", "phone": "0812345678"}  # fmt: skip
        body = json.dumps({"sesi_id": session, "payer": "umum", "patient": person}).encode()
        return "POST", "/api/v1/purut/antrean", body, headers | {"Idempotency-Key": uuid.uuid4().hex}

    outcome = hammer(platform.base, request, total=BOOKINGS)
    assert set(outcome.statuses) == {201}, outcome.statuses
    return outcome.rate


_RAW_TABLE = """
CREATE TABLE IF NOT EXISTS bench_session (id int PRIMARY KEY, used int NOT NULL, last_number int NOT NULL, quota int NOT NULL);
CREATE TABLE IF NOT EXISTS bench_booking (id bigserial PRIMARY KEY, session int NOT NULL, number int NOT NULL,
  code text NOT NULL UNIQUE, name text NOT NULL, at timestamptz NOT NULL DEFAULT now(), UNIQUE (session, number));
TRUNCATE bench_session, bench_booking;
INSERT INTO bench_session VALUES (1, 0, 0, 10000);
"""
_TAKE = "UPDATE bench_session SET used = used + 1, last_number = last_number + 1 WHERE id = 1 AND used < quota RETURNING last_number"
_INSERT = "INSERT INTO bench_booking (session, number, code, name) VALUES (1, %s, %s, %s)"


def _book_raw(platform: Platform) -> float:
    url = platform.environment()["PASTI_DATABASE_OWNER_URL"]
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(_RAW_TABLE)

    def work(share: int) -> None:
        with psycopg.connect(url) as connection:
            for number in range(share):
                with connection.transaction():
                    row = connection.execute(_TAKE).fetchone()
                    assert row
                    connection.execute(_INSERT, [row[0], uuid.uuid4().hex, f"Pasien {number}"])

    began = time.perf_counter()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, [BOOKINGS // 8] * 8))
    rate = BOOKINGS / (time.perf_counter() - began)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("DROP TABLE bench_session, bench_booking")
    return rate


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
