"""The demo's own broker within the tree of processes."""

from __future__ import annotations

import datetime as dt
import json
import threading
import urllib.request
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from pasti.telemetry.mqtt.connection import Broker
from tests.platform_process import Platform

pytestmark = pytest.mark.platform


def _listening(platform: Platform) -> tuple[mqtt.Client, list[dict[str, Any]]]:
    """A stranger who subscribes to all observations."""
    where = Broker.at(platform.environment()["PASTI_MQTT_URL"])
    heard: list[dict[str, Any]] = []
    ready = threading.Event()
    listener = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
    listener.on_message = lambda _, __, got: heard.append(json.loads(got.payload))
    listener.on_subscribe = lambda *_: ready.set()
    listener.on_connect = lambda *_: listener.subscribe("v1.1/Observations", 1)
    listener.connect_async(where.host, where.port)
    listener.loop_start()  # tries again until the broker is there
    assert ready.wait(60)
    return listener, heard


def _post(platform: Platform, token: str, result: float) -> None:
    """Store an observation by HTTP."""
    base = f"{platform.base}/sensorthings/v1.1"
    with urllib.request.urlopen(f"{base}/Datastreams?$top=1&$select=id", timeout=20) as answer:
        stream = json.load(answer)["value"][0]["@iot.id"]
    body = {"result": result, "phenomenonTime": dt.datetime.now(dt.UTC).isoformat()}
    request = urllib.request.Request(
        f"{base}/Datastreams({stream})/Observations", json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}, method="POST",
    )  # fmt: skip
    assert urllib.request.urlopen(request, timeout=20).status == 201


def test_what_is_stored_is_told_by_mqtt_also_after_the_broker_was_killed(platform: Platform, wait_until: Any) -> None:
    token = platform.token("admin")
    for turn in (1, 2):
        listener, heard = _listening(platform)
        _post(platform, token, 4000.5 + turn)
        wait_until(lambda heard=heard, turn=turn: any(one["result"] == 4000.5 + turn for one in heard), 60)
        listener.disconnect()
        listener.loop_stop()
        if turn == 1:
            platform.wait_back("broker", platform.kill("broker"))
    assert "nobody can sign in" not in platform.tail()
