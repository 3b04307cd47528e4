"""A real Mosquitto and the demo's own broker, to be started, killed and spoken to."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, Protocol

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from pasti.telemetry.mqtt import accounts, embedded
from tests.platform_process import free_port, until_open

SECRETS = {"pasti-ingest": "i" * 32, "pasti-siren": "s" * 32, "pasti-lorawan": "l" * 32}
TAKER = "pasti-ingest-test-1"
MOSQUITTO = next((p for p in ("/usr/sbin/mosquitto", "/usr/bin/mosquitto") if Path(p).exists()), "mosquitto")


class Mosquitto:
    """Mosquitto with the files `pasti mqtt-accounts` writes and the settings of docs/mqtt.md."""

    protocol = MQTTProtocolVersion.MQTTv5

    def __init__(self, folder: Path):
        self.folder, self.port = folder, free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        (folder / "mosquitto.conf").write_text(
            f"listener {self.port} 127.0.0.1\nuser root\nallow_anonymous true\n"
            f"password_file {folder}/passwords\nacl_file {folder}/access\n"
            f"persistence true\npersistence_location {folder}/\nautosave_interval 1\n"
            "max_inflight_messages 2000\nmax_queued_messages 0\nlog_type error\n"
        )

    def start(self) -> None:
        accounts.write(self.folder)
        self.process = subprocess.Popen([MOSQUITTO, "-c", str(self.folder / "mosquitto.conf")])
        until_open(self.port)

    def refresh(self) -> None:
        """Devices were registered: Mosquitto reads its files again, as `systemctl reload` makes it."""
        if accounts.write(self.folder) and self.process:
            self.process.send_signal(signal.SIGHUP)
            time.sleep(0.2)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    stop = kill


class Embedded:
    """The demo's broker in a thread; killing it is losing its memory."""

    protocol = MQTTProtocolVersion.MQTTv311

    def __init__(self, folder: Path):
        self.port = free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(),), daemon=True)
        self._thread.start()
        until_open(self.port)

    async def _serve(self) -> None:
        self._loop, self._until = asyncio.get_running_loop(), asyncio.Event()
        await embedded.serve("127.0.0.1", self.port, self._until, [TAKER])

    def refresh(self) -> None:
        """It asks the database itself."""

    def kill(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._until.set)
            self._thread.join(10)

    stop = kill


Broker = Mosquitto | Embedded


class Reachable(Protocol):
    """Any broker one can connect to."""

    port: int
    protocol: MQTTProtocolVersion


class Sender:
    """A device or a listener with a connection of its own; sends again what was not acknowledged, as devices do."""

    def __init__(self, broker: Reachable, user: str = "", key: str = ""):
        name = f"{user or 'anon'}-{os.urandom(4).hex()}"
        self.heard: list[tuple[str, bytes]] = []
        self.refused: Any = None
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=broker.protocol)
        if user:
            self.client.username_pw_set(user, key)
        self.client.reconnect_delay_set(1, 1)
        self.client.max_inflight_messages_set(200)
        self.client.on_message = lambda _, __, got: self.heard.append((got.topic, bytes(got.payload)))
        self.client.on_connect = self._connected
        self._taken: set[int] = set()
        self.client.on_publish = lambda _, __, mid, *___: self._taken.add(mid)
        self.client.connect("127.0.0.1", broker.port, 30)
        self.client.loop_start()
        self._open = threading.Event()
        deadline = time.monotonic() + 10
        while not self.client.is_connected() and self.refused is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def _connected(self, _: Any, __: Any, ___: Any, reason: Any, *____: Any) -> None:
        if reason.is_failure:
            self.refused = reason

    def send(self, topic: str, payload: bytes) -> mqtt.MQTTMessageInfo:
        """Hand over for delivery at least once."""
        return self.client.publish(topic, payload, 1)

    def sent(self, infos: list[mqtt.MQTTMessageInfo]) -> None:
        """Wait until the broker has them."""
        deadline = time.monotonic() + 30
        while not {one.mid for one in infos} <= self._taken:
            assert time.monotonic() < deadline, "the broker does not take it"
            time.sleep(0.01)

    def listen(self, topic: str) -> None:
        granted = threading.Event()
        self.client.on_subscribe = lambda *_: granted.set()
        self.client.subscribe(topic, 1)
        assert granted.wait(5)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()
