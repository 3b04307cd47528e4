"""A connection to whatever broker there is: MQTT 5, or 3.1.1 where the broker says it knows no better."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

KEEPALIVE = 30  # seconds
# A CONNECT of MQTT 5 without name and password: the answer tells which versions the broker speaks, whoever may come in.
_PROBE = bytes([0x10, 0x0D, 0, 4, *b"MQTT", 5, 0x02, 0, KEEPALIVE, 0, 0, 0])
_UNSUPPORTED = 0x84
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


def client(
    broker: Broker, user: str, password: str, *, client_id: str = "", keep: bool = False, manual_ack: bool = False,
    at_once: int = 1000,
) -> mqtt.Client:  # fmt: skip
    """A client that comes back by itself with growing pauses. `connect(...)` starts it.

    With `keep` the broker keeps its session, by `client_id`, while it is away. `at_once` is how many messages without an
    acknowledgement may be on their way, in both directions.
    """
    protocol = broker.protocol()
    made = mqtt.Client(
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
