"""A flood evening over HTTP while parts are killed: what was acknowledged stays, what was to be said is said once."""

from __future__ import annotations

import datetime as dt
import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Any

import psycopg
from tests.platform_process import Platform

from bench.flood import city, owner
from bench.harness import Row
from bench.inside import inside
from pasti.simulation.river_scenarios import evening
from pasti.simulation.rivers import GEMBONG, Sample

HOURS, SPEED = 8.0, 60.0
KILLS, PARTS = 20, ("web", "worker", "database", "live", "ingest", "broker")  # so often each of them
BETWEEN = 1.0, 9.0  # seconds between two kills of a part
LISTENERS = 200  # telephone numbers that asked to be warned

_BEGIN = """
from pasti.ews.services import replaying
stage = replaying.begin("gembong", hours={hours}, speed={speed})
tell({{"plays_from": stage.replay.plays_from.isoformat(), "began": stage.replay.began_at.isoformat(), "streams": stage.streams}})
"""
_SUBSCRIBE = """
from django.utils import timezone
from pasti.ews.models import Subscription
now = timezone.now()
tell(len(Subscription.objects.bulk_create([
    Subscription(channel="sms", address="+62811%07d" % n, place_codes=["35.75.04.1005"], created_at=now, confirmed_at=now)
    for n in range({count})], ignore_conflicts=True)))
"""
# What stands in the archive and when it came there, taken all at once: one that came long after its time is backfill.
_EXPECTED = """
import datetime as dt
from pasti.ews.models import Gauge, Replay
from pasti.ews.rules.detection import evaluate
from pasti.ews.rules.memory import Memory, Surroundings
from pasti.ews.rules.readings import Reading
from pasti.ews.rules.set_up import rules_of
from pasti.ews.services.watching import _downstream
from pasti.telemetry.queries.readings import readings
replay = Replay.objects.latest("began_at")
gauges = {{one.code: one for one in Gauge.objects.filter(river_id="gembong")}}
names = {{code: one.name for code, one in gauges.items()}}
memories, found = {{}}, []
begin = dt.datetime.fromisoformat({begin!r})
for gauge in _downstream(gauges.values()):
    rules = rules_of(gauge.code, gauge.kind, gauge.name, gauge.rules, names)
    points = [Reading(one.time, one.value, one.flag, replay.played(one.recorded_at))
              for one in readings(gauge.datastream_id, begin, None, 5000)]
    around = Surroundings.of({{link.gauge: memories[link.gauge] for link in rules.links}})
    memories[gauge.code], findings = evaluate(rules, Memory.begin(begin), points, around, points[-1].at)
    found = [one.key for one in findings if not one.lowers]
tell(sorted(set(found)))
"""


def faults(seed: int = 1) -> Iterator[Row]:
    """Play an evening while parts are killed; raises AssertionError when a reading, a warning or a message was lost or doubled."""
    with city() as platform:
        inside(platform, _SUBSCRIBE.format(count=LISTENERS))
        killed, over = Counter[str](), threading.Event()
        token = platform.token("bpbd")
        stage = inside(platform, _BEGIN.format(hours=HOURS, speed=SPEED))
        with ThreadPoolExecutor(len(PARTS)) as pool:
            hurt = [pool.submit(_hurt, platform, part, killed, over, random.Random(f"{seed} {part}")) for part in PARTS]
            try:
                sent, again = _play(platform, stage, token)
            finally:
                over.set()
        for one in hurt:
            one.result()
        platform.wait_ready()
        _until_calm(platform)
        print(f"  {len(sent):,} readings acknowledged, {again} sent again for want of an answer")
        print("  killed with -9: " + ", ".join(f"{part} {count} times" for part, count in sorted(killed.items())))
        _check(platform, stage, sent)
        assert all(killed[part] == KILLS for part in PARTS), "the evening was over before"
    yield from ()  # it holds or it does not: there is nothing to compare


def _hurt(platform: Platform, part: str, killed: Counter[str], over: threading.Event, chance: random.Random) -> None:
    """Kill one part at random moments, whatever state the others are in, until it was killed often enough."""
    while killed[part] < KILLS and not over.wait(chance.uniform(*BETWEEN)):
        try:
            before = platform.kill(part)
        except (AssertionError, ProcessLookupError):  # it fell with another and is on its way back
            continue
        killed[part] += 1
        platform.wait_back(part, before)


def _play(platform: Platform, stage: dict[str, Any], token: str) -> tuple[list[tuple[str, str, float]], int]:
    """Send the evening minute by minute, each until it is acknowledged; returns what was, and how often it was sent again."""
    plays_from, began = (dt.datetime.fromisoformat(stage[name]) for name in ("plays_from", "began"))
    acknowledged, again = [], 0
    start = plays_from.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    samples = evening(GEMBONG, start, HOURS - 0.1).samples()
    for at, group in groupby(samples, key=lambda one: one.at):
        due = began + (at - plays_from) / SPEED
        time.sleep(max(0.0, (due - dt.datetime.now(dt.UTC)).total_seconds()))
        batch = list(group)
        while not _acknowledged(platform, token, stage["streams"], batch):
            again += 1
            time.sleep(0.2)
        acknowledged += [(one.gauge, one.at.isoformat(), one.value) for one in batch]
    return acknowledged, again


def _acknowledged(platform: Platform, token: str, streams: dict[str, int], batch: list[Sample]) -> bool:
    body = [
        {"Datastream": {"@iot.id": streams[one.gauge]}, "components": ["phenomenonTime", "result"],
         "dataArray": [[one.at.isoformat(), one.value]]}
        for one in batch
    ]  # fmt: skip
    asked = urllib.request.Request(
        f"{platform.base}/sensorthings/v1.1/CreateObservations", json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )  # fmt: skip
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:
            made = json.load(answer)
    except (OSError, urllib.error.HTTPError, json.JSONDecodeError):
        return False
    assert "error" not in made, made
    return True


def _until_calm(platform: Platform, seconds: float = 180) -> None:
    """Wait until nothing is to be delivered any more."""
    deadline = time.monotonic() + seconds
    waiting = "SELECT count(*) FROM outbox_storedevent WHERE delivered_at IS NULL AND name LIKE ANY ('{ews.%,telemetry.Watched%}')"
    while _one(platform, waiting) or _one(platform, "SELECT count(*) FROM ews_delivery WHERE state = 'queued'"):
        assert time.monotonic() < deadline, "not calm"
        time.sleep(1)


def _check(platform: Platform, stage: dict[str, Any], sent: list[tuple[str, str, float]]) -> None:
    ids = list(stage["streams"].values())
    begin = stage["plays_from"]
    with owner(platform) as database:
        rows = database.execute(
            "SELECT datastream_id, phenomenon_time, result FROM telemetry_observation WHERE datastream_id = ANY(%s) "
            "AND phenomenon_time > %s", [ids, begin],
        ).fetchall()  # fmt: skip
        stored = {(pk, at.timestamp()): value for pk, at, value in rows}
        wanted = {
            (stage["streams"][code], dt.datetime.fromisoformat(at).timestamp()): value for code, at, value in sent
        }
        lost = {key for key, value in wanted.items() if stored.get(key) != value}
        keys = database.execute(
            "SELECT key FROM ews_proposal WHERE proposed_at > %s AND rule NOT IN ('lowered', 'renewal')", [begin]
        ).fetchall()
        warnings = database.execute(
            "SELECT w.id, w.state, w.cap_identifier, count(d.id), count(d.id) FILTER (WHERE d.state = 'sent'), "
            "count(d.id) FILTER (WHERE d.state NOT IN ('sent', 'lapsed')) FROM ews_warning w "
            "LEFT JOIN ews_delivery d ON d.warning_id = w.id WHERE w.sent_at > %s GROUP BY w.id ORDER BY w.id", [begin],
        ).fetchall()  # fmt: skip
        twice = database.execute(
            "SELECT count(*) FROM (SELECT address, text FROM notify_recorded WHERE at > now() - interval '40 minutes' "
            "AND channel = 'sms' AND address LIKE '+62811%%' GROUP BY 1, 2 HAVING count(*) > 1) t"
        ).fetchone()  # fmt: skip
    expected = inside(platform, _EXPECTED.format(begin=begin))
    proposed = sorted(key for (key,) in keys)
    # A quarter of a minute without news is a quarter of an hour here: that a gauge is silent under a rising river is found
    # first then, by a rule of its own, and the episode bears its time. So the stages are compared, not since when.
    alike = [_stage_of(key) for key in proposed] == [_stage_of(key) for key in expected]
    print(f"  readings acknowledged and not stored as sent: {len(lost)}; stored in all: {len(stored):,}")
    print(f"  proposals: {len(proposed)}, by the rules alone: {len(expected)}, alike: {alike}")
    for pk, state, name, planned, went, open_ones in warnings:
        print(
            f"  warning {pk} {state} {name}: {planned} messages planned, {went} sent, {open_ones} neither sent nor lapsed"
        )
    print(f"  messages that reached a number twice: {twice[0] if twice else '?'}")
    assert not lost
    assert alike, (proposed, expected)
    assert warnings, "no warning was issued"
    assert sum(one[1] == "in_force" for one in warnings) <= 1
    assert all(one[5] == 0 and one[3] >= LISTENERS for one in warnings)
    assert twice == (0,)


def _stage_of(key: str) -> tuple[str, str]:
    """The gauge, and the wave and stage, of a finding's key."""
    gauge, began, stage = key.split("/")
    return gauge, f"{began.partition('.')[2]}/{stage}"


def _one(platform: Platform, query: str) -> int:
    try:
        with owner(platform) as database:
            row = database.execute(query).fetchone()
    except psycopg.OperationalError:
        return 1
    return int(row[0]) if row else 0
