"""What happens to measurements that others may care about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class WatchedReadings:
    """New readings of watched datastreams were stored; `datastreams` are their ids. The readings are to be looked up."""

    name: ClassVar[str] = "telemetry.WatchedReadings"
    datastreams: list[int]
    earliest: dt.datetime


@dataclass(frozen=True)
class DeviceFellSilent:
    """A device has sent nothing for longer than it may."""

    name: ClassVar[str] = "telemetry.DeviceFellSilent"
    device: str
    since: dt.datetime
    datastreams: list[int]


@dataclass(frozen=True)
class DeviceHeardAgain:
    """A silent device sends again."""

    name: ClassVar[str] = "telemetry.DeviceHeardAgain"
    device: str
    datastreams: list[int]


@dataclass(frozen=True)
class DeviceAnswered:
    """A device answered to a command, by its topic `pas/<device>/ack`; `answer` is what it sent, as JSON."""

    name: ClassVar[str] = "telemetry.DeviceAnswered"
    device: str
    answer: dict[str, Any]
