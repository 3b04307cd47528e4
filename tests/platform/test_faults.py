"""Killing parts of the platform while hundreds book: nothing is lost, nothing is doubled."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.platform_process import Platform

pytestmark = pytest.mark.platform


class Hospital:
    """The hospital's API as a clerk's program uses it."""

    def __init__(self, platform: Platform):
        self.platform = platform
        self.token = platform.token("loket")

    def session(self, places: int) -> int:
        """The id of an open session of a coming day, with its online quota set to `places` and nobody in it."""
        with psycopg.connect(self.platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True) as owner:
            row = owner.execute(
                "UPDATE purut_sesi SET quota_nonjkn = %s, quota_online = %s "
                "WHERE id = (SELECT s.id FROM purut_sesi s WHERE s.state = 'open' "
                "AND s.date > current_date + 1 AND s.last_number = 0 ORDER BY s.date, s.id LIMIT 1) RETURNING id",
                [places, places],
            ).fetchone()
        assert row is not None
        return int(row[0])

    def book(self, session: int, number: int, key: str) -> tuple[int, dict[str, Any]]:
        """One POST; returns status and body. Connection errors are the caller's to handle.

        Every session has patients of its own: nobody is refused for being registered there already.
        """
        born = dt.date(1950 + session % 50, 1 + session // 50 % 12, 1 + number % 28)
        body = {
            "sesi_id": session,
            "payer": "umum",
            "patient": {"nik": f"357502{born:%d%m%y}{1 + number:04}", "name": f"Pasien {number}",
                        "birth_date": born.isoformat(), "sex": "L", "phone": "0812345678"},
        }  # fmt: skip
        request = urllib.request.Request(
            f"{self.platform.base}/api/v1/purut/antrean", json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Idempotency-Key": key},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            return refusal.status, json.loads(refusal.read() or b"{}")

    def book_stubbornly(self, session: int, number: int, key: str, seconds: float = 240) -> tuple[int, dict[str, Any]]:
        """Try until there is an answer, as a phone on a bad line does: always with the same key."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                status, body = self.book(session, number, key)
                if status < 500 and status != 429:
                    return status, body
            except (OSError, http.client.HTTPException, ValueError, AssertionError):
                pass
            assert time.monotonic() < deadline, f"no answer for booking {number}"
            time.sleep(0.3)

    def rows(self, session: int) -> list[tuple[int, str]]:
        """Number and code of every booking of a session, from the database itself."""
        with psycopg.connect(self.platform.environment()["PASTI_DATABASE_OWNER_URL"]) as owner:
            return owner.execute(
                "SELECT number, code FROM purut_antrean WHERE sesi_id = %s ORDER BY number", [session]
            ).fetchall()  # type: ignore[return-value]


def test_five_hundred_press_at_once_for_thirty_places(platform: Platform) -> None:
    hospital = Hospital(platform)
    session = hospital.session(30)
    with ThreadPoolExecutor(100) as people:
        answers = list(people.map(lambda n: hospital.book_stubbornly(session, n, uuid.uuid4().hex), range(500)))
    assert Counter(status for status, _ in answers) == {201: 30, 409: 470}
    assert sorted(body["number"] for status, body in answers if status == 201) == list(range(1, 31))
    assert {body["type"] for status, body in answers if status == 409} == {"/masalah/kuota-habis"}


def test_the_same_key_is_the_same_booking(platform: Platform) -> None:
    hospital = Hospital(platform)
    session, key = hospital.session(30), uuid.uuid4().hex
    with ThreadPoolExecutor(10) as retries:
        answers = list(retries.map(lambda _: hospital.book_stubbornly(session, 1, key), range(10)))
    assert {body["code"] for _, body in answers} == {hospital.rows(session)[0][1]}
    assert len(hospital.rows(session)) == 1


@pytest.mark.parametrize("part", ["web", "worker", "database"])
def test_killed_in_the_middle_nothing_is_lost_or_doubled(platform: Platform, part: str) -> None:
    hospital = Hospital(platform)
    session = hospital.session(30)
    keys = [uuid.uuid4().hex for _ in range(120)]
    before = platform.part(part)
    killer = threading.Timer(0.5, platform.kill, [part])
    killer.start()
    with ThreadPoolExecutor(20) as people:
        answers = list(people.map(lambda n: hospital.book_stubbornly(session, n, keys[n]), range(120)))
    killer.join()
    platform.wait_back(part, before)
    told = sorted((body["number"], body["code"]) for status, body in answers if status == 201)
    assert told == sorted(hospital.rows(session)), "what people were told is exactly what is stored"
    assert [number for number, _ in told] == list(range(1, 31))
    verified = platform.command("verify-audit")
    assert verified.returncode == 0, verified.stdout
