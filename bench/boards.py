"""Five hundred boards of a waiting room: from the nurse's press to the last board, beside a bare stream of the same server."""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import time
import urllib.request
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

import psycopg
from tests.platform_process import ROOT, Platform

from bench.harness import Row
from bench.server import floor

BOARDS, CALLS = 500, 30
WORD = b'"panggil"'  # what a call's message has and no other
_SESSION = """UPDATE purut_sesi SET state = 'open', starts_at = now() - interval '1 minute', ends_at = now() + interval '5 hours'
WHERE id = (SELECT id FROM purut_sesi WHERE poli_id = 'ANA' AND date = (now() AT TIME ZONE 'Asia/Jakarta')::date ORDER BY id LIMIT 1)
RETURNING id"""
_EMPTY = (
    "UPDATE purut_antrean SET state = 'cancelled' WHERE sesi_id = %s AND state NOT IN ('done', 'cancelled', 'no_show')"
)
_PATIENT = """INSERT INTO purut_patient (name, sex, birth_date, phone, jkn_no, kk_no, address, recorded_at)
VALUES ('Pasien Uji', 'L', '1980-01-01', '', '', '', '', now()) RETURNING norm"""
_WAITING = """INSERT INTO purut_antrean (code, sesi_id, poli_id, date, patient_id, number, payer, visit_kind, referral_no, priority,
  channel, state, calls, room, occurred_at, recorded_at)
SELECT substr(md5(random()::text), 1, 8), id, poli_id, date, %s, (SELECT coalesce(max(number), 0) + 1 FROM purut_antrean
  WHERE sesi_id = %s), 'umum', 1, '', '', 'loket', 'checked_in', 0, '', now(), now() FROM purut_sesi WHERE id = %s"""


def rows() -> Iterator[Row]:
    """Milliseconds from the answer the nurse gets to each board's receipt, and from the press."""
    with Platform(ROOT / ".cache" / "bench", people=2000) as platform, floor(platform, 1) as bare:
        sesi = _line(platform)
        live = platform.environment()["PASTI_LIVE_URL"]
        ours = _measured(f"{live}/live/purut.papan.ana", _press(platform, sesi))
        theirs = _measured(f"{bare}/stream", lambda: _post(f"{bare}/tell", {}))
    name = "bare ASGI stream"
    for what, at in (("after the answer", 0), ("after the press", 1)):
        for share, pick in (("median", statistics.median), ("95 of 100", _most)):
            yield Row(f"board {what}, {BOARDS} open, {share}", pick(ours[at]), pick(theirs[at]), "ms", name)


def _most(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _line(platform: Platform) -> int:
    """A session that is open now with enough people waiting."""
    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True) as owner:
        found = owner.execute(_SESSION).fetchone()
        assert found, "the city pack has a child clinic every day"
        owner.execute(_EMPTY, [found[0]])
        for _ in range(CALLS + 2):
            norm = owner.execute(_PATIENT).fetchone()
            owner.execute(_WAITING, [norm[0] if norm else None, found[0], found[0]])
    return int(found[0])


def _press(platform: Platform, sesi: int) -> Callable[[], None]:
    token = platform.token("perawat")
    url = f"{platform.base}/api/v1/purut/sesi/{sesi}/panggil"
    return lambda: _post(url, {"Authorization": f"Bearer {token}"})


def _post(url: str, headers: dict[str, str]) -> None:
    asked = urllib.request.Request(url, b"{}", {"Content-Type": "application/json"} | headers)
    urllib.request.urlopen(asked, timeout=30).read()


def _measured(stream: str, press: Callable[[], None]) -> tuple[list[float], list[float]]:
    """Milliseconds of every board in every call: after the answer (a board may be told before it: 0) and after the press.

    The boards are a process of their own, so that their reading does not delay the clock of who presses.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    boards = context.Process(target=_watch, args=(stream, there), daemon=True)
    boards.start()
    assert here.recv() == "ready"
    after_answer, after_press = [], []
    for call in range(CALLS + 2):
        pressed = time.monotonic()
        press()
        answered = time.monotonic()
        seen = here.recv()
        if call >= 2:  # the first two warm up
            after_answer += [max(0.0, at - answered) * 1000 for at in seen]
            after_press += [(at - pressed) * 1000 for at in seen]
    boards.terminate()
    boards.join()
    return after_answer, after_press


def _watch(stream: str, told: Connection) -> None:
    asyncio.run(_listen(stream, told))


async def _listen(stream: str, told: Connection) -> None:
    """Open all boards, say so, and after each call tell when each of them had it."""
    address = urlsplit(stream)
    seen: list[float] = []
    everyone = asyncio.Event()

    async def board() -> None:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(f"GET {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        opened.release()
        while True:
            if WORD in await reader.readuntil(b"\n\n"):
                seen.append(time.monotonic())
                if len(seen) == BOARDS:
                    everyone.set()

    opened = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(board()) for _ in range(BOARDS)]
    for _ in tasks:
        await opened.acquire()
    await asyncio.sleep(1)
    told.send("ready")
    while True:
        await everyone.wait()
        everyone.clear()
        told.send(seen[:])
        seen.clear()
