"""Uplinks of LoRaWAN network servers: ChirpStack v4 and The Things Stack v3, both leave out what is empty, zero or false."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from pasti.telemetry.rules.decoded import Decoded, Sample, Unreadable
from pasti.telemetry.rules.decoding import Wrong, moment, parsed
from pasti.telemetry.rules.payloads import DECODERS

OBJECT = "object"  # the decoder's name when the network server decodes


@dataclass(frozen=True, slots=True)
class Uplink:
    """What a device sent through a network server. `time` is when the server got it: the same in every copy of it."""

    dev_eui: str
    time: dt.datetime | None
    port: int
    data: bytes
    object: dict[str, Any] = field(default_factory=dict)
    battery_percent: float | None = None
    signal_dbm: float | None = None


def chirpstack(payload: bytes) -> Uplink | Unreadable:
    """An `event/up` of ChirpStack v4 in JSON."""
    body = parsed(payload)
    if isinstance(body, Unreadable):
        return body
    if not isinstance(body, dict) or not isinstance(body.get("deviceInfo"), dict):
        return Unreadable(
            "bukan pesan 'up' ChirpStack: tanpa 'deviceInfo'", "no ChirpStack 'up' message: it has no 'deviceInfo'"
        )
    try:
        return Uplink(
            _eui(body["deviceInfo"].get("devEui")), moment(body.get("time")), _port(body.get("fPort")),
            _bytes(body.get("data")), _fields(body.get("object")), None, _strongest(body.get("rxInfo")),
        )  # fmt: skip
    except Wrong as wrong:
        return wrong.unreadable()


def things_stack(payload: bytes) -> Uplink | Unreadable:
    """An uplink of The Things Stack v3 in JSON."""
    body = parsed(payload)
    if isinstance(body, Unreadable):
        return body
    if not isinstance(body, dict):
        return Unreadable("bukan pesan The Things Stack", "no message of The Things Stack")
    ids, up = body.get("end_device_ids"), body.get("uplink_message")
    if not isinstance(ids, dict) or not isinstance(up, dict):
        return Unreadable(
            "bukan pesan uplink The Things Stack: tanpa 'end_device_ids' atau 'uplink_message'",
            "no uplink of The Things Stack: it has no 'end_device_ids' or 'uplink_message'",
        )
    try:
        battery = up.get("last_battery_percentage")
        return Uplink(
            _eui(ids.get("dev_eui")), moment(up.get("received_at", body.get("received_at"))), _port(up.get("f_port")),
            _bytes(up.get("frm_payload")), _fields(up.get("decoded_payload")),
            _battery(battery), _strongest(up.get("rx_metadata")),
        )  # fmt: skip
    except Wrong as wrong:
        return wrong.unreadable()


def decoded(uplink: Uplink, decoder: str) -> Decoded | Unreadable:
    """The values of an uplink, read by the device's own decoder."""
    if decoder == OBJECT:
        samples = [Sample(name, uplink.time, value) for name, value in _flat(uplink.object)]
        if not samples:
            return Unreadable(
                "server jaringan tidak menguraikan muatan ini", "the network server did not decode this payload"
            )
        return _with_health(samples, uplink)
    read = DECODERS.get(decoder)
    if read is None:
        return Unreadable(f"pengurai {decoder!r} bukan untuk LoRaWAN", f"decoder {decoder!r} is not for LoRaWAN")
    values = read(uplink.data, uplink.port)
    if isinstance(values, Unreadable):
        return values
    return _with_health([Sample(one.field, one.time or uplink.time, one.value, one.unit) for one in values], uplink)


def _with_health(samples: list[Sample], uplink: Uplink) -> Decoded:
    said = next((one.value for one in samples if one.field == "battery" and isinstance(one.value, int | float)), None)
    battery = uplink.battery_percent if said is None else float(said)
    return Decoded(tuple(samples), battery, uplink.signal_dbm)


def _flat(values: dict[str, Any], before: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in values.items():
        if isinstance(value, dict):
            found += _flat(value, f"{before}{name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found.append((f"{before}{name}", float(value)))
        elif value is None or isinstance(value, str | bool):
            found.append((f"{before}{name}", value))
    return found


def _eui(value: Any) -> str:
    text = str(value or "").lower().replace("-", "").replace(":", "")
    if len(text) != 16 or any(character not in "0123456789abcdef" for character in text):
        raise Wrong("pesan tanpa DevEUI yang benar", "a message without a proper DevEUI")
    return text


def _port(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value <= 255 else 0


def _bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(value or "", validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise Wrong("muatan bukan base64", "the payload is not base64") from None


def _fields(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _battery(value: Any) -> float | None:
    number = value.get("value") if isinstance(value, dict) else value
    return float(number) if isinstance(number, int | float) and not isinstance(number, bool) else None


def _strongest(gateways: Any) -> float | None:
    """The best signal of all gateways that heard it, in dBm; a gateway without one said 0, which was left out."""
    if not isinstance(gateways, list):
        return None
    heard = [one["rssi"] for one in gateways if isinstance(one, dict) and isinstance(one.get("rssi"), int | float)]
    return float(max(heard)) if heard else None
