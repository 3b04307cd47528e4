"""The hospital's rows: bookings a second over HTTP, beside raw statements and beside pretix; and the large race."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg
from tests.platform.clerks import owner, tokens
from tests.platform.queue_race import Race, hurting
from tests.platform_process import ROOT, Platform

from bench import pretix
from bench.harness import Row, paired
from bench.load import Request, hammer

BOOKINGS, HANDS, SPREAD = 600, 8, 50
WORKERS = 2
RACE = {"bookings": 10_000, "sessions": 50, "places": 120, "hands": 16}


def rows() -> Iterator[Row]:
    """Bookings a second on one session, and spread over fifty; and pretix's orders from one quota."""
    with Platform(ROOT / ".cache" / "bench-queues", people=2000) as platform:
        for name, count in (("one session", 1), (f"spread over {SPREAD} sessions", SPREAD)):
            book, raw = _over_http(platform, count), _raw(platform, count)
            ours, floor = paired(book, raw)
            yield Row(f"bookings a second, {name}", ours, floor, "/s", "raw psycopg, same two statements")
        ours, theirs = paired(
            _over_http(platform, 1), lambda: pretix.orders_per_second(platform, orders=150, workers=WORKERS), rounds=2
        )
        yield Row("bookings a second, one session", ours, theirs, "/s", f"pretix {pretix.VERSION}, orders of one quota")


def race(seed: int = 1) -> Iterator[Row]:
    """Ten thousand race for places while parts are killed; raises AssertionError when anything was lost or doubled."""
    with Platform(ROOT / ".cache" / "bench-queues", people=2000) as platform:
        run = Race(platform, **RACE, seed=seed)
        seconds = run.run(hurting(("web", "worker", "database"), (4.0, 15.0), most=60))
        print(
            f"  {len(run.wishes):,} requests for {len({wish.key for wish in run.wishes}):,} bookings in {seconds:.0f} s"
        )
        print("  " + ", ".join(f"{act}: {count}" for act, count in sorted(run.told.acts.items())))
        print(
            "  killed with -9: " + ", ".join(f"{part} {count} times" for part, count in sorted(run.told.kills.items()))
        )
        print(f"  sent again for want of an answer: {sum(clerk.unanswered for clerk in run.clerks)}")
        faults = run.faults()
        print("  what people were told is what is stored" if not faults else "\n".join(faults[:20]))
        for words in (["check-queues"], ["verify-audit"]):
            done = platform.command(*words)
            print(f"  pasti {words[0]}\n" + "".join(f"    {line}\n" for line in done.stdout.splitlines()))
            assert done.returncode == 0, done.stdout
        assert not faults
    yield from ()  # it holds or it does not: there is nothing to compare


def _sessions(platform: Platform, count: int) -> list[int]:
    """Open sessions of coming days with room for every booking of a run."""
    with owner(platform) as connection:
        rows = connection.execute(
            "UPDATE purut_sesi SET quota_nonjkn = 30000, quota_online = 30000 WHERE id IN (SELECT id FROM purut_sesi "
            "WHERE state = 'open' AND date > current_date + 1 ORDER BY last_number, id LIMIT %s) RETURNING id",
            [count],
        ).fetchall()
    return [int(pk) for (pk,) in rows]


def _over_http(platform: Platform, count: int) -> Callable[[], float]:
    counters = tokens(platform, HANDS)

    def measure() -> float:
        sessions, run = _sessions(platform, count), uuid.uuid4().int
        # A birthday for each run, so that every patient is new: the dearest case.
        born = f"{1 + run % 28:02}{1 + run // 28 % 12:02}{run // 336 % 90:02}"

        def request(number: int) -> Request:
            person = {"nik": f"357502{born}{1 + number:04}", "name": f"Pasien {number}", "birth_date": "1990-01-01",
                      "sex": "L", "phone": "0812345678"}  # fmt: skip
            body = {"sesi_id": sessions[number % len(sessions)], "payer": "umum", "patient": person}
            headers = {"Authorization": f"Bearer {counters[number % HANDS]}", "Content-Type": "application/json"}
            return "POST", "/api/v1/purut/antrean", json.dumps(body).encode(), headers | {
                "Idempotency-Key": uuid.uuid4().hex
            }  # fmt: skip

        outcome = hammer(platform.base, request, total=BOOKINGS, connections=HANDS)
        assert set(outcome.statuses) == {201}, outcome.statuses
        return outcome.rate

    return measure


_TABLES = """
CREATE TABLE IF NOT EXISTS bench_session (id int PRIMARY KEY, used int NOT NULL, last_number int NOT NULL, quota int NOT NULL);
CREATE TABLE IF NOT EXISTS bench_booking (id bigserial PRIMARY KEY, session int NOT NULL, number int NOT NULL,
  code text NOT NULL UNIQUE, name text NOT NULL, at timestamptz NOT NULL DEFAULT now(), UNIQUE (session, number));
TRUNCATE bench_session, bench_booking;
"""
_TAKE = "UPDATE bench_session SET used = used + 1, last_number = last_number + 1 WHERE id = %s AND used < quota RETURNING last_number"
_INSERT = "INSERT INTO bench_booking (session, number, code, name) VALUES (%s, %s, %s, %s)"


def _raw(platform: Platform, count: int) -> Callable[[], float]:
    def measure() -> float:
        url = platform.environment()["PASTI_DATABASE_OWNER_URL"]
        with owner(platform) as connection:
            connection.execute(_TABLES)
            connection.execute("INSERT INTO bench_session SELECT n, 0, 0, 10000 FROM generate_series(1, %s) n", [count])
        began = time.perf_counter()
        with ThreadPoolExecutor(HANDS) as threads:
            list(threads.map(lambda share: _take(url, share, count), _shares()))
        rate = BOOKINGS / (time.perf_counter() - began)
        with owner(platform) as connection:
            connection.execute("DROP TABLE bench_session, bench_booking")
        return rate

    return measure


def _shares() -> list[Sequence[int]]:
    return [range(hand, BOOKINGS, HANDS) for hand in range(HANDS)]


def _take(url: str, share: Sequence[int], count: int) -> None:
    with psycopg.connect(url) as connection:
        for number in share:
            session = 1 + number % count
            with connection.transaction():
                row = connection.execute(_TAKE, [session]).fetchone()
                assert row
                connection.execute(_INSERT, [session, row[0], uuid.uuid4().hex, f"Pasien {number}"])
