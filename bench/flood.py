"""A flood over HTTP: how soon a reading is a proposal on the desk, and a warning on the first device."""

from __future__ import annotations

import datetime as dt
import json
import random
import statistics
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from tests.platform_process import Platform

from bench import issued
from bench.harness import Row
from bench.inside import inside
from pasti.simulation.rivers import RIVERS

ROUNDS, OTHERS = 20, 1000  # crossings measured, and sensors that send each second beside them


@contextmanager
def city() -> Iterator[Platform]:
    """A city that has seen no evening yet: what an earlier one left would be counted with this one's."""
    with tempfile.TemporaryDirectory() as folder, Platform(Path(folder) / "data", people=500) as platform:
        yield platform


def rows() -> Iterator[Row]:
    """From a reading to the proposal on the stream, and from the officer's tap to the first device that listens, while a
    thousand other sensors send each second."""
    with city() as platform:
        streams = inside(platform, "from pasti.ews.queries import gauges\ntell(gauges.streams())")
        token, stop = platform.token("bpbd"), threading.Event()
        others = inside(platform, _OTHERS.format(count=OTHERS))
        noise = threading.Thread(target=_noise, args=(platform, token, others, stop))
        noise.start()
        try:
            found = [_crossing(platform, token, streams) for _ in range(ROUNDS)]
            _calm(platform)
            heard = issued.seconds(platform, ROUNDS)
        finally:
            stop.set()
            noise.join()
    yield Row("reading to proposal on the stream, p95", _p95(found), 1.0, "s", "the promise")
    yield Row("issue of a warning to the first device, p95", _p95(heard) * 1000, 1000.0, "ms", "the promise")


def _p95(seconds: list[float]) -> float:
    seconds = sorted(seconds)
    print(f"  median {statistics.median(seconds) * 1000:.0f} ms, slowest {seconds[-1] * 1000:.0f} ms of {len(seconds)}")
    return seconds[int(0.95 * len(seconds)) - 1]


_OTHERS = """
from pasti.telemetry.models import Datastream, ObservedProperty, Sensor, Thing
thing, _ = Thing.objects.get_or_create(code="bench", defaults={{"name": "bench"}})
sensor, _ = Sensor.objects.get_or_create(code="bench", defaults={{"name": "b", "encoding_type": "text/html", "metadata": "b"}})
about, _ = ObservedProperty.objects.get_or_create(code="bench", defaults={{"name": "b", "definition": "https://b.example"}})
have = set(Datastream.objects.filter(thing=thing).values_list("code", flat=True))
Datastream.objects.bulk_create(Datastream(code=f"bench-{{n}}", name=str(n), observation_type="b", unit={{}}, thing=thing,
    sensor=sensor, observed_property=about) for n in range({count}) if f"bench-{{n}}" not in have)
tell(list(Datastream.objects.filter(thing=thing).values_list("pk", flat=True)))
"""


def _noise(platform: Platform, token: str, streams: list[int], stop: threading.Event) -> None:
    """A reading of each stream, each second."""
    while not stop.wait(1.0):
        at = dt.datetime.now(dt.UTC).isoformat()
        body = [{"Datastream": {"@iot.id": pk}, "components": ["phenomenonTime", "result"], "dataArray": [[at, 1.0]]}
                for pk in streams]  # fmt: skip
        _post(platform, token, body)


def _post(platform: Platform, token: str, body: list[dict[str, Any]]) -> None:
    asked = urllib.request.Request(
        f"{platform.base}/sensorthings/v1.1/CreateObservations", json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )  # fmt: skip
    urllib.request.urlopen(asked, timeout=30).read()


def _crossing(platform: Platform, token: str, streams: dict[str, int]) -> float:
    """Calm a river, let it stand over its second limit, and send the reading by which that is believed.

    Seconds from the reading's sending to the event. A jump is believed when three in a row agree, and a limit counts as
    reached by the second that is believed (`ews/rules/guards`), so those before it are sent ahead.
    """
    river = RIVERS[random.choice(sorted(RIVERS))]
    stream, over = streams[river.gauge], river.stages[1] + 5.0
    _calm(platform)
    with owner(platform) as database:
        database.execute(  # a gauge that begins anew looks back: the crossing of an earlier round is not to be seen again
            "DELETE FROM telemetry_observation WHERE datastream_id = %s AND phenomenon_time > now() - interval '1 hour'",
            [stream],
        )
        database.execute(
            "UPDATE ews_gauge SET memory = '{}', stage = 0, evaluated_to = NULL WHERE river_id = %s",
            [river.name.lower()],
        )
    heard = threading.Event()
    listener = threading.Thread(target=_listen, args=(platform, heard.set), daemon=True)
    listener.start()
    _send(platform, token, stream, [river.stages[0] - 60.0])
    time.sleep(1.0)
    _send(platform, token, stream, [over, over, over])
    time.sleep(1.5)
    assert not heard.is_set(), "proposed by readings that were not to be believed yet"
    began = time.perf_counter()
    _send(platform, token, stream, [over])
    assert heard.wait(30), "no proposal"
    return time.perf_counter() - began


def _send(platform: Platform, token: str, stream: int, values: list[float]) -> None:
    """Send values that were read a tenth of a second apart, the last one now."""
    now = dt.datetime.now(dt.UTC)
    rows = [
        [(now - dt.timedelta(seconds=(len(values) - 1 - at) / 10)).isoformat(), value]
        for at, value in enumerate(values)
    ]
    _post(platform, token, [{"Datastream": {"@iot.id": stream}, "components": ["phenomenonTime", "result"],
                             "dataArray": rows}])  # fmt: skip


def _calm(platform: Platform) -> None:
    """Nothing is in force, nothing asks, no episode is open."""
    with owner(platform) as database:
        database.execute("UPDATE ews_warning SET state = 'ended', ended_at = now() WHERE state = 'in_force'")
        database.execute("UPDATE ews_proposal SET state = 'replaced' WHERE state = 'open'")
        database.execute("UPDATE ews_episode SET ended_at = now() WHERE ended_at IS NULL")


def _listen(platform: Platform, tell: Callable[[], None]) -> None:
    live = platform.environment()["PASTI_LIVE_URL"]
    with urllib.request.urlopen(f"{live}/live/ews", timeout=60) as stream:
        for line in stream:
            if line.startswith(b"data:") and b"usul" in line:
                tell()
                return


def owner(platform: Platform) -> psycopg.Connection[Any]:
    """A connection to the platform's database with all rights."""
    return psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True)
