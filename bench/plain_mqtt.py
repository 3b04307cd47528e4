"""MQTT 3.1.1 over a plain socket: as much of it as a sender and a subscriber with nothing else to do need."""

from __future__ import annotations

import socket
import struct
from collections.abc import Sequence

CONNACK, PUBLISH, PUBACK, SUBACK = 0x20, 0x30, 0x40, 0x90


class Line:
    """A signed-in connection to the broker on a port of this machine."""

    def __init__(self, port: int, name: str, user: str, password: str):
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""
        said = b"\x00\x04MQTT\x04\xc2\x00\x00" + b"".join(map(_text, (name.encode(), user.encode(), password.encode())))
        self.socket.sendall(_packet(0x10, said))
        ((kind, body),) = self._read(1)
        assert (kind, body[1]) == (CONNACK, 0), "not let in"

    def subscribe(self, topic: str) -> None:
        """Ask for a topic at QoS 1."""
        self.socket.sendall(_packet(0x82, b"\x00\x01" + _text(topic.encode()) + b"\x01"))
        ((kind, body),) = self._read(1)
        assert (kind, body[2]) == (SUBACK, 1), "not allowed"

    def publish(self, topic: str, messages: Sequence[bytes], window: int) -> None:
        """Send the messages at QoS 1, `window` of them at most without an acknowledgement; returns when all have one."""
        head, sent, taken = _text(topic.encode()), 0, 0
        while taken < len(messages):
            room = messages[sent : taken + window]
            self.socket.sendall(
                b"".join(
                    _packet(0x32, head + struct.pack("!H", (sent + at) % 65535 + 1) + one)
                    for at, one in enumerate(room)
                )
            )
            sent += len(room)
            taken += sum(kind == PUBACK for kind, _ in self._read(1))

    def acknowledge(self, count: int) -> None:
        """Take messages and acknowledge them until `count` have come."""
        while count > 0:
            said = []
            for kind, body in self._read(1):
                if kind & 0xF0 == PUBLISH:
                    topic = int.from_bytes(body[:2])
                    said.append(b"\x40\x02" + body[2 + topic : 4 + topic])
            self.socket.sendall(b"".join(said))
            count -= len(said)

    def close(self) -> None:
        """Say goodbye."""
        self.socket.sendall(b"\xe0\x00")
        self.socket.close()

    def _read(self, least: int) -> list[tuple[int, bytes]]:
        """The packets that have come, at least so many."""
        found: list[tuple[int, bytes]] = []
        while len(found) < least:
            got = self.socket.recv(1 << 18)
            assert got, "the broker hung up"
            data, at = self._rest + got, 0
            while (packet := _first(data, at)) is not None:
                kind, begins, at = packet
                found.append((kind, data[begins:at]))
            self._rest = data[at:]
        return found


def _first(data: bytes, at: int) -> tuple[int, int, int] | None:
    """The packet at a place: its kind, where its body begins and ends; None when it is not whole."""
    length, shift, place = 0, 0, at + 1
    while place < len(data):
        length |= (data[place] & 127) << shift
        place, shift = place + 1, shift + 7
        if data[place - 1] < 128:
            return (data[at], place, place + length) if place + length <= len(data) else None
    return None


def _text(text: bytes) -> bytes:
    return struct.pack("!H", len(text)) + text


def _packet(kind: int, body: bytes) -> bytes:
    length, written = len(body), b""
    while True:
        length, rest = divmod(length, 128)
        written += bytes([rest | 128 if length else rest])
        if not length:
            return bytes([kind]) + written + body
