"""From a device through a broker into the database, and out again: with Mosquitto and with the demo's own broker."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pasti.kernel.clock import now
from pasti.kernel.outbox.models import StoredEvent
from pasti.platform import postgres
from pasti.telemetry.models import Announcement, Datastream, Device, Observation, RefusedMessage
from pasti.telemetry.mqtt.ingest import Ingest
from pasti.telemetry.mqtt.publisher import Publisher
from pasti.telemetry.services import commands, devices
from pasti.telemetry.services.devices import DeviceWanted
from tests.conftest import FOLDER, ROOT
from tests.platform_process import clean

from .brokers import SECRETS, TAKER, Broker, Embedded, Mosquitto, Sender
from .conftest import stream

BEGIN = now().replace(microsecond=0) - dt.timedelta(minutes=30)
LATER = BEGIN + dt.timedelta(seconds=30, milliseconds=250)


@pytest.fixture(params=[Mosquitto, Embedded])
def broker(request: pytest.FixtureRequest, fresh_database: str, settings: Any, tmp_path: Path) -> Iterator[Broker]:
    made: Broker = request.param(tmp_path)
    settings.PASTI_MQTT_URL, settings.PASTI_MQTT_SECRETS = made.url, SECRETS
    made.start()
    yield made
    made.stop()


@contextmanager
def taking(broker: Broker, name: str = TAKER) -> Iterator[Ingest]:
    """A taker in a thread, ready."""
    taker = Ingest(broker.url, SECRETS["pasti-ingest"], name)
    thread = threading.Thread(target=taker.run, daemon=True)
    thread.start()
    try:
        assert taker.subscribed.wait(15)
        yield taker
    finally:
        taker.stop()
        thread.join(15)
        assert not thread.is_alive()


@contextmanager
def telling(broker: Broker) -> Iterator[None]:
    """What is stored is published."""
    stop = threading.Event()
    teller = Publisher(broker.url, SECRETS["pasti-ingest"], stop)
    teller.start()
    try:
        yield
    finally:
        stop.set()
        teller.join(15)
        assert not teller.is_alive()


def gauge(broker: Broker, code: str = "bokwedi", **more: Any) -> tuple[Device, str, Datastream]:
    """A registered device with a stream of levels in cm, its key, and the stream."""
    kept = stream(code=f"level-{code}")
    wanted = DeviceWanted(code, code, fields={"level": {"datastream": kept.pk, "unit": "m"}}, **more)
    made, key = devices.register(wanted)
    broker.refresh()
    return made, key, kept


def message(index: int, level: float = 1.5) -> bytes:
    return json.dumps({"ts": (BEGIN + dt.timedelta(seconds=index)).isoformat(), "values": {"level": level}}).encode()


def test_a_reading_is_stored_calibrated_and_told_to_those_who_listen(broker: Broker, wait_until: Any) -> None:
    made, key, kept = gauge(broker)
    devices.calibrate(kept.pk, valid_from=BEGIN, scale=1.0, offset=-2.0, reference="Papan duga")
    device, listener = Sender(broker, "bokwedi", key), Sender(broker)
    listener.listen("v1.1/#")
    with taking(broker) as taker, telling(broker):
        device.sent([device.send("pas/bokwedi/up", message(0))])
        own = f"v1.1/Datastreams({kept.pk})/Observations"
        device.sent([device.send(own, json.dumps({"result": 155, "phenomenonTime": LATER.isoformat()}).encode())])
        wait_until(lambda: Observation.objects.count() == 2, 10)
        told = lambda topic: [json.loads(body) for at, body in listener.heard if at == topic]  # noqa: E731
        wait_until(lambda: len(told("v1.1/Observations")) == 2, 10)
        wait_until(lambda: not Announcement.objects.exists(), 10)
        time.sleep(0.5)  # our own publications come back to the taker
        assert taker.taken.stored == 2
        assert taker.taken.refused == 0
    first, second = Observation.objects.order_by("phenomenon_time")
    assert (first.result, first.parameters, first.phenomenon_time) == (148.0, {"raw": 150.0}, BEGIN)
    assert (second.result, second.phenomenon_time) == (153.0, LATER)
    moment = int(BEGIN.timestamp() * 1000)
    assert {(one["@iot.id"], one["result"]) for one in told("v1.1/Observations")} == {
        (f"{kept.pk}-{moment}", 148.0),
        (f"{kept.pk}-{moment + 30250}", 153.0),
    }
    assert {"result": 153.0} in told(f"{own}?$select=result")
    assert told(f"{own}?$select=phenomenonTime,result")[0] == {
        "phenomenonTime": f"{BEGIN:%Y-%m-%dT%H:%M:%S}Z", "result": 148.0
    }  # fmt: skip
    made.refresh_from_db()
    assert made.last_seen is not None
    device.close()
    listener.close()


def test_nobody_speaks_for_another_device(broker: Broker, wait_until: Any) -> None:
    _, _, victim = gauge(broker)
    _, key, own = gauge(broker, "lain")
    other = Sender(broker, "lain", key)
    with taking(broker):
        other.sent(
            [
                other.send("pas/bokwedi/up", message(0, 9.0)),
                other.send(f"v1.1/Datastreams({victim.pk})/Observations", b'{"result": 900}'),
                other.send("application/1/device/0011223344556677/event/up", b"{}"),
                other.send("pas/lain/up", message(1)),
            ]
        )
        wait_until(lambda: Observation.objects.filter(datastream_id=own.pk).exists(), 10)
    assert not Observation.objects.filter(datastream_id=victim.pk).exists()
    assert not RefusedMessage.objects.exists()
    assert Sender(broker, "bokwedi", key).refused is not None, "another's key is no key"
    assert Sender(broker, "pasti-ingest", key).refused is not None
    other.close()


def test_repeated_messages_are_stored_once_and_poison_costs_nobody_else(broker: Broker, wait_until: Any) -> None:
    _, key, kept = gauge(broker)
    device = Sender(broker, "bokwedi", key)
    with taking(broker) as taker:
        infos = [device.send("pas/bokwedi/up", message(index % 50)) for index in range(100)]
        infos += [device.send("pas/bokwedi/up", b"\xff{"), device.send("pas/bokwedi/up", b'{"values": {"x": 1}}')]
        device.sent(infos)
        wait_until(lambda: taker.taken.stored + taker.taken.repeated + taker.taken.refused == 102, 15)
        assert (taker.taken.stored, taker.taken.repeated) == (50, 50)
    assert Observation.objects.filter(datastream_id=kept.pk).count() == 50
    kept_back = RefusedMessage.objects.order_by("pk")
    assert [bytes(one.payload) for one in kept_back] == [b"\xff{", b'{"values": {"x": 1}}']
    assert "tidak satu pun kolom" in kept_back[1].reason
    with taking(broker) as again:  # poison was acknowledged: it does not come back
        device.sent([device.send("pas/bokwedi/up", message(60))])
        wait_until(lambda: again.taken.stored == 1, 10)
        assert again.taken.refused == 0
    device.close()


def test_a_broker_that_dies_and_comes_back_is_found_again(broker: Broker, wait_until: Any) -> None:
    _, key, _ = gauge(broker)
    device = Sender(broker, "bokwedi", key)
    with taking(broker) as taker:
        device.sent([device.send("pas/bokwedi/up", message(index)) for index in range(20)])
        wait_until(lambda: taker.taken.stored == 20, 10)
        time.sleep(1.2)  # Mosquitto writes its sessions down each second
        broker.kill()
        broker.start()
        # Until the taker is there again a broker may forget what it had just acknowledged; from then on it may not.
        more = itertools.count(20)

        def heard_again() -> bool:
            device.sent([device.send("pas/bokwedi/up", message(next(more)))])
            return Observation.objects.count() > 20

        wait_until(heard_again, 60, every=0.5)
        known = Observation.objects.count()
        device.sent([device.send("pas/bokwedi/up", message(next(more))) for _ in range(20)])
        wait_until(lambda: Observation.objects.count() >= known + 20, 60)
        wait_until(lambda: taker.taken.stored == Observation.objects.count(), 10)
    device.close()


def test_while_the_database_is_away_nothing_is_acknowledged_and_nothing_lost(
    broker: Broker, fresh_database: str, wait_until: Any
) -> None:
    _, key, _ = gauge(broker)
    device = Sender(broker, "bokwedi", key)
    with taking(broker) as taker, psycopg.connect(postgres.superuser_url(FOLDER), autocommit=True) as server:
        device.sent([device.send("pas/bokwedi/up", message(index)) for index in range(10)])
        wait_until(lambda: taker.taken.stored == 10, 10)
        server.execute(f'ALTER DATABASE "{fresh_database}" ALLOW_CONNECTIONS false')
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [fresh_database])
        infos = []
        for index in range(30):
            infos.append(device.send("pas/bokwedi/up", message(10 + index)))
            time.sleep(0.1)
        device.sent(infos)
        assert taker.taken.stored == 10
        server.execute(f'ALTER DATABASE "{fresh_database}" ALLOW_CONNECTIONS true')
        wait_until(lambda: taker.taken.stored == 40, 15)
    device.close()
    from django.db import connection

    connection.close()
    assert Observation.objects.count() == 40


def test_a_taker_killed_before_its_commit_loses_nothing(broker: Broker, fresh_database: str, wait_until: Any) -> None:
    _, key, _ = gauge(broker)
    device = Sender(broker, "bokwedi", key)
    process = _process(broker, fresh_database)
    try:
        _heard(device)
        with psycopg.connect(postgres.superuser_url(FOLDER), dbname=fresh_database) as owner:
            owner.execute("LOCK TABLE telemetry_stalehour IN EXCLUSIVE MODE")  # a commit has to wait for this
            device.sent([device.send("pas/bokwedi/up", message(index)) for index in range(1, 301)])
            wait_until(lambda: _waits(owner), 20)
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert Observation.objects.count() == 1
        process = _process(broker, fresh_database)
        wait_until(lambda: Observation.objects.count() == 301, 30)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    device.close()


def _heard(device: Sender) -> None:
    """Until somebody takes the device's message: a broker keeps nothing for a taker it has never seen."""
    deadline = time.monotonic() + 60
    while not Observation.objects.exists():
        assert time.monotonic() < deadline
        device.sent([device.send("pas/bokwedi/up", message(0))])
        time.sleep(0.5)


def _waits(owner: psycopg.Connection) -> bool:
    """Whether the taker waits for the lock, with messages received and not acknowledged."""
    row = owner.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    ).fetchone()
    return bool(row and row[0])


def _process(broker: Broker, database: str) -> subprocess.Popen[bytes]:
    """`pasti ingest`, as a process of its own."""
    url = psycopg.conninfo.make_conninfo(os.environ["PASTI_DATABASE_URL"], dbname=database)
    env = clean() | {
        "PASTI_DATABASE_URL": url, "PASTI_DATABASE_OWNER_URL": "host=nowhere", "PASTI_MQTT_URL": broker.url,
        "PASTI_MQTT_INGEST_SECRET": SECRETS["pasti-ingest"], "PASTI_MQTT_SESSION": "test", "PASTI_SECRET_KEY": "x" * 50,
    }  # fmt: skip
    command = [sys.executable, "-m", "pasti", "ingest", "--data", str(FOLDER)]
    return subprocess.Popen(command, env=env, cwd=ROOT)


def test_several_takers_share_the_work_where_the_broker_can(fresh_database: str, settings: Any, tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path)
    settings.PASTI_MQTT_URL, settings.PASTI_MQTT_SECRETS = broker.url, SECRETS
    broker.start()
    _, key, _ = gauge(broker)
    device = Sender(broker, "bokwedi", key)
    with taking(broker) as one, taking(broker, "pasti-ingest-test-2") as other:
        device.sent([device.send("pas/bokwedi/up", message(index)) for index in range(200)])
        deadline = time.monotonic() + 10
        while one.taken.stored + other.taken.stored < 200 and time.monotonic() < deadline:
            time.sleep(0.05)
    assert one.taken.stored + other.taken.stored == 200
    assert min(one.taken.stored, other.taken.stored) > 50
    device.close()
    broker.stop()


def test_a_command_reaches_its_device_alone_and_its_answer_comes_back(broker: Broker, wait_until: Any) -> None:
    _, key, _ = gauge(broker)
    _, other_key, _ = gauge(broker, "lain")
    siren, other = Sender(broker, "bokwedi", key), Sender(broker, "lain", other_key)
    siren.listen("pas/bokwedi/down")
    other.listen("pas/#")
    with taking(broker):
        assert commands.send({"bokwedi": b'{"nonce": "n1", "on": true}'}) == {"bokwedi"}
        wait_until(lambda: siren.heard == [("pas/bokwedi/down", b'{"nonce": "n1", "on": true}')], 10)
        siren.sent([siren.send("pas/bokwedi/ack", b'{"nonce": "n1"}')])
        wait_until(lambda: StoredEvent.objects.filter(name="telemetry.DeviceAnswered").exists(), 10)
    assert other.heard == []
    broker.kill()
    assert commands.send({"bokwedi": b"{}"}, seconds=1) == set()
