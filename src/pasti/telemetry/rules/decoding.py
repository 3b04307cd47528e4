"""Reading the messages devices send: our plain JSON, SenML (RFC 8428), SensorThings observations (OGC 18-088).

Nothing is raised: a message that cannot be read is a value that says why.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass
from typing import Any

import msgspec

from pasti.telemetry.rules.decoded import Decoded, Sample, Unreadable

LONGEST = 256 * 1024  # bytes of a message
MOST = 5000  # values in a message
MILLISECONDS = 10**11  # a number of time above this counts milliseconds, below it seconds
RELATIVE = 2**28  # RFC 8428, 4.5.3: a time below it is relative to now


@dataclass(frozen=True, slots=True)
class StaObservation:
    """An observation as SensorThings writes it; what the sender left out is None."""

    result: Any
    time: dt.datetime | None
    end: dt.datetime | None = None
    result_time: dt.datetime | None = None
    valid: tuple[dt.datetime, dt.datetime] | None = None
    parameters: dict[str, Any] | None = None
    result_quality: Any = None
    feature_id: int | None = None
    published: bool = False  # one of our own publications, which comes back by the same topic


class Wrong(ValueError):
    """Inside these modules: the reason found deep down, Indonesian and English."""

    def __init__(self, reason: str, reason_en: str):
        super().__init__(reason, reason_en)

    def unreadable(self) -> Unreadable:
        """The same as a value."""
        return Unreadable(*self.args)


def parsed(payload: bytes) -> Any:
    """The JSON of a message. NUL, which the database cannot keep, and numbers that are none are refused."""
    if len(payload) > LONGEST:
        return Unreadable(
            f"pesan lebih panjang dari {LONGEST // 1024} KB", f"the message is longer than {LONGEST // 1024} KB"
        )
    nul = rb"\u0000" in payload or b"\x00" in payload
    if not nul:
        try:
            return msgspec.json.decode(payload)  # four times as fast; what it does not take may still be JSON of a kind
        except (msgspec.DecodeError, ValueError, RecursionError):
            pass
    try:
        text = payload.decode()
        if nul:
            return Unreadable("pesan mengandung karakter NUL", "the message contains a NUL character")
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return Unreadable(f"bukan JSON: {error}"[:200], f"not JSON: {error}"[:200])


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} bukan angka")


def moment(value: Any) -> dt.datetime | None:
    """An aware moment from ISO 8601 text with its zone, or seconds or milliseconds since 1970; None stays None."""
    if value is None:
        return None
    try:
        if isinstance(value, str):
            found = dt.datetime.fromisoformat(value.replace("Z", "+00:00"))
            if found.tzinfo is None:
                raise Wrong(f"waktu {value!r} tanpa zona waktu", f"time {value!r} without a time zone")
            return found.astimezone(dt.UTC)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return dt.datetime.fromtimestamp(value / 1000 if value > MILLISECONDS else value, dt.UTC)
    except Wrong:
        raise
    except (ValueError, OverflowError, OSError):
        pass
    shown = str(value)[:60]
    raise Wrong(f"waktu {shown!r} tidak terbaca", f"time {shown!r} cannot be read")


def plain(payload: bytes, received: dt.datetime) -> Decoded | Unreadable:
    """Our plain JSON: `{"ts": ..., "values": {...}, "battery": %, "rssi": dBm}`, a list of such, or SenML."""
    body = parsed(payload)
    if isinstance(body, Unreadable):
        return body
    records = body if isinstance(body, list) else [body]
    if not records or not all(isinstance(one, dict) for one in records):
        return Unreadable(
            "pesan bukan objek JSON atau daftar objek", "the message is neither a JSON object nor a list of them"
        )
    try:
        if "values" in records[0]:
            return _plain_records(records)
        return _senml(records, received)
    except Wrong as wrong:
        return wrong.unreadable()


def _plain_records(records: list[dict[str, Any]]) -> Decoded:
    samples: list[Sample] = []
    for one in records:
        values, time = one.get("values"), moment(one.get("ts"))
        if not isinstance(values, dict):
            raise Wrong("'values' bukan objek", "'values' is no object")
        samples += [Sample(name, time, _scalar(name, value)) for name, value in values.items()]
    _check(samples)
    newest = records[-1]
    return Decoded(tuple(samples), _number(newest, "battery"), _number(newest, "rssi"))


def _senml(records: list[dict[str, Any]], received: dt.datetime) -> Decoded:
    """SenML (RFC 8428): base fields carry on to the records after them."""
    base: dict[str, Any] = {}
    samples: list[Sample] = []
    for one in records:
        base |= {key: one[key] for key in ("bn", "bt", "bu", "bv") if key in one}
        name = f"{base.get('bn', '')}{one.get('n', '')}"
        value = next((one[key] for key in ("v", "vs", "vb") if key in one), None)
        if value is None or not name:
            if {"bn", "bt", "bu", "bv"} & one.keys() and value is None:
                continue
            raise Wrong("rekam SenML tanpa nama atau nilai", "a SenML record without a name or a value")
        if "v" in one:
            value = _scalar(name, value)
            value = value + _scalar(name, base.get("bv", 0)) if isinstance(value, float) else value
        samples.append(Sample(name, _senml_time(base, one, received), _scalar(name, value), _unit(base, one)))
    _check(samples)
    return Decoded(tuple(samples))


def _unit(base: dict[str, Any], one: dict[str, Any]) -> str:
    return str(one.get("u", base.get("bu", "")))


def _senml_time(base: dict[str, Any], one: dict[str, Any], received: dt.datetime) -> dt.datetime | None:
    if "t" not in one and "bt" not in base:
        return None
    numbers = [base.get("bt", 0), one.get("t", 0)]
    if not all(isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n) for n in numbers):
        raise Wrong("waktu SenML bukan angka", "the SenML time is no number")
    seconds = sum(numbers)
    return received + dt.timedelta(seconds=seconds) if abs(seconds) < RELATIVE else moment(seconds)


def _check(samples: list[Sample]) -> None:
    if not samples:
        raise Wrong("pesan tanpa nilai", "a message without a value")
    if len(samples) > MOST:
        raise Wrong(f"lebih dari {MOST} nilai dalam satu pesan", f"more than {MOST} values in one message")


def _scalar(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            raise Wrong(f"nilai {name!r} di luar jangkauan", f"value {name!r} is out of range") from None
    raise Wrong(
        f"nilai {name!r} bukan angka, teks, atau benar/salah", f"value {name!r} is no number, text or truth value"
    )


def _number(record: dict[str, Any], key: str) -> float | None:
    value = record.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def sta_observation(payload: bytes) -> StaObservation | Unreadable:
    """An Observation in SensorThings JSON, as published to `v1.1/Datastreams(N)/Observations`."""
    body = parsed(payload)
    if isinstance(body, Unreadable):
        return body
    if not isinstance(body, dict) or "result" not in body:
        return Unreadable(
            "bukan Observation SensorThings: tanpa 'result'", "no SensorThings Observation: it has no 'result'"
        )
    if "@iot.selfLink" in body:
        return StaObservation(None, None, published=True)
    try:
        begins, end = _interval(body.get("phenomenonTime"))
        valid = _interval(body.get("validTime"))
        return StaObservation(
            body["result"], begins, end, moment(body.get("resultTime")),
            (valid[0], valid[1]) if valid[0] and valid[1] else None, _object(body, "parameters"),
            body.get("resultQuality"), _feature(body),
        )  # fmt: skip
    except Wrong as wrong:
        return wrong.unreadable()


def _interval(value: Any) -> tuple[dt.datetime | None, dt.datetime | None]:
    if isinstance(value, str) and "/" in value:
        first, _, last = value.partition("/")
        begins, end = moment(first), moment(last)
        if begins and end and end < begins:
            raise Wrong("selang waktu terbalik", "the interval ends before it begins")
        return begins, end
    return moment(value), None


def _object(body: dict[str, Any], key: str) -> dict[str, Any] | None:
    value = body.get(key)
    if value is not None and not isinstance(value, dict):
        raise Wrong(f"{key!r} bukan objek", f"{key!r} is no object")
    return value


def _feature(body: dict[str, Any]) -> int | None:
    linked = body.get("FeatureOfInterest")
    if linked is None:
        return None
    number = linked.get("@iot.id") if isinstance(linked, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**63:
        raise Wrong(
            "FeatureOfInterest lewat MQTT hanya dengan '@iot.id'",
            "a FeatureOfInterest by MQTT is named by '@iot.id' only",
        )
    return number
