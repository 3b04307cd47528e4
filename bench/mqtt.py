"""Readings by MQTT: taken in, stored and acknowledged, beside the same broker with a subscriber that only acknowledges.

Sender and bare subscriber are plain sockets, so that what is measured is the broker and us. Each message is one reading, QoS 1.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from tests.platform_process import ROOT, Platform, clean, free_port, until_open

from bench.harness import Row
from bench.inside import inside
from bench.plain_mqtt import Line

MESSAGES, STREAMS, WINDOW = 10_000, 20, 400
DEVICE = "bench-mqtt"
MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin") or "mosquitto"
_DEVICE = """
from pasti.telemetry.models import Datastream, Device, ObservedProperty, Sensor, Thing
from pasti.telemetry.services import devices
thing, _ = Thing.objects.get_or_create(code="bench", defaults={{"name": "bench"}})
sensor, _ = Sensor.objects.get_or_create(code="bench", defaults={{"name": "b", "encoding_type": "x", "metadata": "x"}})
seen, _ = ObservedProperty.objects.get_or_create(code="bench", defaults={{"name": "b", "definition": "x"}})
made = [Datastream.objects.create(name="b", observation_type="x", unit={{}}, thing=thing, sensor=sensor, observed_property=seen)
        for _ in range({streams})]
fields = {{f"f{{at}}": {{"datastream": one.pk}} for at, one in enumerate(made)}}
tell([devices.register(devices.DeviceWanted("{device}", "bench", fields=fields))[1], [one.pk for one in made]])
"""


def rows() -> Iterator[Row]:
    """With Mosquitto and with the demo's broker: readings of yesterday, which are stored only; and of now, published as well."""
    with tempfile.TemporaryDirectory() as folder, Platform(Path(folder) / "data") as platform:
        key, streams = inside(platform, _DEVICE.format(device=DEVICE, streams=STREAMS))
        for name, broker in (("Mosquitto", _mosquitto), ("the demo's broker", _embedded)):
            with broker(platform) as port:
                floor = _bare(platform, port, key)
            with broker(platform) as port, _taker(platform, port):
                begin = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(days=2)
                stored = _stored(platform, port, key, streams, begin)
                yield Row(f"readings by MQTT stored, a second, {name}", stored, floor, "/s", "acknowledged only")
                stored = _stored(platform, port, key, streams, begin + dt.timedelta(days=2, hours=-1))
                yield Row(f"the same while they are published, {name}", stored, floor, "/s", "acknowledged only")


def _messages(begin: dt.datetime) -> list[bytes]:
    return [
        json.dumps({"ts": (begin + dt.timedelta(milliseconds=50 * at)).isoformat(), "values": {f"f{at % STREAMS}": at}}).encode()
        for at in range(MESSAGES)
    ]  # fmt: skip


def _bare(platform: Platform, port: int, key: str) -> float:
    """Messages a second from a sender to a subscriber that acknowledges and does nothing else."""
    secret = platform.environment()["PASTI_MQTT_INGEST_SECRET"]
    taker, sender = Line(port, "bare", "pasti-ingest", secret), Line(port, "sender", DEVICE, key)
    taker.subscribe("pas/+/up")
    taking = threading.Thread(target=taker.acknowledge, args=(MESSAGES,))
    taking.start()
    began = time.perf_counter()
    sender.publish(f"pas/{DEVICE}/up", _messages(dt.datetime.now(dt.UTC)), WINDOW)
    taking.join()
    rate = MESSAGES / (time.perf_counter() - began)
    taker.close()
    sender.close()
    return rate


def _stored(platform: Platform, port: int, key: str, streams: list[int], begin: dt.datetime) -> float:
    """Readings a second from the first message sent to the last reading stored."""
    sender = Line(port, f"sender-{begin:%d%H}", DEVICE, key)
    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True) as owner:
        first = json.dumps({"ts": begin.timestamp() - 5, "values": {"f0": 1}}).encode()
        while not _count(owner, streams, begin - dt.timedelta(seconds=6)):  # until the taker is there
            sender.publish(f"pas/{DEVICE}/up", [first], 1)
            time.sleep(0.3)
        began = time.perf_counter()
        sender.publish(f"pas/{DEVICE}/up", _messages(begin), WINDOW)
        while _count(owner, streams, begin) < MESSAGES:
            time.sleep(0.02)
            assert time.perf_counter() - began < 120, "readings are missing"
        rate = MESSAGES / (time.perf_counter() - began)
    sender.close()
    return rate


def _count(owner: psycopg.Connection, streams: list[int], begin: dt.datetime) -> int:
    asked = (
        "SELECT count(*) FROM telemetry_observation WHERE datastream_id = ANY(%s) AND phenomenon_time >= %s"
        " AND phenomenon_time < %s"
    )
    row = owner.execute(asked, [streams, begin, begin + dt.timedelta(hours=2)]).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _mosquitto(platform: Platform) -> Iterator[int]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        done = platform.command("mqtt-accounts", "--to", folder)
        assert done.returncode == 0, done.stderr
        settings = Path(folder) / "mosquitto.conf"
        settings.write_text(
            f"listener {port} 127.0.0.1\nuser root\nallow_anonymous false\npassword_file {folder}/passwords\n"
            f"acl_file {folder}/access\npersistence true\npersistence_location {folder}/\nautosave_interval 1\n"
            "max_inflight_messages 2000\nmax_queued_messages 0\nlog_type error\n"
        )
        with _running([MOSQUITTO, "-c", str(settings)], {}):
            until_open(port)
            yield port


@contextmanager
def _embedded(platform: Platform) -> Iterator[int]:
    port = free_port()
    command = ["broker", "--host", "127.0.0.1", "--port", str(port), "--data", str(platform.folder)]
    with _running([sys.executable, "-m", "pasti", *command], {}):
        until_open(port)
        yield port


@contextmanager
def _taker(platform: Platform, port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "pasti", "ingest", "--data", str(platform.folder)]
    with _running(command, {"PASTI_MQTT_URL": f"mqtt://127.0.0.1:{port}"}):
        yield


@contextmanager
def _running(command: list[str], more: dict[str, str]) -> Iterator[None]:
    quiet = subprocess.DEVNULL if "BENCH_LOUD" not in os.environ else None
    process = subprocess.Popen(command, env=clean() | more, cwd=ROOT, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)
