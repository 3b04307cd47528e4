"""`pasti ingest`: takes messages from the broker into the database, and acknowledges them when they are durable.

Any number of these processes share the work where the broker speaks MQTT 5. A message that was received and not yet
acknowledged when this process or the database dies is delivered again; that it may be stored already does no harm.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass, field

import paho.mqtt.client as mqtt
from django.db import DatabaseError, InterfaceError, connections
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from pasti.kernel.clock import now
from pasti.telemetry.mqtt.connection import Broker, Client, client
from pasti.telemetry.rules.topics import INGEST, INGEST_FILTERS, SHARED
from pasti.telemetry.services.incoming import Incoming, Taken, take

log = logging.getLogger(__name__)
BATCH = 1000  # messages stored in one transaction at most
WAIT = 0.2  # seconds a batch waits for more messages, while they come
STEP = 0.02  # seconds without one after which none is waited for
AT_ONCE = 2 * BATCH  # unacknowledged messages the broker may have given us: one batch being stored, one coming in
FLUSH = 10.0  # seconds a stop may take to store what has come in
OWN = ("pasti", "published")  # the property our own publications carry (MQTT 5)


@dataclass(frozen=True, slots=True)
class _Waiting:
    message: Incoming | None  # None: our own publication, which only has to be acknowledged
    mid: int
    qos: int
    turn: int  # of the connection it came by


@dataclass
class Ingest:
    """One taker. `run` works until `stop` is called, from any thread or a signal."""

    url: str
    password: str
    name: str
    stopping: threading.Event = field(default_factory=threading.Event)
    taken: Taken = field(default_factory=Taken)

    def __post_init__(self) -> None:
        self._waiting: deque[_Waiting] = deque()
        self._came = threading.Event()
        self._turn = 0
        self._lock = threading.Lock()  # between acknowledging and losing the connection
        self._client: Client | None = None
        self._filters: list[tuple[str, int]] = []
        self.subscribed = threading.Event()

    def stop(self, *_: object) -> None:
        """Take no more, store what came in, and end."""
        self.stopping.set()

    def run(self) -> None:
        """Take in until told to stop."""
        self._client = self._connected()
        if self._client is None:
            return
        self._client.loop_start()
        try:
            while not self.stopping.is_set():
                self._store(self._gathered(WAIT))
            self._flush()
            self._settled()
        finally:
            self._client.disconnect()  # the broker keeps the session and what was not acknowledged
            self._client.loop_stop()
            connections.close_all()

    def _connected(self) -> Client | None:
        """A client for the broker, once there is one. After that it comes back by itself."""
        pause = 0.5
        while not self.stopping.is_set():
            try:
                made = client(
                    Broker.at(self.url), INGEST, self.password, client_id=self.name, keep=True, manual_ack=True,
                    at_once=AT_ONCE,
                )  # fmt: skip
            except OSError as error:
                log.warning("no broker at %s: %s", self.url, error)
                self.stopping.wait(pause)
                pause = min(2 * pause, 10)
                continue
            made.on_connect, made.on_disconnect, made.on_message = (
                self._on_connect,
                self._on_disconnect,
                self._on_message,
            )
            made.on_subscribe = self._on_subscribe
            return made
        return None

    def _on_connect(
        self, taker: mqtt.Client, _: object, flags: mqtt.ConnectFlags, reason: ReasonCode, *__: object
    ) -> None:
        if reason.is_failure:
            log.error("the broker does not let us in: %s", reason)
            return
        with self._lock:
            self._turn += 1
        shared = SHARED if taker.protocol == MQTTProtocolVersion.MQTTv5 else ""
        self._filters = [(shared + one, 1) for one in INGEST_FILTERS]
        taker.subscribe(self._filters)  # also into a kept session: filters may be new

    def _on_subscribe(self, taker: mqtt.Client, _: object, mid: int, codes: list[ReasonCode], *__: object) -> None:
        if any(code.is_failure for code in codes):
            log.error("the broker refuses our subscriptions: %s", [str(code) for code in codes])
        else:
            log.info("taking in from %s", self.url)
            self.subscribed.set()

    def _on_disconnect(self, *_: object) -> None:
        with self._lock:
            self._turn += 1
        self.subscribed.clear()

    def _on_message(self, _: mqtt.Client, __: object, got: mqtt.MQTTMessage) -> None:
        mine = OWN in (getattr(got.properties, "UserProperty", None) or ())
        # Without an acknowledgement nothing was promised, and nothing holds the sender back.
        if got.qos == 0 and (mine or len(self._waiting) > 10 * BATCH):
            return
        message = None if mine else Incoming(got.topic, bytes(got.payload), now())
        self._waiting.append(_Waiting(message, got.mid, got.qos, self._turn))
        if not self._came.is_set():
            self._came.set()

    def _gathered(self, wait: float) -> list[_Waiting]:
        """What has come: nothing after `wait` seconds of quiet, else up to a batch within `wait` seconds of the first."""
        if not self._waiting:
            self._came.wait(wait)
        until = time.monotonic() + wait
        while 0 < len(self._waiting) < BATCH and (left := until - time.monotonic()) > 0:
            known = len(self._waiting)
            self._came.clear()
            self._came.wait(min(left, STEP))
            if len(self._waiting) == known:  # nobody is sending at the moment
                break
        self._came.clear()
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH))]

    def _store(self, batch: list[_Waiting]) -> None:
        """Store a batch, however long the database is away; acknowledge it then, and only then."""
        pause = 0.2
        messages = [one.message for one in batch if one.message is not None]
        while batch:
            try:
                self.taken += take(messages)
                break
            except (DatabaseError, InterfaceError) as error:
                log.warning("the database is away, nothing is acknowledged: %s", str(error).strip()[:200])
                connections.close_all()
                if self.stopping.wait(pause):
                    return  # the broker will deliver them again
                pause = min(2 * pause, 5)
        with self._lock:
            # An acknowledgement belongs to the connection the message came by; a new one counts anew.
            mine = [one.mid for one in batch if one.qos and one.turn == self._turn]
            if self._client is not None:
                self._client.acknowledge(mine)

    def _settled(self) -> None:
        """Wait until the broker has seen our last acknowledgements: it answers what comes after them."""
        if self._client is not None and self.subscribed.is_set():
            self.subscribed.clear()
            self._client.subscribe(self._filters[0][0], 1)
            self.subscribed.wait(2)

    def _flush(self) -> None:
        """Store what has come in already; stopping, the database gets one try."""
        until = time.monotonic() + FLUSH
        while (batch := self._gathered(0.0)) and time.monotonic() < until:
            self._store(batch)
