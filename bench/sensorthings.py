"""SensorThings over HTTP: questions in milliseconds, observations a second, beside istSOS4 and beside bare COPY.

istSOS4 (commit 4924510) does not install beside us; its times were measured on a machine of this kind in November 2026. COPY
of Python objects into the same table is measured in the same run.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from tests.platform_process import Platform
from tests.telemetry.sta_bodies import thing

from bench.harness import Row, milliseconds
from bench.load import Request, hammer

PATH = "/sensorthings/v1.1"
THINGS, PER_ARRAY, ARRAYS, SINGLES = 20, 5000, 20, 1500
BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PEER = "istSOS4"


def rows() -> Iterator[Row]:
    """Three questions and two ways to send, against a running platform."""
    with tempfile.TemporaryDirectory() as folder, Platform(Path(folder) / "data") as platform:
        line = Line(platform)
        streams = [line.stream(f"Alat {at}") for at in range(THINGS)]
        arrays = [_array(stream, turn) for turn in range(ARRAYS) for stream in [streams[turn % 4]]]
        rate = _timed(lambda: [line.send("CreateObservations", one) for one in arrays], ARRAYS * PER_ARRAY)
        floor = _copied(platform.environment()["PASTI_DATABASE_URL"], ARRAYS * PER_ARRAY)
        yield Row("observations a second, data arrays of 5,000", rate, floor, "/s", "COPY of Python objects")
        for stream in streams[4:]:
            line.send("CreateObservations", _array(stream, 0))
        yield Row("one observation a request, 8 at once", _singles(platform, line, streams[5]), 190, "/s", PEER)
        hour = f"phenomenonTime ge {BEGIN.isoformat()[:-6]}Z and phenomenonTime lt 2026-01-01T01:00:00Z"
        deep = "Locations,Datastreams($expand=Observations($top=1;$orderby=phenomenonTime desc),ObservedProperty)"
        for name, path, peer in (
            ("latest value", f"Datastreams({streams[0]})/Observations?$orderby=phenomenonTime desc&$top=1", 10.3),
            ("one hour of a stream", f"Datastreams({streams[0]})/Observations?$filter={hour}", 15.9),
            ("twenty things with places and newest values", f"Things?$expand={deep}&$top=20", 60.0),
        ):
            asked = f"{PATH}/{quote(path, safe='?&=$(),;/')}"
            yield Row(f"SensorThings: {name}", milliseconds(lambda asked=asked: line.get(asked)), peer, "ms", PEER)


class Line:
    """One keep-alive connection with the right to write."""

    def __init__(self, platform: Platform):
        self.line = http.client.HTTPConnection("127.0.0.1", platform.port, timeout=120)
        self.headers = {"Authorization": f"Bearer {platform.token('bpbd')}", "Content-Type": "application/json"}

    def send(self, path: str, body: Any) -> Any:
        """POST; the answer."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.line.request("POST", f"{PATH}/{path}", content, self.headers)
        answer = self.line.getresponse()
        told = answer.read()
        assert answer.status == 201, told[:300]
        return json.loads(told)

    def get(self, path: str) -> Any:
        """GET; the answer."""
        self.line.request("GET", path)
        answer = self.line.getresponse()
        told = answer.read()
        assert answer.status == 200, told[:300]
        return told

    def stream(self, name: str) -> int:
        """The datastream of a new thing."""
        made = self.send("Things", thing(name))["@iot.id"]
        return int(json.loads(self.get(f"{PATH}/Things({made})/Datastreams"))["value"][0]["@iot.id"])


def _array(stream: int, turn: int) -> bytes:
    """A data array of a stream, a reading each 10 seconds, none of them sent before."""
    begin = BEGIN + dt.timedelta(seconds=10 * PER_ARRAY * turn)
    values = [[(begin + dt.timedelta(seconds=10 * at)).isoformat(), at * 0.5] for at in range(PER_ARRAY)]
    one = {"Datastream": {"@iot.id": stream}, "components": ["phenomenonTime", "result"], "dataArray": values}
    return json.dumps([one]).encode()


def _timed(act: Any, count: int) -> float:
    began = time.perf_counter()
    act()
    return count / (time.perf_counter() - began)


def _copied(url: str, count: int) -> float:
    """Rows a second of COPY into the same partitioned table, for a stream that is not there."""
    moment = dt.datetime.now(dt.UTC)
    made = [(10**9, BEGIN + dt.timedelta(seconds=at), float(at), 2, 0, moment) for at in range(count)]
    names = "datastream_id, phenomenon_time, result, flag, reasons, recorded_at"
    with psycopg.connect(url) as connection:

        def act() -> None:
            with connection.cursor().copy(f"COPY telemetry_observation ({names}) FROM STDIN") as copy:
                for row in made:
                    copy.write_row(row)

        rate = _timed(act, count)
        connection.rollback()
    return rate


def _singles(platform: Platform, line: Line, stream: int) -> float:
    """Observations a second, one each request."""

    def request(number: int) -> Request:
        when = dt.datetime(2026, 2, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=number)
        body = {"phenomenonTime": when.isoformat(), "result": number, "Datastream": {"@iot.id": stream}}
        return "POST", f"{PATH}/Observations", json.dumps(body).encode(), line.headers

    outcome = hammer(platform.base, request, total=SINGLES)
    assert set(outcome.statuses) == {201}, outcome.statuses
    return outcome.rate
