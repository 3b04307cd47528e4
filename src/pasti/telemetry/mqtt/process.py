"""`pasti ingest` as a process: a taker and a publisher, until SIGTERM."""

from __future__ import annotations

import logging
import signal

from django.conf import settings

from pasti.telemetry.mqtt.ingest import Ingest
from pasti.telemetry.mqtt.publisher import Publisher
from pasti.telemetry.rules.topics import INGEST

log = logging.getLogger(__name__)


def session_name(number: int = 1) -> str:
    """The client id of a taker: as secret as a password, for at some brokers who knows it can end the session."""
    return f"{INGEST}-{settings.PASTI_MQTT_SESSION}-{number}"


def run(number: int = 1) -> None:
    """Take in and publish. `number` tells processes apart: each has a session of its own at the broker."""
    secret = settings.PASTI_MQTT_SECRETS.get(INGEST, "")
    if not settings.PASTI_MQTT_URL or not secret:
        raise SystemExit("pasti ingest: PASTI_MQTT_URL or the secret of pasti-ingest is missing; see docs/mqtt.md")
    taker = Ingest(settings.PASTI_MQTT_URL, secret, session_name(number))
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, taker.stop)
    publisher = Publisher(settings.PASTI_MQTT_URL, secret, taker.stopping)
    publisher.start()
    taker.run()
    publisher.join(10)
    log.info("ended: %s", taker.taken)
