"""Topics of the broker: what they mean, and who may write and read them.

`v1.1/Datastreams(N)/Observations` is the standard's (18-088, 14): publishing there creates, subscribing tells. The others
are ours (`pas/<device>/...`) or those of LoRaWAN network servers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

STA = re.compile(r"v1\.1/Datastreams\((\d{1,18})\)/Observations")
PLAIN = re.compile(r"pas/([a-z0-9][a-z0-9-]{1,59})/(up|ack)")
CHIRPSTACK = re.compile(r"application/[^/]+/device/([0-9A-Fa-f]{16})/event/up")
THINGS_STACK = re.compile(r"v3/[^/]+/devices/[^/]+/up")

INGEST_FILTERS = (
    "v1.1/+/Observations", "pas/+/up", "pas/+/ack", "application/+/device/+/event/up", "v3/+/devices/+/up",
)  # fmt: skip
SHARED = "$share/ingest/"
ALL_OBSERVATIONS = "v1.1/Observations"


class Kind(StrEnum):
    """What a message on a topic is."""

    STA = "sta"
    PLAIN = "plain"
    ACK = "ack"
    CHIRPSTACK = "chirpstack"
    THINGS_STACK = "things_stack"


@dataclass(frozen=True, slots=True)
class Address:
    """A topic understood: its kind, and the datastream, device code or DevEUI in it."""

    kind: Kind
    key: str


@lru_cache(10_000)  # the same few thousand, over and over
def understood(topic: str) -> Address | None:
    """What a topic means; None when it is none of those that are taken in."""
    if found := STA.fullmatch(topic):
        return Address(Kind.STA, found[1])
    if found := PLAIN.fullmatch(topic):
        return Address(Kind.PLAIN if found[2] == "up" else Kind.ACK, found[1])
    if found := CHIRPSTACK.fullmatch(topic):
        return Address(Kind.CHIRPSTACK, found[1].lower())
    return Address(Kind.THINGS_STACK, "") if THINGS_STACK.fullmatch(topic) else None


def observations_of(datastream: int) -> str:
    """The topic of a datastream's observations."""
    return f"v1.1/Datastreams({datastream})/Observations"


@dataclass(frozen=True)
class Account:
    """Who signs in to the broker, and the topic filters they may write to and read from. An empty user is anybody."""

    user: str
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()

    def may_write(self, topic: str) -> bool:
        """Whether a message to `topic` is passed on."""
        return any(matches(allowed, topic) for allowed in self.writes)

    def may_read(self, wanted: str) -> bool:
        """Whether `wanted`, a topic or a filter, lies within what may be read. A shared subscription is its filter."""
        if wanted.startswith("$share/"):
            wanted = wanted.split("/", 2)[2] if wanted.count("/") >= 2 else ""
        return any(covers(allowed, wanted) for allowed in self.reads)


def matches(pattern: str, topic: str) -> bool:
    """Whether a topic fits a filter (MQTT 5, 4.7)."""
    return "+" not in topic and "#" not in topic and covers(pattern, topic)


def covers(pattern: str, wanted: str) -> bool:
    """Whether every topic of the filter `wanted` fits `pattern`."""
    ours, theirs = pattern.split("/"), wanted.split("/")
    if theirs[0].startswith("$") and ours[0] in ("#", "+"):
        return False
    for index, level in enumerate(ours):
        if level == "#":
            return True
        if index >= len(theirs) or theirs[index] == "#" or (level != "+" and level != theirs[index]):
            return False
    return len(ours) == len(theirs)


ANYBODY = Account("", reads=("v1.1/#",))
INGEST = "pasti-ingest"
SIREN = "pasti-siren"
LORAWAN = "pasti-lorawan"
SERVICES = (
    Account(INGEST, writes=("v1.1/#",), reads=INGEST_FILTERS),
    Account(SIREN, writes=("pas/+/down", "pas/+/down/#"), reads=("pas/+/ack", "pas/+/status")),
    Account(LORAWAN, writes=("application/#", "v3/#"), reads=("application/+/device/+/command/#", "v3/+/devices/+/down/#")),
)  # fmt: skip


def of_device(code: str, datastreams: Iterable[int]) -> Account:
    """What a device may do: write to its own topics and streams, read its own commands and what is public."""
    own = (f"pas/{code}/up", f"pas/{code}/ack", f"pas/{code}/status")
    streams = tuple(observations_of(one) for one in sorted(datastreams))
    return Account(code, own + streams, (f"pas/{code}/down", f"pas/{code}/down/#", *ANYBODY.reads))
