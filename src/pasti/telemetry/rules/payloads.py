"""The bytes of LoRaWAN devices, kind by kind, after their makers' documents. Big-endian unless said otherwise.

Each decoder takes the bytes and the port and gives fields with their units, or why it cannot.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pasti.telemetry.rules.decoded import Unreadable


@dataclass(frozen=True, slots=True)
class Value:
    """One value out of a payload. `time` only when the payload itself carries one (stored values sent later)."""

    field: str
    value: float
    unit: str = ""
    time: dt.datetime | None = None


Values = list[Value] | Unreadable

# Cayenne Low Power Payload (myDevices, github.com/myDevicesIoT/CayenneLPP): type -> name, bytes a part, parts, signed,
# resolution, unit. Where there are parts, the field is `name_channel_part`.
_LPP: dict[int, tuple[str, int, tuple[str, ...], bool, float, str]] = {
    0: ("digital_in", 1, ("",), False, 1, ""),
    1: ("digital_out", 1, ("",), False, 1, ""),
    2: ("analog_in", 2, ("",), True, 0.01, ""),
    3: ("analog_out", 2, ("",), True, 0.01, ""),
    100: ("generic", 4, ("",), False, 1, ""),
    101: ("illuminance", 2, ("",), False, 1, "lx"),
    102: ("presence", 1, ("",), False, 1, ""),
    103: ("temperature", 2, ("",), True, 0.1, "Cel"),
    104: ("humidity", 1, ("",), False, 0.5, "%"),
    113: ("accelerometer", 2, ("_x", "_y", "_z"), True, 0.001, ""),
    115: ("barometer", 2, ("",), False, 0.1, "hPa"),
    116: ("voltage", 2, ("",), False, 0.01, "V"),
    117: ("current", 2, ("",), False, 0.001, "A"),
    120: ("percentage", 1, ("",), False, 1, "%"),
    121: ("altitude", 2, ("",), True, 1, "m"),
    130: ("distance", 4, ("",), False, 0.001, "m"),
    134: ("gyrometer", 2, ("_x", "_y", "_z"), True, 0.01, ""),
}
_GPS = 136  # three bytes each: latitude and longitude in 0.0001 degrees, altitude in 0.01 m, all signed


def cayenne(data: bytes, port: int) -> Values:
    """Cayenne LPP: channel, type, value, again and again."""
    found: list[Value] = []
    at = 0
    while at < len(data):
        channel, kind = data[at], data[at + 1] if at + 1 < len(data) else -1
        taken = _lpp_gps(data, at, channel) if kind == _GPS else _lpp_value(data, at, channel, kind)
        if isinstance(taken, Unreadable):
            return taken
        values, at = taken
        found += values
    return found or Unreadable("muatan kosong", "the payload is empty")


def _lpp_value(data: bytes, at: int, channel: int, kind: int) -> tuple[list[Value], int] | Unreadable:
    if kind not in _LPP:
        return Unreadable(
            f"jenis Cayenne {kind} tidak dikenal pada bita {at}", f"unknown Cayenne type {kind} at byte {at}"
        )
    name, size, parts, signed, step, unit = _LPP[kind]
    end = at + 2 + size * len(parts)
    if end > len(data):
        return _cut_off(at)
    values = []
    for index, part in enumerate(parts):
        begins = at + 2 + size * index
        raw = int.from_bytes(data[begins : begins + size], "big", signed=signed)
        values.append(Value(f"{name}_{channel}{part}", round(raw * step, 4), unit))
    return values, end


def _lpp_gps(data: bytes, at: int, channel: int) -> tuple[list[Value], int] | Unreadable:
    if at + 11 > len(data):
        return _cut_off(at)
    latitude, longitude, altitude = (
        int.from_bytes(data[at + 2 + 3 * index : at + 5 + 3 * index], "big", signed=True) for index in range(3)
    )
    return [
        Value(f"gps_{channel}_latitude", round(latitude * 0.0001, 4), "deg"),
        Value(f"gps_{channel}_longitude", round(longitude * 0.0001, 4), "deg"),
        Value(f"gps_{channel}_altitude", round(altitude * 0.01, 2), "m"),
    ], at + 11


# Lengths of the channels of Milesight EM500-UDL without values (github.com/Milesight-IoT/SensorDecoders, em500-udl).
_MILESIGHT_ATTRIBUTES = {0x01: 1, 0x09: 2, 0x0A: 2, 0x0B: 1, 0x0F: 1, 0x16: 8, 0xFE: 1, 0xFF: 2}


def milesight_em500_udl(data: bytes, port: int) -> Values:
    """Milesight EM500-UDL, ultrasonic distance: channel, type, value; little-endian. Stored values carry their time."""
    found: list[Value] = []
    at = 0
    while at + 2 <= len(data):
        channel, kind = data[at], data[at + 1]
        size = _MILESIGHT_ATTRIBUTES.get(kind) if channel == 0xFF else _MILESIGHT_SIZES.get((channel, kind))
        if size is None:
            name = f"{channel:02X}{kind:02X}"
            return Unreadable(
                f"kanal Milesight {name} tidak dikenal pada bita {at}", f"unknown Milesight channel {name} at byte {at}"
            )
        body = data[at + 2 : at + 2 + size]
        if len(body) < size:
            return _cut_off(at)
        found += _milesight_value(channel, body)
        at += 2 + size
    if at == len(data) and found:
        return found
    return Unreadable("muatan tanpa nilai, atau terpotong", "the payload has no value, or is cut off")


_MILESIGHT_SIZES = {(0x01, 0x75): 1, (0x03, 0x82): 2, (0x83, 0xE9): 5, (0x20, 0xCE): 6}


def _milesight_value(channel: int, body: bytes) -> Iterator[Value]:
    if channel == 0x01:
        yield Value("battery", body[0], "%")
    elif channel in (0x03, 0x83):
        yield Value("distance", struct.unpack_from("<H", body)[0], "mm")
    elif channel == 0x20:
        moment, distance = struct.unpack("<IH", body)
        yield Value("distance", distance, "mm", dt.datetime.fromtimestamp(moment, dt.UTC))


_NOTHING_SEEN, _TOO_NEAR = (
    0,
    20,
)  # what LDDS75 says when no probe answers, and when the object is closer than it can see


def dragino_ldds75(data: bytes, port: int) -> Values:
    """Dragino LDDS75, ultrasonic distance (its manual, 2.3): battery mV, distance mm, interrupt, DS18B20 in 0.1 °C, flag.

    Also of its follower DDS75-LB/LS: the same eight bytes on port 2. A distance it could not take is left out.
    """
    if port != 2:
        return Unreadable(f"pangkalan {port} bukan pangkalan nilai LDDS75", f"port {port} carries no LDDS75 values")
    if len(data) < 4:
        return Unreadable("muatan LDDS75 terpotong", "the LDDS75 payload is cut off")
    battery, distance = struct.unpack_from(">HH", data)
    found = [Value("battery_voltage", (battery & 0x3FFF) / 1000, "V")]
    if distance != _NOTHING_SEEN and distance >= _TOO_NEAR:
        found.append(Value("distance", distance, "mm"))
    if len(data) >= 7:
        temperature = struct.unpack_from(">h", data, 5)[0]
        if temperature:  # zero when no probe is connected
            found.append(Value("temperature", temperature / 10, "Cel"))
    return found


def _cut_off(at: int) -> Unreadable:
    return Unreadable(f"muatan terpotong pada bita {at}", f"the payload is cut off at byte {at}")


DECODERS: dict[str, Callable[[bytes, int], Values]] = {
    "cayenne-lpp": cayenne,
    "milesight-em500-udl": milesight_em500_udl,
    "dragino-ldds75": dragino_ldds75,
}
