"""What a flood is played with: the program that plays rain, a gauge's device on the wire, and a siren that obeys."""

from __future__ import annotations

import base64
import datetime as dt
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from paho.mqtt.enums import MQTTProtocolVersion
from playwright.sync_api import Page

from tests.platform_process import ROOT, Platform, clean
from tests.telemetry.brokers import Sender

Reading = tuple[dt.datetime, float]


@contextmanager
def played(platform: Platform, river: str, hours: float) -> Iterator[subprocess.Popen[bytes]]:
    """`pasti simulate rain`, ended at the latest with the test."""
    command = [sys.executable, "-m", "pasti", "simulate", "rain", "--river", river, "--hours", str(hours), "--speed", "60",
               "--data", str(platform.folder)]  # fmt: skip
    with (platform.folder / "rain.log").open("wb") as log:
        rain = subprocess.Popen(command, env=clean(), cwd=ROOT, stdout=log, stderr=log)
        try:
            yield rain
        finally:
            rain.terminate()
            rain.wait(30)


def until(told: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


def key_of(officer: Page, code: str, name: str) -> str:
    """The key of a device, as an officer gets it: registered, or renewed where it is registered already."""
    officer.goto(f"/telemetri/?q={code}")
    known = officer.locator("main table a")
    if known.count():
        known.first.click()
        officer.locator("details summary").last.click()
        officer.click("text=Buat kunci baru")
    else:
        officer.goto("/telemetri/baru/")
        officer.fill("[name=code]", code)
        officer.fill("[name=name]", name)
        officer.click("main form[method=post] button[type=submit]")
    return officer.locator("main .pasti-code").inner_text().strip()


@dataclass(frozen=True)
class _Broker:
    """The platform's own broker, which speaks MQTT 3.1.1."""

    port: int
    protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311


def _broker(platform: Platform) -> _Broker:
    return _Broker(urlsplit(platform.environment()["PASTI_MQTT_URL"]).port or 1883)


class GaugeDevice:
    """The device of a gauge, with its key."""

    def __init__(self, platform: Platform, code: str, key: str):
        self.code = code
        self.sender = Sender(_broker(platform), code, key)
        assert self.sender.refused is None

    def say(self, *readings: Reading) -> None:
        """Send readings in one message and wait until the broker has acknowledged it."""
        said = [{"ts": at.isoformat(), "values": {"nilai": value}} for at, value in readings]
        self.sender.sent([self.sender.send(f"pas/{self.code}/up", json.dumps(said).encode())])

    def close(self) -> None:
        """Leave."""
        self.sender.close()


class Siren:
    """A lamp with a siren: obeys what the city signed, for this siren, not over, and not had before; and says that it did."""

    def __init__(self, platform: Platform, code: str, key: str):
        self.platform, self.code = platform, code
        self.shows = "off"  # off, yellow or red
        self.had: set[str] = set()
        self.wrong: list[str] = []
        self.sender = Sender(_broker(platform), code, key)
        assert self.sender.refused is None
        self.sender.client.on_message = lambda _, __, got: self._hear(bytes(got.payload))
        self.sender.listen(f"pas/{code}/down")

    @property
    def city_key(self) -> Ed25519PublicKey:
        """What is set up in it: the public half of the city's key, made with the first command."""
        pem = (self.platform.folder / "kunci" / "sirene" / "sirene.pem").read_bytes()
        key = load_pem_private_key(pem, None).public_key()
        assert isinstance(key, Ed25519PublicKey)
        return key

    def _hear(self, payload: bytes) -> None:
        outer = json.loads(payload)
        command = json.loads(outer["isi"])
        try:
            self.city_key.verify(base64.b64decode(outer["tanda"]), outer["isi"].encode())
        except InvalidSignature:
            self.wrong.append("not signed by the city")
            return
        over = dt.datetime.fromisoformat(command["sampai"]) < dt.datetime.now(dt.UTC)
        if f"sirene-{command['sirene']}" != self.code or (over and command["pola"] != "off"):
            self.wrong.append(outer["isi"])
            return
        if command["nonce"] not in self.had:
            self.had.add(command["nonce"])
            self.shows = command["pola"]
        answer = {"nonce": command["nonce"], "keadaan": self.shows}
        self.sender.send(f"pas/{self.code}/ack", json.dumps(answer).encode())

    def close(self) -> None:
        """Leave."""
        self.sender.close()


def standing(level: float, seconds: float, count: int) -> list[Reading]:
    """So many readings of one value, spread over the last `seconds`."""
    ends = dt.datetime.now(dt.UTC)
    return [(ends - dt.timedelta(seconds=seconds) * (count - 1 - n) / count, level) for n in range(count)]
