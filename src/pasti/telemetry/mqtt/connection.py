"""A connection to whatever broker there is: MQTT 5, or 3.1.1 where the broker says it knows no better."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

KEEPALIVE = 30  # seconds
# A CONNECT of MQTT 5 without name and password: the answer tells which versions the broker speaks, whoever may come in.
_PROBE = bytes([0x10, 0x0D, 0, 4, *b"MQTT", 5, 0x02, 0, KEEPALIVE, 0, 0, 0])
_UNSUPPORTED = 0x84
PUBACK, _PUBACK = 0x40, struct.Struct("!BBH")
PIECE = 1 << 16  # bytes read at once
SESSION = 7 * 24 * 3600  # seconds the broker keeps our session while we are away


@dataclass(frozen=True)
class Broker:
    """Where a broker is: `mqtt://host:port` or, with TLS, `mqtts://host:port`."""

    host: str
    port: int
    tls: bool

    @classmethod
    def at(cls, url: str) -> Broker:
        """The broker at an address. Raises ValueError when it is none."""
        parts = urlsplit(url)
        if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
            raise ValueError(f"{url!r} is not mqtt://host:port or mqtts://host:port")
        tls = parts.scheme == "mqtts"
        return cls(parts.hostname, parts.port or (8883 if tls else 1883), tls)

    def protocol(self) -> MQTTProtocolVersion:
        """The newest version it speaks. Raises OSError when it does not answer."""
        with socket.create_connection((self.host, self.port), 5) as plain:
            plain.settimeout(5)
            wrapped = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host) if self.tls else plain
            wrapped.sendall(_PROBE)
            answer = wrapped.recv(64)
        if len(answer) < 4 or answer[0] != 0x20:
            return MQTTProtocolVersion.MQTTv311
        old = answer[1] == 2 or answer[3] == _UNSUPPORTED  # an answer in the old form has two bytes
        return MQTTProtocolVersion.MQTTv311 if old else MQTTProtocolVersion.MQTTv5


class Buffered:
    """A socket read in large pieces: the library asks for each byte of a message's head by itself.

    As with TLS, which keeps what it has read ahead too, `pending` tells the library not to wait for the socket.
    """

    def __init__(self, plain: Any):
        self._plain, self._read, self._at = plain, b"", 0

    def recv(self, size: int) -> bytes:
        """At most `size` bytes of what has come."""
        if self._at == len(self._read):
            self._read, self._at = self._plain.recv(PIECE), 0
        begin = self._at
        self._at = min(begin + size, len(self._read))
        return self._read[begin : self._at]

    def pending(self) -> int:
        """Bytes that are here already."""
        inside = self._plain.pending() if hasattr(self._plain, "pending") else 0
        return len(self._read) - self._at + int(inside)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)


class Client(mqtt.Client):
    """The library's client, for many messages: reads ahead, and acknowledges a batch in one go."""

    def _create_socket(self) -> Any:
        return Buffered(super()._create_socket())

    def acknowledge(self, mids: Sequence[int]) -> None:
        """Acknowledge messages of QoS 1 together; `ack` wakes the library's thread for each."""
        if mids:
            self._packet_queue(PUBACK, b"".join(_PUBACK.pack(PUBACK, 2, mid) for mid in mids), mids[-1], 1)


def client(
    broker: Broker, user: str, password: str, *, client_id: str = "", keep: bool = False, manual_ack: bool = False,
    at_once: int = 1000,
) -> Client:  # fmt: skip
    """A client that comes back by itself with growing pauses. `connect(...)` starts it.

    With `keep` the broker keeps its session, by `client_id`, while it is away. `at_once` is how many messages without an
    acknowledgement may be on their way, in both directions.
    """
    protocol = broker.protocol()
    made = Client(
        CallbackAPIVersion.VERSION2, client_id=client_id, protocol=protocol, manual_ack=manual_ack,
        clean_session=None if protocol == MQTTProtocolVersion.MQTTv5 else not keep,
    )  # fmt: skip
    made.username_pw_set(user, password)
    if broker.tls:
        made.tls_set()
    made.max_inflight_messages_set(at_once)
    made.reconnect_delay_set(1, 30)
    made.connect_timeout = 5
    if protocol == MQTTProtocolVersion.MQTTv5:
        properties = Properties(PacketTypes.CONNECT)
        properties.ReceiveMaximum = min(at_once, 65535)
        if keep:
            properties.SessionExpiryInterval = SESSION
        made.connect_async(broker.host, broker.port, KEEPALIVE, clean_start=not keep, properties=properties)
    else:
        made.connect_async(broker.host, broker.port, KEEPALIVE)
    return made
