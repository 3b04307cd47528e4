"""Reading what devices send, with the examples of those who made the formats, and whatever else may come."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasti.telemetry.rules import decoding, payloads, uplinks
from pasti.telemetry.rules.decoded import Decoded, Field, Sample, Unreadable, placed
from pasti.telemetry.rules.decoding import StaObservation
from pasti.telemetry.rules.payloads import Value

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
AT = dt.datetime(2026, 11, 20, 11, 59, 30, tzinfo=dt.UTC)


def values(found: Any) -> dict[str, Any]:
    assert not isinstance(found, Unreadable), found
    return {one.field: one.value for one in found}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        # The examples of the Cayenne LPP document of myDevices.
        ("03 67 01 10 05 67 00 FF", {"temperature_3": 27.2, "temperature_5": 25.5}),
        ("01 67 FF D7", {"temperature_1": -4.1}),
        (
            "06 71 04 D2 FB 2E 00 00",
            {"accelerometer_6_x": 1.234, "accelerometer_6_y": -1.234, "accelerometer_6_z": 0.0},
        ),
        (
            "01 88 06 76 5F F2 96 0A 00 03 E8",
            {"gps_1_latitude": 42.3519, "gps_1_longitude": -87.9094, "gps_1_altitude": 10.0},
        ),
    ],
)
def test_cayenne_reads_its_makers_examples(sent: str, said: dict[str, float]) -> None:
    assert values(payloads.cayenne(bytes.fromhex(sent), 1)) == said


def test_milesight_reads_its_makers_example_and_what_it_stored() -> None:
    assert values(payloads.milesight_em500_udl(bytes.fromhex("017564 03821E00"), 85)) == {
        "battery": 100,
        "distance": 30,
    }
    kept = payloads.milesight_em500_udl(bytes.fromhex("20CE") + (1_700_000_000).to_bytes(4, "little") + b"\x10\x27", 85)
    assert kept == [Value("distance", 10000, "mm", dt.datetime.fromtimestamp(1_700_000_000, dt.UTC))]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        # Battery 0B45 = 2885 mV, distance 0B05 = 2821 mm, probe 0105 = 26.1 and FF3F = -19.3 degrees: the maker's manual.
        ("0B45 0B05 00 0105 01", {"battery_voltage": 2.885, "distance": 2821, "temperature": 26.1}),
        ("0B45 0B05 00 FF3F 01", {"battery_voltage": 2.885, "distance": 2821, "temperature": -19.3}),
        ("0B45 0000 00 0000 00", {"battery_voltage": 2.885}),  # no sensor
        ("0B45 0013 00 0000 01", {"battery_voltage": 2.885}),  # nearer than it can see
    ],
)
def test_dragino_reads_its_makers_examples(sent: str, said: dict[str, float]) -> None:
    assert values(payloads.dragino_ldds75(bytes.fromhex(sent), 2)) == said


@given(st.binary(max_size=80), st.integers(0, 255), st.sampled_from(sorted(payloads.DECODERS)))
@settings(max_examples=150, deadline=None)
def test_no_bytes_break_a_decoder(data: bytes, port: int, decoder: str) -> None:
    found = payloads.DECODERS[decoder](data, port)
    assert isinstance(found, Unreadable) or all(isinstance(one.value, int | float) for one in found)


def test_plain_json_with_its_own_clock() -> None:
    sent = {"ts": "2026-11-20T18:59:30+07:00", "values": {"level": 123.5, "lid": False}, "battery": 80, "rssi": -97}
    assert decoding.plain(json.dumps(sent).encode(), NOW) == Decoded(
        (Sample("level", AT, 123.5), Sample("lid", AT, False)), 80.0, -97.0
    )


@pytest.mark.parametrize("ts", [AT.timestamp(), AT.timestamp() * 1000, "2026-11-20T11:59:30Z"])
def test_a_time_in_seconds_milliseconds_or_text_is_the_same_moment(ts: Any) -> None:
    found = decoding.plain(json.dumps([{"ts": ts, "values": {"a": 1}}]).encode(), NOW)
    assert found == Decoded((Sample("a", AT, 1.0),))


def test_senml_reads_the_example_of_its_standard() -> None:
    # RFC 8428, 5.1.3, shortened: base fields carry on, times below 2**28 are relative.
    sent = b"""[{"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,"bu":"A","bver":5,
      "n":"voltage","u":"V","v":120.1},{"n":"current","t":-5,"v":1.2},{"n":"current","v":1.7}]"""
    found = decoding.plain(sent, NOW)
    assert isinstance(found, Decoded)
    base = dt.datetime.fromtimestamp(1276020076.001, dt.UTC)
    name = "urn:dev:ow:10e2073a0108006:"
    assert found.samples == (
        Sample(f"{name}voltage", base, 120.1, "V"),
        Sample(f"{name}current", base - dt.timedelta(seconds=5), 1.2, "A"),
        Sample(f"{name}current", base, 1.7, "A"),
    )
    assert decoding.plain(b'[{"n":"level","u":"m","v":1.5,"t":-60}]', NOW) == Decoded(
        (Sample("level", NOW - dt.timedelta(minutes=1), 1.5, "m"),)
    )


def test_an_observation_of_the_standard() -> None:
    sent = b'{"result": 4.5, "phenomenonTime": "2026-11-20T11:59:30Z", "parameters": {"lid": 1}}'
    assert decoding.sta_observation(sent) == StaObservation(4.5, AT, parameters={"lid": 1})
    assert decoding.sta_observation(b'{"result": 4.5}') == StaObservation(4.5, None)
    assert decoding.sta_observation(b'{"result": 1, "@iot.selfLink": "x"}') == StaObservation(
        None, None, published=True
    )


CHIRPSTACK = {
    "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d", "time": "2026-11-20T11:59:30.000000Z",
    "deviceInfo": {"tenantName": "Kota", "applicationId": "17c82e96", "deviceProfileName": "UDL", "deviceName": "d1",
                   "devEui": "24E124713D012345", "tags": {}},
    "devAddr": "00189440", "adr": True, "dr": 1, "fCnt": 4, "fPort": 85, "confirmed": False, "data": "AXVkA4IeAA==",
    "rxInfo": [{"gatewayId": "a", "rssi": -101, "snr": 6.5}, {"gatewayId": "b", "rssi": -48, "snr": 9}],
}  # fmt: skip
THINGS_STACK = {
    "end_device_ids": {"device_id": "d1", "dev_eui": "24E124713D012345", "application_ids": {"application_id": "app1"}},
    "received_at": "2026-11-20T11:59:30.500Z",
    "uplink_message": {"f_port": 85, "frm_payload": "AXVkA4IeAA==", "received_at": "2026-11-20T11:59:30Z",
                       "rx_metadata": [{"gateway_ids": {"gateway_id": "a"}, "rssi": -60}]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("read", "sent", "signal"), [(uplinks.chirpstack, CHIRPSTACK, -48), (uplinks.things_stack, THINGS_STACK, -60)]
)
def test_an_uplink_of_a_network_server(read: Any, sent: dict[str, Any], signal: float) -> None:
    uplink = read(json.dumps(sent).encode())
    assert (uplink.dev_eui, uplink.time, uplink.port) == ("24e124713d012345", AT, 85)
    found = uplinks.decoded(uplink, "milesight-em500-udl")
    assert found == Decoded((Sample("battery", AT, 100, "%"), Sample("distance", AT, 30, "mm")), 100.0, signal)


def test_what_the_things_stack_leaves_out_because_it_is_zero_is_no_fault() -> None:
    sent = {**THINGS_STACK, "uplink_message": {"received_at": "2026-11-20T11:59:30Z"}}
    uplink = uplinks.things_stack(json.dumps(sent).encode())
    assert isinstance(uplink, uplinks.Uplink)
    assert (uplink.port, uplink.data, uplink.signal_dbm) == (0, b"", None)
    assert isinstance(uplinks.decoded(uplink, "cayenne-lpp"), Unreadable)


def test_what_the_network_server_decoded_is_taken_with_its_nesting() -> None:
    sent = CHIRPSTACK | {"object": {"distance": 1.25, "status": {"battery": 91, "tilted": False}}}
    found = uplinks.decoded(uplinks.chirpstack(json.dumps(sent).encode()), "object")  # type: ignore[arg-type]
    assert values(found.samples) == {"distance": 1.25, "status.battery": 91.0, "status.tilted": False}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"\xff\x00", "bukan JSON"),
        (b"[" * 100_000, "bukan JSON"),
        (b'{"ts": 1, "values": {"a": NaN}}', "bukan angka"),
        (b'{"ts": 1, "values": {"a\\u0000": 1}}', "NUL"),
        (b'{"ts": "2026-11-20T12:00:00", "values": {"a": 1}}', "tanpa zona waktu"),
        (b'{"ts": "kemarin", "values": {"a": 1}}', "tidak terbaca"),
        (b'{"ts": 1, "values": {"a": [1]}}', "bukan angka, teks"),
        (b'{"ts": 1, "values": {}}', "tanpa nilai"),
        (b'{"ts": 1, "values": {"a": 1' + b"0" * 400 + b"}}", "di luar jangkauan"),
        (b"7", "bukan objek"),
        (b'"' + b"x" * 300_000 + b'"', "lebih panjang"),
    ],
)
def test_what_cannot_be_read_says_why(sent: bytes, why: str) -> None:
    found = decoding.plain(sent, NOW)
    assert isinstance(found, Unreadable)
    assert why in found.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
SHAPES = st.fixed_dictionaries(
    {},
    optional={
        "ts": JSON, "values": JSON, "battery": JSON, "rssi": JSON, "result": JSON, "phenomenonTime": JSON, "n": JSON,
        "v": JSON, "bt": JSON, "bn": JSON, "t": JSON, "deviceInfo": JSON, "data": JSON, "rxInfo": JSON, "object": JSON,
        "end_device_ids": JSON, "uplink_message": JSON, "parameters": JSON, "FeatureOfInterest": JSON, "validTime": JSON,
    },
)  # fmt: skip


@given(st.one_of(JSON, SHAPES, st.lists(SHAPES, max_size=3)))
@settings(max_examples=150, deadline=None)
def test_no_message_breaks_the_reading(body: Any) -> None:
    sent = json.dumps(body).encode()
    assert isinstance(decoding.plain(sent, NOW), Decoded | Unreadable)
    assert isinstance(decoding.sta_observation(sent), StaObservation | Unreadable)
    for read in (uplinks.chirpstack, uplinks.things_stack):
        found = read(sent)
        assert isinstance(found, uplinks.Uplink | Unreadable)


@pytest.mark.parametrize(
    ("sample", "field", "kept"),
    [
        (Sample("d", AT, 2821.0, "mm"), Field(1, height=620), 337.9),  # looks down from 6.2 m: the level
        (Sample("d", AT, 1.5), Field(1, "m"), 150.0),
        (Sample("d", AT, 150.0), Field(1), 150.0),
        (Sample("d", AT, float("inf"), "m"), Field(1), None),
        (Sample("d", AT, "hujan"), Field(1), "hujan"),
    ],
)
def test_a_value_as_its_stream_keeps_it_in_centimetres(sample: Sample, field: Field, kept: Any) -> None:
    assert placed(sample, field, "cm") == kept


def test_a_temperature_is_no_length() -> None:
    assert isinstance(placed(Sample("t", AT, 20.0, "Cel"), Field(1), "cm"), Unreadable)


def test_base64_of_the_example_is_the_makers_bytes() -> None:
    assert base64.b64decode(CHIRPSTACK["data"]).hex() == "01756403821e00"  # type: ignore[arg-type]
