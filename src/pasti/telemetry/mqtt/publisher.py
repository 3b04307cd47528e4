"""Publishing what was stored: waits for a commit's notice, sends, and lets go when the broker has it."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Sequence

import paho.mqtt.client as mqtt
import psycopg
from django.db import DatabaseError, connection, connections
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from pasti.platform import environment
from pasti.telemetry.mqtt.connection import Broker, client
from pasti.telemetry.mqtt.ingest import OWN
from pasti.telemetry.rules.topics import INGEST
from pasti.telemetry.services.feed import CHANNEL, Publication, publish_next

log = logging.getLogger(__name__)
TAKES = 10.0  # seconds the broker may take for one announcement
LOOK = 5.0  # seconds after which to look without a notice


class NotTaken(Exception):
    """The broker has not taken everything; it will be sent again."""


class Publisher(threading.Thread):
    """Publishes beside the taker, until `stopping` is set. Several share the work."""

    def __init__(self, url: str, password: str, stopping: threading.Event):
        super().__init__(name="publisher", daemon=True)
        self.url, self.password, self.stopping = url, password, stopping
        self.published = 0
        self._client: mqtt.Client | None = None

    def run(self) -> None:
        """Publish, and begin again after whatever goes wrong: a broker or a database that is away."""
        pause = 0.5
        while not self.stopping.is_set():
            try:
                self._work()
                pause = 0.5
            except (OSError, DatabaseError, psycopg.Error, NotTaken) as error:
                log.warning("publishing waits: %s", str(error).strip()[:200])
                self.stopping.wait(pause)
                pause = min(2 * pause, 10)
            finally:
                self._leave()
                connections.close_all()

    def _work(self) -> None:
        name = f"{INGEST}-{secrets.token_hex(8)}"  # a session of the moment: nothing is read by it
        self._client = client(Broker.at(self.url), INGEST, self.password, client_id=name)
        self._client.loop_start()
        with psycopg.connect(_listening_url(), autocommit=True) as ear:
            ear.execute(f"LISTEN {CHANNEL}")
            while not self.stopping.is_set():
                while not self.stopping.is_set() and (count := publish_next(self._send)):
                    self.published += count
                for _ in ear.notifies(timeout=LOOK if not self.stopping.is_set() else 0, stop_after=1):
                    pass

    def _send(self, publications: Sequence[Publication]) -> None:
        taker = self._client
        if taker is None:
            raise NotTaken
        deadline = time.monotonic() + TAKES
        while not taker.is_connected():
            if self.stopping.wait(0.05) or time.monotonic() > deadline:
                raise NotTaken("no connection to the broker")
        properties = None
        if taker.protocol == MQTTProtocolVersion.MQTTv5:
            properties = Properties(PacketTypes.PUBLISH)
            properties.UserProperty = OWN
        sent = [taker.publish(one.topic, one.payload, 1, properties=properties) for one in publications]
        for one in sent:
            _wait(one, deadline, self.stopping)

    def _leave(self) -> None:
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None


def _wait(sent: mqtt.MQTTMessageInfo, deadline: float, stopping: threading.Event) -> None:
    """Until the broker has acknowledged. Raises NotTaken when it does not, or the connection was lost meanwhile."""
    try:
        while not sent.is_published():
            if stopping.is_set() or time.monotonic() > deadline:
                raise NotTaken("the broker does not answer")
            sent.wait_for_publish(0.2)
    except (RuntimeError, ValueError) as error:  # what the client says when it has no connection, or its queue is full
        raise NotTaken(str(error)) from None


def _listening_url() -> str:
    """The database of this process, for a connection that only listens: Django's cannot wait."""
    return psycopg.conninfo.make_conninfo(environment.read().database_url, dbname=connection.settings_dict["NAME"])
