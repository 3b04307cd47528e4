"""Commands to devices, as the siren program: `pas/<device>/down`. What a device answers becomes `DeviceAnswered`."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping

from django.conf import settings

from pasti.telemetry.mqtt.connection import Broker, client
from pasti.telemetry.rules.topics import SIREN

TAKES = 5.0  # seconds the broker may take


def send(commands: Mapping[str, bytes], *, seconds: float = TAKES) -> set[str]:
    """Hand `commands`, one for each device code, to the broker; returns the codes whose command it has taken.

    Taken is not obeyed: the device answers on its own. What is not in the answer may have been sent and must be sent
    again; a command carries a number by which a device knows one that it has had. Without a broker nothing is taken.
    """
    if not commands or not settings.PASTI_MQTT_URL:
        return set()
    deadline = time.monotonic() + seconds
    try:
        secret = settings.PASTI_MQTT_SECRETS.get(SIREN, "")
        sender = client(Broker.at(settings.PASTI_MQTT_URL), SIREN, secret, client_id=f"{SIREN}-{secrets.token_hex(8)}")
    except OSError:
        return set()
    taken: set[int] = set()
    sender.on_publish = lambda _, __, mid, *___: taken.add(mid)
    sender.loop_start()
    try:
        while not sender.is_connected() and time.monotonic() < deadline:
            time.sleep(0.01)
        sent = {code: sender.publish(f"pas/{code}/down", body, 1).mid for code, body in commands.items()}
        while not taken.issuperset(sent.values()) and time.monotonic() < deadline:
            time.sleep(0.01)
        return {code for code, mid in sent.items() if mid in taken}
    finally:
        sender.disconnect()
        sender.loop_stop()
